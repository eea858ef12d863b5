"""Drives a run again, by its seed and its decisions, and keeps every frame: exact in every bit."""

from typing import Final, NamedTuple

import numpy as np
from numpy.typing import NDArray

from simulator.compiled import compiled
from simulator.driving import (
    Plan,
    Stretch,
    drive_to,
    next_decision,
    start_run,
    start_sessions,
)
from simulator.kernels import NOBODY
from simulator.recording import Changes, Entries, Recording, Start, Still
from simulator.road import (
    BACK_Y,
    CARS,
    FOLLOW_START,
    FRONT_Y,
    LANE_MARGIN,
    LANE_PIXELS,
    MPH_DIGITS,
    MPH_PER_PIXEL,
)
from simulator.rules import Rules
from simulator.state import TOTAL, Road, new_roads
from simulator.trajectory import NO_VIEW
from simulator.view import View, bounded

REENTRY: Final = 100.0  # [px] cars move by up to 4 a frame, and by some 800 when they enter again
MOST_FRAMES: Final = 100_000


class Frames(NamedTuple):
    """The cars of a run before its first frame and after each, with F frames [F + 1, CARS].

    Attributes:
        x: px from the left edge of the road.
        y: px from the far end of the visible road.
        throttle: 0 to 2.
        follow: limits of the safety rule; speed = follow * throttle.
        lane: that each car is in or changes to.
        total: [F + 1] the sum of the controlled cars' mean speeds [px].
    """

    x: NDArray[np.float64]
    y: NDArray[np.float64]
    throttle: NDArray[np.float64]
    follow: NDArray[np.float64]
    lane: NDArray[np.int64]
    total: NDArray[np.float64]

    def average_mph(self) -> float:
        """Returns the run's score: its average speed, floored to 0.01 mph."""
        mean = self.total[-1] / (len(self.total) - 1)
        return float(np.floor(mean * (MPH_PER_PIXEL * MPH_DIGITS)) / MPH_DIGITS)


def frames(
    rules: Rules,
    *,
    seed: int,
    length: int,
    other_agents: int,
    decisions: NDArray[np.uint8],
    stream: int = 0,
) -> Frames:
    """Drives a run again.

    Args:
        rules: the ruleset.
        seed: of the run; in a session its number, from 1.
        length: of the run [frames].
        other_agents: controlled cars besides the ego.
        decisions: [D] of all controlled cars, in the order in which they were decided.
        stream: in a session, the state of the stream *behaviour* before the run.

    Raises:
        ValueError: too few decisions, or too many.
    """
    size = bounded("length", length, 1, MOST_FRAMES)
    plan = _plan(rules, size, other_agents)
    roads = new_roads(1)
    start_sessions(roads)
    # A session begins with the number of the run before.
    roads.seed[0] = (seed - 1) % 2**64 if rules.quirks.streams else seed
    if rules.quirks.streams:
        roads.behaviour[0] = stream
    kept = _Room.of(size)
    used = _drive(roads[0], plan, decisions.astype(np.int64), *kept)
    if used != len(decisions):
        raise ValueError(f"{len(decisions)} decisions; a run of {size} frames has {used}.")
    x, y, throttle, follow = kept.numbers
    return Frames(x, y, throttle, follow, kept.lanes, kept.total)


def streams(
    rules: Rules,
    *,
    first: int,
    length: int,
    other_agents: int,
    decisions: NDArray[np.uint8],
) -> list[int]:
    """Drives a session's runs again, one after the other.

    Args:
        rules: the ruleset, one of sessions.
        first: number of the first run.
        length: of a run [frames].
        other_agents: controlled cars besides the ego.
        decisions: [R, D] of every run.

    Returns:
        The state of the stream *behaviour* before each of the runs, and after the last.
    """
    plan = _plan(rules, bounded("length", length, 1, MOST_FRAMES), other_agents)
    roads = new_roads(1)
    start_sessions(roads)
    roads.seed[0] = first - 1
    kept = _Room.of(length)
    states = [int(roads.behaviour[0])]
    for run in decisions.astype(np.int64):
        _drive(roads[0], plan, run, *kept)
        states.append(int(roads.behaviour[0]))
    return states


