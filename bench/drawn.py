"""Configurations drawn log-uniformly within their bounds, for judging what they cost."""

from typing import Any, Final

import numpy as np

from grader.config import validate
from grader.errors import ConfigError
from grader.fields import fields
from grader.protocol import Protocol
from grader.schema import NetworkConfig

PROTOCOLS: Final = (Protocol(), Protocol(trainings=2, runs=20, frames=1000))
"""The standard one, and a small one."""
LEAST_RATE: Final = 1e-8
MOST_RATE: Final = 1e-5
"""Learning rates are drawn between [1]: larger ones diverge, which ends early and costs less."""
LEAST_SHARE: Final = 0.001
"""Of random decisions, where there are any at all, in every other draw [1]."""


def draw(generator: np.random.Generator) -> tuple[NetworkConfig, Protocol]:
    """Draws a valid configuration, and one of the protocols."""
    kinds = sorted(set(BOUNDS["layers[].activation"].choices))
    while True:
        try:
            config = validate(_values(generator, kinds))
        except ConfigError:
            continue  # fields that contradict each other, mostly more weights than allowed
        return config, PROTOCOLS[generator.integers(len(PROTOCOLS))]


def _values(generator: np.random.Generator, kinds: list[str]) -> dict[str, Any]:
    def whole(name: str) -> int:
        bounds = BOUNDS[name]
        assert bounds.ge is not None
        assert bounds.le is not None
        return _log_uniform(generator, int(bounds.ge), int(bounds.le))

    def share() -> float:
        none = bool(generator.integers(2))
        return 0.0 if none else float(np.exp(generator.uniform(np.log(LEAST_SHARE), 0)))

    replay = whole("replay_size")
    total = whole("learning_steps_total")
    interval = whole("target_update_interval")
    return {
        **{name: whole(name) for name in SEEN},
        "layers": [_layer(generator, kinds) for _ in range(_log_uniform(generator, 0, 8))],
        "trainer": _trainer(generator),
        "training_iterations": whole("training_iterations"),
        "replay_size": replay,
        "start_learn_threshold": _log_uniform(generator, 0, replay - 1),
        "learning_steps_total": total,
        "learning_steps_burnin": _log_uniform(generator, 0, total - 1),
        "epsilon_min": share(),
        "epsilon_test_time": share(),
        "target_update_interval": interval,
        "double_q": bool(interval and generator.integers(2)),
        "huber_delta": float(generator.choice([0, 1])),
    }


def _layer(generator: np.random.Generator, kinds: list[str]) -> dict[str, Any]:
    return {
        "units": _log_uniform(generator, 1, 1024),
        "activation": str(generator.choice(kinds)),
    }


def _trainer(generator: np.random.Generator) -> dict[str, Any]:
    method = str(generator.choice(BOUNDS["trainer.method"].choices))
    momentum = {"sgd": float(generator.choice([0, 0.5])), "nesterov": 0.5, "adam": 0.0}[method]
    return {
        "method": method,
        "momentum": momentum,
        "learning_rate": float(np.exp(generator.uniform(np.log(LEAST_RATE), np.log(MOST_RATE)))),
        "batch_size": _log_uniform(generator, 1, 1024),
        "l1_decay": float(generator.choice([0, 0.001])),
        "clip_gradient": float(generator.choice([0, 1])),
    }


def _log_uniform(generator: np.random.Generator, least: int, most: int) -> int:
    """Draws a whole number, each as likely as its logarithm is wide; 0 counts like 1 in 1 + x."""
    below = 1 if least == 0 else 0
    low, high = np.log(least + below), np.log(most + below + 1)
    return min(most, int(np.exp(generator.uniform(low, high))) - below)


BOUNDS: Final = {field.name: field for field in fields()}
SEEN: Final = ("lanes_side", "patches_ahead", "patches_behind", "temporal_window", "other_agents")
