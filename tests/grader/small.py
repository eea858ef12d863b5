"""Configurations and protocols small enough to be graded in a blink."""

import numpy as np

from grader.config import NetworkConfig, validate
from grader.pretrained import Pretrained
from grader.protocol import Protocol

PROTOCOL = Protocol(trainings=5, runs=6, frames=300)

QUICK = {
    "training_iterations": 260,
    "start_learn_threshold": 40,
    "replay_size": 90,
    "learning_steps_total": 200,
    "learning_steps_burnin": 20,
}


def quick(**changes: object) -> NetworkConfig:
    """A config that trains in about a tenth of a second."""
    return validate({**QUICK, **changes})


DIVERGING = quick(
    training_iterations=4000,
    trainer={"learning_rate": 10, "momentum": 0.9},
    layers=[{"units": 64}, {"units": 64}],
)


def network_of(config: NetworkConfig) -> Pretrained:
    """Somebody's trained network, as far as anybody can tell."""
    normal = np.random.default_rng(5).normal
    return Pretrained.of(
        config, [normal(size=(inputs + 1, units)) for inputs, units in config.shapes]
    )


LARGEST = quick(layers=[{"units": 1024}, {"units": 1024}, {"units": 888}])
"""Close to the bound of 2,000,000 weights and biases."""
