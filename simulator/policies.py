"""Scripted drivers: what a car can reach without learning anything."""

from collections.abc import Sequence
from typing import Any, Final, NamedTuple, Protocol

import numpy as np
from numpy.typing import NDArray

from simulator.draws import MAX_SEED
from simulator.road import ACCELERATE, DECELERATE, LEFT, NONE, RIGHT
from simulator.rules import OPEN, ORIGINAL, Rules
from simulator.scripts import (
    AT_RANDOM,
    CONSTANT,
    GAP_VIEW,
    SEEKS_GAPS,
    Script,
    follow_script_each,
)
from simulator.traffic import MAX_FRAMES, Traffic, View
from simulator.view import bounded

# What a driver looks at that needs to see nothing.
BLIND: Final = View(lanes_side=0, patches_ahead=1, patches_behind=0)


class Moment(NamedTuple):
    """Which decision of which runs: all that chance may depend on."""

    seeds: NDArray[np.uint64]  # [B] of the runs
    frame: int  # that the decision falls into
    car: int  # that decides


class Policy(Protocol):
    """A driver: it looks through a view and acts on it without memory."""

    @property
    def name(self) -> str:
        """What a board calls it."""

    @property
    def view(self) -> View:
        """What it looks at."""

    def act(self, observations: NDArray[np.float64], moment: Moment) -> NDArray[np.int64]:
        """Returns the action [B] for each observation [B, view.size] of this moment."""


class Scripted:
    """A driver that compiled code knows too, so that it drives whole runs without Python.

    Attributes:
        name: what a board calls it.
        view: what it looks at.
        script: what it does.
    """

    view = BLIND

    def __init__(self, name: str, script: Script) -> None:
        self.name = name
        self.script = script

    def act(self, observations: NDArray[np.float64], moment: Moment) -> NDArray[np.int64]:
        """Returns the action [B] for each observation [B, view.size] of this moment."""
        actions = np.empty(len(observations), np.int64)
        seen = np.ascontiguousarray(observations, np.float64)
        seeds = np.ascontiguousarray(moment.seeds)
        follow_script_each(self.script, seen, seeds, moment.frame, moment.car, actions)
        return actions


class Constant(Scripted):
    """Takes the same action at every decision."""

    def __init__(self, name: str, action: int) -> None:
        super().__init__(name, Script(CONSTANT, action))


class NoAction(Constant):
    """Stays in its lane at its first throttle."""

    def __init__(self) -> None:
        super().__init__("no-action", NONE)


class Accelerate(Constant):
    """Stays in its lane at full throttle."""

    def __init__(self) -> None:
        super().__init__("accelerate", ACCELERATE)


class Decelerate(Constant):
    """Stays in its lane, ever slower."""

    def __init__(self) -> None:
        super().__init__("decelerate", DECELERATE)


class Left(Constant):
    """Changes to the left whenever it may, then stays there at its first throttle."""

    def __init__(self) -> None:
        super().__init__("left", LEFT)


class Right(Constant):
    """Changes to the right whenever it may, then stays there at its first throttle."""

    def __init__(self) -> None:
        super().__init__("right", RIGHT)


class Random(Scripted):
    """Takes any of the five actions, drawn from the run's own seed.

    A run is the same whatever other runs are driven beside it.
    """

    def __init__(self) -> None:
        super().__init__("random", Script(AT_RANDOM, 0))


class GapSeeker(Scripted):
    """Changes to a neighbouring lane with more free road when its own has little.

    Source: DeepTraffic v2's rules as measured, "gap_seeker_T".

    Attributes:
        threshold: free cells ahead from which on it stays in its lane, 0 to 50.
    """

    view = GAP_VIEW

    def __init__(self, threshold: int) -> None:
        if not 0 <= threshold <= GAP_VIEW.patches_ahead:
            raise ValueError(f"threshold is {threshold}; it must be 0 to {GAP_VIEW.patches_ahead}.")
        super().__init__(f"gap-seeker-{threshold}", Script(SEEKS_GAPS, threshold))
        self.threshold = threshold


_NAMED: dict[str, Policy] = {
    policy.name: policy
    for policy in (NoAction(), Accelerate(), Decelerate(), Left(), Right(), Random())
}
_GAP_SEEKER = "gap-seeker-"


def by_name(name: str) -> Policy:
    """Returns the driver of this name.

    Raises:
        ValueError: there is none.
    """
    if name in _NAMED:
        return _NAMED[name]
    threshold = name.removeprefix(_GAP_SEEKER)
    if name.startswith(_GAP_SEEKER) and threshold.isdecimal():
        return GapSeeker(int(threshold))
    known = ", ".join([*_NAMED, f"{_GAP_SEEKER}10"])
    raise ValueError(f"there is no driver {name!r}; there are {known}.")


def drive(
    policy: Policy,
    seeds: Sequence[int] | NDArray[Any],
    *,
    other_agents: int = 0,
    frames: int = 2000,
    rules: Rules = OPEN,
    threads: int = 1,
) -> NDArray[np.float64]:
    """Drives one run per seed, every controlled car by the policy.

    Args:
        policy: the driver.
        seeds: [B] unsigned 64-bit run seeds.
        other_agents: controlled cars besides the ego.
        frames: the length of a run.
        rules: the ruleset; in one of sessions, the first run of each session is driven.
        threads: on how many threads; it changes no result.

    Returns:
        [B] average speeds [mph], floored to 0.01.

    Raises:
        ValueError: a number is out of bounds.
    """
    traffic = Traffic(
        len(seeds),
        view=policy.view,
        other_agents=other_agents,
        frames=frames,
        rules=rules,
        threads=threads,
    )
    if isinstance(policy, Scripted):
        return traffic.drive(policy.script, seeds)[:, 0]
    traffic.reset(seeds)
    return _drive_on(policy, traffic)


def drive_session(
    policy: Policy,
    runs: int,
    *,
    first: int = 1,
    other_agents: int = 0,
    frames: int = 2000,
    rules: Rules = ORIGINAL,
) -> NDArray[np.float64]:
    """Drives one session of the original: runs that share their random numbers, in order.

    Args:
        policy: the driver, of every controlled car.
        runs: how many, R; the official evaluation has 500.
        first: the number of the first run; 1 in the official evaluation.
        other_agents: controlled cars besides the ego.
        frames: the length of a run.
        rules: a ruleset of sessions.

    Returns:
        [R] average speeds [mph] in run order, floored to 0.01.

    Raises:
        ValueError: a number is out of bounds, or the ruleset has no sessions.
    """
    bounded("runs", runs, 1, MAX_FRAMES)
    before = [bounded("first", first, 1, MAX_SEED) - 1]
    traffic = Traffic(1, view=policy.view, other_agents=other_agents, frames=frames, rules=rules)
    if isinstance(policy, Scripted):
        speeds: NDArray[np.float64] = traffic.drive(policy.script, before, runs=runs)[0]
        return speeds
    speeds = np.empty(runs)
    for run in range(runs):
        if run == 0:
            traffic.reset(before)
        else:
            traffic.next_run()
        speeds[run] = _drive_on(policy, traffic)[0]
    return speeds


def _drive_on(policy: Policy, traffic: Traffic) -> NDArray[np.float64]:
    while not traffic.finished:
        moment = Moment(traffic.seeds, traffic.frame, traffic.agent)
        traffic.step(policy.act(traffic.observations, moment))
    return traffic.average_mph()