class _Room(NamedTuple):
    """Where every frame is written."""

    numbers: NDArray[np.float64]  # [4, F + 1, CARS] x, y, throttle, follow
    lanes: NDArray[np.int64]
    total: NDArray[np.float64]

    @classmethod
    def of(cls, length: int) -> "_Room":
        return cls(
            np.zeros((4, length + 1, CARS)),
            np.zeros((length + 1, CARS), np.int64),
            np.zeros(length + 1),
        )


def _plan(rules: Rules, length: int, other_agents: int) -> Plan:
    timetable = np.array(rules.timetable(other_agents))
    return Plan(rules.quirks, other_agents + 1, length, NO_VIEW, timetable)


def recording(
    driven: Frames,
    rules: Rules,
    *,
    other_agents: int,
    decisions: NDArray[np.uint8],
    view: View | None = None,
    values: NDArray[np.float32] | None = None,
) -> Recording:
    """Returns a run that was driven again as a page drives it: see `simulator.recording`."""
    length = len(driven.total) - 1
    home = LANE_PIXELS * driven.lane[0] + LANE_MARGIN
    assert (driven.x[0] == home).all()
    assert (driven.follow[0] == FOLLOW_START).all()
    middle = length // 2
    return Recording(
        rules=rules.name,
        frames=length,
        other_agents=other_agents,
        average_mph=driven.average_mph(),
        start=Start(driven.lane[0].astype(np.uint8), driven.y[0], driven.throttle[0]),
        changes=_changes(driven, other_agents),
        entries=_entries(driven),
        decisions=decisions,
        still=Still(
            middle, driven.x[middle].astype(np.float32), driven.y[middle].astype(np.float32)
        ),
        view=view,
        values=values,
    )


def _entered(driven: Frames) -> NDArray[np.bool_]:
    """Returns in which frames, [F, CARS], cars entered the road again."""
    at_an_end = (driven.y[1:] == BACK_Y) | (driven.y[1:] == FRONT_Y)
    entered: NDArray[np.bool_] = at_an_end & (np.abs(np.diff(driven.y, axis=0)) > REENTRY)
    return entered


def _changes(driven: Frames, other_agents: int) -> Changes:
    changed = (np.diff(driven.lane, axis=0) != 0) & ~_entered(driven)
    changed[:, : other_agents + 1] = False  # these decide for themselves
    frame, car = np.nonzero(changed)
    return Changes(frame, car.astype(np.uint8), driven.lane[frame + 1, car].astype(np.uint8))


def _entries(driven: Frames) -> Entries:
    frame, car = np.nonzero(_entered(driven))
    return Entries(
        frame,
        car.astype(np.uint8),
        driven.lane[frame + 1, car].astype(np.uint8),
        driven.throttle[frame + 1, car],
    )


@compiled
def _keep(
    road: Road, numbers: NDArray[np.float64], lanes: NDArray[np.int64], total: NDArray[np.float64],
    place: int,
) -> None:  # fmt: skip
    """Writes the cars down."""
    for car in range(CARS):
        numbers[0, place, car] = road.x[car]
        numbers[1, place, car] = road.y[car]
        numbers[2, place, car] = road.throttle[car]
        numbers[3, place, car] = road.follow[car]
        lanes[place, car] = road.lane[car]
    total[place] = road.sums[TOTAL]


@compiled
def _drive(  # noqa: PLR0917 - compiled code has no keywords
    road: Road, plan: Plan, decisions: NDArray[np.int64], numbers: NDArray[np.float64],
    lanes: NDArray[np.int64], total: NDArray[np.float64],
) -> int:  # fmt: skip
    """Drives a run frame by frame; returns how many decisions it has."""
    start_run(road, plan.agents, plan.quirks)
    _keep(road, numbers, lanes, total, 0)
    frame = 0
    used = 0
    while frame < plan.frames:
        last, car = next_decision(plan, frame)
        for undecided in range(frame, last):
            one = Stretch(
                plan.quirks, plan.agents, NOBODY, undecided, undecided + 1, NOBODY, plan.window
            )
            drive_to(road, one, 0)
            _keep(road, numbers, lanes, total, undecided + 1)
        frame = last
        if car != NOBODY:
            until = Stretch(plan.quirks, plan.agents, NOBODY, last, last, car, plan.window)
            drive_to(road, until, 0)
            action = decisions[used] if used < decisions.size else 0
            used += 1
            rest = Stretch(plan.quirks, plan.agents, car, last + 1, last + 1, NOBODY, plan.window)
            drive_to(road, rest, action)
            frame = last + 1
            _keep(road, numbers, lanes, total, frame)
    return used
