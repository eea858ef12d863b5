"""Whole trainings against autograd in float64 and against the second engine.

Tolerance: weights are float32 of size 1 or less, so that each update may round them by 6e-8; the
roundings of a hundred updates, taken up and passed on, stay below 2e-5. A wrong term in an update
shows at 1e-4 or more.
"""

import numpy as np
import pytest
import torch

from grader import dqn
from grader.compiled.machine import Machine
from grader.config import validate
from grader.schedule import episode_lengths
from tests.grader.compiled import autograd

SHORT = {
    "training_iterations": 150,
    "start_learn_threshold": 40,
    "replay_size": 60,
    "learning_steps_total": 120,
    "learning_steps_burnin": 30,
}
FOUR = ("relu", "tanh", "sigmoid", "linear")
CASES = {
    "basic": {},
    **{kind: {"layers": [{"units": 11, "activation": kind}]} for kind in FOUR},
    "deep": {"layers": [{"units": 9 + 16 * n, "activation": kind} for n, kind in enumerate(FOUR)]},
    **{
        f"{units} of maxout": {"layers": [{"units": units, "activation": "maxout"}]}
        for units in (2, 7, 32, 33, 70)
    },
    "maxout deep": {
        "layers": [
            {"units": 33, "activation": "maxout"},
            {"units": 10, "activation": "tanh"},
            {"units": 65, "activation": "maxout"},
            {"units": 18, "activation": "maxout"},
        ]
    },
    "no hidden layer": {"layers": []},
    "decay": {"trainer": {"l1_decay": 0.3, "l2_decay": 0.5, "learning_rate": 0.01}},
    "momentum": {"trainer": {"momentum": 0.9}},
    "nesterov": {"trainer": {"method": "nesterov", "momentum": 0.9}},
    "adam": {"trainer": {"method": "adam", "l2_decay": 0.1}},
    "target": {"target_update_interval": 7, "gamma": 0.95},
    "double": {"target_update_interval": 7, "double_q": True, "gamma": 0.95},
    "huber": {"huber_delta": 0.2},
    "clipped": {"trainer": {"clip_gradient": 0.05, "momentum": 0.5}},
    "odd batch": {"trainer": {"batch_size": 67}},
    "window": {"temporal_window": 2, "trainer": {"learning_rate": 1e-5}},
    "agents": {"other_agents": 3, "lanes_side": 3, "patches_ahead": 50, "patches_behind": 10},
    "all of the road": {
        "other_agents": 10,
        "lanes_side": 6,
        "patches_ahead": 70,
        "patches_behind": 70,
        "layers": [{"units": 20}],
        "trainer": {"learning_rate": 1e-4},
    },
}


@pytest.fixture(autouse=True)
def one_thread():
    """The other cores have tests of their own to run; torch would make all of them wait."""
    before = torch.get_num_threads()
    torch.set_num_threads(1)
    yield
    torch.set_num_threads(before)


@pytest.mark.parametrize("rules", ["open", "deeptraffic-v2"])
@pytest.mark.parametrize("name", CASES)
def test_a_training_is_that_of_autograd(name, rules):
    config = validate({**SHORT, **CASES[name]})
    machine = Machine(config, 7, rules=rules, frames=2500)
    machine.train(config.training_iterations)
    learner = autograd.train(config, 7, rules=rules, frames=2500)
    assert machine.state.updates == learner.updates > 100
    moved = 0.0
    begun = Machine(config, 7, rules=rules, frames=2500)
    for layer, matrix in enumerate(machine.weights):
        exact = np.vstack(
            [part[layer].detach().numpy() for part in (learner.weights, learner.biases)]
        )
        np.testing.assert_allclose(matrix, exact, rtol=0, atol=2e-5)
        moved = max(moved, float(np.abs(exact - begun.weights[layer]).max()))
    assert moved > 1e-3, "too little was learned for a comparison"


@pytest.mark.parametrize(
    "name", ["basic", "deep", "maxout deep", "adam", "double", "window", "agents"]
)
def test_the_engines_agree_over_many_episodes_and_updates(name):
    config = validate({**SHORT, **CASES[name], "training_iterations": 600, "replay_size": 300})
    machine = Machine(config, 3, rules="open", frames=episode_lengths(config)[1])
    machine.train(config.training_iterations)
    stacked = dqn.train(config, [3])
    for mine, theirs in zip(machine.weights, stacked.networks.matrices, strict=True):
        np.testing.assert_allclose(mine, theirs[0].numpy(), rtol=0, atol=5e-5)
