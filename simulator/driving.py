"""Many roads in one compiled call: from a decision to the next, or to the end of the runs."""

from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from simulator.compiled import compiled, inlined
from simulator.kernels import NOBODY, act, begin_frame, derive, end_frame, show_ego
from simulator.placement import place_cars, start_session
from simulator.road import FRAMES_PER_DECISION, REWARD_SCALE, REWARD_ZERO
from simulator.rules import Quirks
from simulator.scripts import Script, follow_script
from simulator.sight import Sight, observe, see
from simulator.state import TOTAL, TRAVELLED, Road, Roads
from simulator.view import View


class Stretch(NamedTuple):
    """What one call drives, the same for every road."""

    quirks: Quirks
    agents: int  # controlled cars, the ego among them
    decided: int  # the car whose decision in frame first - 1 is to be carried out, or NOBODY
    first: int  # the first frame to begin
    last: int  # the frame that stops at a decision; or, if nobody decides, the run's length
    deciding: int  # the car that decides in frame `last`, or NOBODY
    window: View  # numba reserves the name `view`


class Plan(NamedTuple):
    """What is to be driven from the start of a run to its end, the same for every road."""

    quirks: Quirks
    agents: int  # controlled cars, the ego among them
    frames: int  # the length of a run
    window: View
    timetable: NDArray[np.int64]  # [D, 2] frame of the cycle of 30 and the car deciding, by frame


@compiled
def start_sessions(roads: Roads) -> None:
    """Sets every road to where the original is before its first run."""
    for index in range(roads.shape[0]):
        start_session(roads[index])


@inlined
def start_run(road: Road, agents: int, quirks: Quirks) -> None:
    """Sets a road to the start of the run of its seed; in a session, of the next run."""
    if quirks.streams:
        road.seed += np.uint64(1)
    place_cars(road, agents, quirks)
    derive(road)


@compiled
def start_runs(roads: Roads, agents: int, quirks: Quirks, start: int, end: int) -> None:
    """Sets the roads from start up to end to the start of the run of their seed, or their next."""
    for index in range(start, end):
        start_run(roads[index], agents, quirks)


@inlined
def decide(road: Road, stretch: Stretch, action: int) -> None:
    """Carries out a decision and drives its frame to the end."""
    leak = stretch.quirks.leak
    if stretch.decided > 0:
        for car in range(stretch.decided, stretch.agents if leak else stretch.decided + 1):
            act(road, stretch.quirks, car, action)
        show_ego(road)
    if stretch.decided == 0 or leak:
        act(road, stretch.quirks, 0, action)
    end_frame(road, stretch.agents)


@inlined
def rewarded(road: Road, stretch: Stretch) -> float:
    """Readies the road for a decision; returns the ego's reward if it is the one, else 0."""
    reward = 0.0
    if stretch.deciding == 0:
        show_ego(road)
        # The first decision of a run follows no driving of its own.
        if stretch.last > 0 or stretch.quirks.first_reward:
            reward = (road.sums[TRAVELLED] - REWARD_ZERO) / REWARD_SCALE
        road.sums[TRAVELLED] = 0.0
    return reward


@compiled
def drive_to(road: Road, stretch: Stretch, action: int) -> float:
    """Drives one road over one stretch; returns the ego's reward if it decides at the end.

    The road is left as the deciding car sees it; `observe` and `see` look.
    """
    if stretch.decided >= 0:
        decide(road, stretch, action)
    for frame in range(stretch.first, stretch.last + (1 if stretch.deciding >= 0 else 0)):
        begin_frame(road, stretch.quirks, frame, stretch.agents)
        if frame < stretch.last:
            show_ego(road)
            end_frame(road, stretch.agents)
    return rewarded(road, stretch) if stretch.deciding >= 0 else 0.0


@inlined
def drive_road(road: Road, stretch: Stretch, action: int, seen: NDArray[np.float64]) -> float:
    """Drives one road over one stretch, and writes what the deciding car sees at its end."""
    reward = drive_to(road, stretch, action)
    if stretch.deciding >= 0:
        observe(road, stretch.deciding, stretch.window, seen)
    return reward


@compiled
def drive_all(  # noqa: PLR0917 - compiled code has no keywords
    roads: Roads,
    actions: NDArray[np.int64],
    stretch: Stretch,
    observations: NDArray[np.float64],
    rewards: NDArray[np.float64],
    start: int,
    end: int,
) -> None:
    """Drives the roads from start up to end over one stretch.

    Args:
        roads: the state of B roads.
        actions: [B] decisions of the car that decided, read if there is one.
        stretch: from where to where.
        observations: [B, view.size] written if a car decides at the end.
        rewards: [B] the ego's, written if it is the one.
        start: the first road.
        end: the one after the last.
    """
    for index in range(start, end):
        reward = drive_road(roads[index], stretch, actions[index], observations[index])
        if stretch.deciding == 0:
            rewards[index] = reward


@inlined
def next_decision(plan: Plan, first: int) -> tuple[int, int]:
    """Returns the first frame from `first` on with a decision, and the car; or the end, NOBODY."""
    cycle = first - first % FRAMES_PER_DECISION
    frame = cycle + FRAMES_PER_DECISION
    car = 0
    for place in range(plan.timetable.shape[0] - 1, -1, -1):
        if cycle + plan.timetable[place, 0] >= first:
            frame = cycle + plan.timetable[place, 0]
            car = plan.timetable[place, 1]
    if frame >= plan.frames:
        return plan.frames, NOBODY
    return frame, car


@compiled
def drive_run(road: Road, plan: Plan, script: Script, seen: NDArray[np.float64]) -> None:
    """Drives one road from the start of a run to its end, all controlled cars by a script."""
    first = 0
    decided = NOBODY
    action = 0
    while True:
        last, deciding = next_decision(plan, first)
        stretch = Stretch(plan.quirks, plan.agents, decided, first, last, deciding, plan.window)
        drive_road(road, stretch, action, seen)
        if deciding == NOBODY:
            return
        action = follow_script(script, seen, road.seed, last, deciding)
        decided = deciding
        first = last + 1


@compiled
def drive_scripted(  # noqa: PLR0917 - compiled code has no keywords
    roads: Roads, plan: Plan, script: Script, ways: NDArray[np.float64], start: int, end: int
) -> None:
    """Drives whole runs of the roads from start up to end, all controlled cars by a script.

    Args:
        roads: the state of B roads; in sessions as the last run left it.
        plan: how runs are driven.
        script: the driver.
        ways: [B, runs] written: the controlled cars' mean way [px]. Several runs of a road are
            runs of a session.
        start: the first road.
        end: the one after the last.
    """
    seen = np.empty(
        (2 * plan.window.lanes_side + 1) * (plan.window.patches_ahead + plan.window.patches_behind)
    )
    for index in range(start, end):
        for run in range(ways.shape[1]):
            start_run(roads[index], plan.agents, plan.quirks)
            drive_run(roads[index], plan, script, seen)
            ways[index, run] = roads[index].sums[TOTAL]


@compiled
def see_all(roads: Roads, car: int, view: View, sight: Sight) -> None:
    """Writes what a car sees on every road, car by car."""
    for index in range(roads.shape[0]):
        see(roads[index], car, view, sight, index)
