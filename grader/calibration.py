"""How fast this machine is beside the reference machine: short trainings, timed.

``python -m grader.calibration`` prints it as one line of JSON, for a site that must not load what
trains.
"""

import json
import math
import time
from typing import Final, NamedTuple

from grader.compiled.machine import Machine
from grader.schema import Layer, NetworkConfig

ROUNDS: Final = 3
"""Times that each yardstick is timed [1]; the best counts, since others only ever slow it down."""


class Yardstick(NamedTuple):
    """A training that is always the same.

    Attributes:
        config: What is trained.
        iterations: How far; updates begin at once.
        seconds: What it takes one core of the reference machine [s of CPU time].
    """

    config: NetworkConfig
    iterations: int
    seconds: float


def _seeing_much(*units: int) -> NetworkConfig:
    layers = tuple(Layer(units=width) for width in units)
    return NetworkConfig(
        lanes_side=3, patches_ahead=50, patches_behind=10, layers=layers, start_learn_threshold=1
    )


YARDSTICKS: Final = (
    Yardstick(NetworkConfig(start_learn_threshold=1), iterations=8_000, seconds=0.098),
    Yardstick(_seeing_much(136), iterations=1_600, seconds=0.0874),
    Yardstick(_seeing_much(136, 136), iterations=500, seconds=0.0946),
)
"""Bound by the road, by the sparse first layer, by dense products."""


def speed(*, rounds: int = ROUNDS) -> float:
    """Returns how many reference core-seconds one second of one core here is worth [1].

    Args:
        rounds: Times that each yardstick is timed; in turn, so that a busy moment meets all.
    """
    times = [[_seconds(it) for it in YARDSTICKS] for _ in range(rounds)]
    best = [min(column) for column in zip(*times, strict=True)]
    ratios = [it.seconds / took for it, took in zip(YARDSTICKS, best, strict=True)]
    return math.exp(sum(map(math.log, ratios)) / len(ratios))


def _seconds(yardstick: Yardstick) -> float:
    machine = Machine(yardstick.config, 0, rules="open", frames=100_000)
    start = time.thread_time()
    machine.train(yardstick.iterations)
    return time.thread_time() - start


if __name__ == "__main__":
    print(json.dumps({"speed": speed()}))  # noqa: T201
