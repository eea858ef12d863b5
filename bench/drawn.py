"""Configurations drawn log-uniformly within their bounds, for judging what they cost."""

from typing import Any

import numpy as np

from grader.config import validate
from grader.errors import ConfigError
from grader.fields import fields
from grader.protocol import Protocol
from grader.schema import NetworkConfig

HALF = 0.5
PROTOCOLS = (Protocol(), Protocol(trainings=2, runs=20, frames=1000))
"""The standard one, and a small one."""
MOST_RATE = 1e-5
"""Learning rates are drawn below it [1]: a training that diverges ends early and costs less."""


def draw(generator: np.random.Generator) -> tuple[NetworkConfig, Protocol]:
    """Draws a valid configuration, and one of the protocols."""
    while True:
        try:
            return validate(_values(generator)), PROTOCOLS[generator.integers(len(PROTOCOLS))]
        except ConfigError:
            continue  # fields that contradict each other, mostly more weights than allowed


def _values(generator: np.random.Generator) -> dict[str, Any]:
    def whole(name: str, most: int | None = None) -> int:
        return _log_uniform(generator, int(BOUNDS[name][0]), most or int(BOUNDS[name][1]))

    def share() -> float:
        some = generator.random() < HALF
        return float(np.exp(generator.uniform(np.log(0.001), 0))) if some else 0

    replay = whole("replay_size")
    total = whole("learning_steps_total")
    interval = whole("target_update_interval")
    return {
        **{name: whole(name) for name in SEEN},
        "layers": [_layer(generator) for _ in range(_log_uniform(generator, 0, 8))],
        "trainer": _trainer(generator),
        "training_iterations": whole("training_iterations"),
        "replay_size": replay,
        "start_learn_threshold": _log_uniform(generator, 0, replay - 1),
        "learning_steps_total": total,
        "learning_steps_burnin": _log_uniform(generator, 0, total - 1),
        "epsilon_min": share(),
        "epsilon_test_time": share(),
        "target_update_interval": interval,
        "double_q": bool(interval and generator.random() < HALF),
        "huber_delta": float(generator.choice([0, 1])),
    }


def _layer(generator: np.random.Generator) -> dict[str, Any]:
    kinds = ["relu", "tanh", "sigmoid", "linear"]
    return {
        "units": _log_uniform(generator, 1, 1024),
        "activation": str(generator.choice(kinds)),
    }


def _trainer(generator: np.random.Generator) -> dict[str, Any]:
    method = str(generator.choice(["sgd", "nesterov", "adam"]))
    momentum = {"sgd": float(generator.choice([0, 0.5])), "nesterov": 0.5, "adam": 0.0}[method]
    return {
        "method": method,
        "momentum": momentum,
        "learning_rate": float(np.exp(generator.uniform(np.log(1e-8), np.log(MOST_RATE)))),
        "batch_size": _log_uniform(generator, 1, 1024),
        "l1_decay": float(generator.choice([0, 0.001])),
        "clip_gradient": float(generator.choice([0, 1])),
    }


def _log_uniform(generator: np.random.Generator, least: int, most: int) -> int:
    """Draws a whole number, each as likely as its logarithm is wide; 0 counts like 1 in 1 + x."""
    below = 1 if least == 0 else 0
    low, high = np.log(least + below), np.log(most + below + 1)
    return min(most, int(np.exp(generator.uniform(low, high))) - below)


BOUNDS = {field.name: (field.ge, field.le) for field in fields()}
SEEN = ("lanes_side", "patches_ahead", "patches_behind", "temporal_window", "other_agents")
