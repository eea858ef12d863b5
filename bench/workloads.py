"""What the contenders do: the same traffic, 20 cars on 7 lanes, wherever that can be said."""

import sys
from collections.abc import Callable

import numpy as np

from simulator.policies import by_name, drive, drive_session
from simulator.rules import OPEN, Rules
from simulator.traffic import Traffic, View
from tests.simulator.drivers import always
from tests.simulator.oracle import Oracle
from tests.simulator.random_numbers import KeyedDraws

ROADS = 500
FRAMES = 2000
ORACLE_FRAMES = 300
PEER_DECISIONS = 20
BASIC_VIEW = View(lanes_side=1, patches_ahead=10, patches_behind=0)  # 30 numbers


def one_core(rules: Rules = OPEN, *, roads: int = ROADS, frames: int = FRAMES) -> int:
    """Drives the no-action driver on one core; returns the frames driven."""
    drive(by_name("no-action"), range(roads), frames=frames, rules=rules)
    return roads * frames


def session(*, runs: int = ROADS, frames: int = FRAMES) -> int:
    """Drives one session of the original's rules, run after run; returns the frames driven."""
    drive_session(by_name("no-action"), runs, frames=frames)
    return runs * frames


def two_threads(*, roads: int = ROADS, frames: int = FRAMES) -> int:
    """Drives it on two threads, so many roads on each; returns the frames driven."""
    drive(by_name("no-action"), range(2 * roads), frames=frames, threads=2)
    return 2 * roads * frames


def decisions(*, roads: int = ROADS, frames: int = FRAMES) -> int:
    """Drives with an observation of 30 numbers at each decision; returns the decisions."""
    traffic = Traffic(roads, view=BASIC_VIEW, frames=frames)
    traffic.reset(range(roads))
    nothing, made = np.zeros(roads, np.int64), 0
    while not traffic.finished:
        traffic.step(nothing)
        made += roads
    return made


def oracle(*, frames: int = ORACLE_FRAMES) -> int:
    """Drives one road of plain Python; returns the frames driven."""
    road = Oracle(KeyedDraws(1), 0, (0, 1, 0))
    road.reset()
    for _ in range(frames):
        road.drive_frame(always(0))
    return frames


def highway_env(*, count: int = PEER_DECISIONS) -> Callable[[], int]:
    """Returns what steps highway-env so many times, by its own defaults but 7 lanes, 20 cars.

    Raises:
        SystemExit: it isn't installed.
    """
    try:
        import gymnasium  # noqa: PLC0415 - only the bench installs it
        import highway_env  # noqa: F401, PLC0415 - registers itself
    except ModuleNotFoundError as missing:
        sys.exit(f"the bench needs {missing.name}; `make bench` installs it")
    road = gymnasium.make("highway-v0", config={"lanes_count": 7, "vehicles_count": 20})
    road.reset(seed=1)

    def step() -> int:
        for _ in range(count):
            _, _, terminated, truncated, _ = road.step(1)
            if terminated or truncated:
                road.reset()
        return count

    return step
