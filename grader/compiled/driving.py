"""Trained networks driven over whole runs, in one compiled call."""

from typing import NamedTuple

import numpy as np
import numpy.typing as npt

from grader.compiled.forward import Pass, best_of, forward, new_pass, worth
from grader.compiled.glimpses import GLIMPSE, Glimpses, spell_input
from grader.compiled.layout import Row, Shape
from grader.compiled.training import NOT_YET, Drivers, look
from grader.schema import NUM_ACTIONS
from grader.trace import Actions
from simulator.compiled import compiled, inlined
from simulator.draws import ACTION, EXPLORE, draw
from simulator.driving import Plan, Stretch, drive_to, next_decision, start_runs, start_sessions
from simulator.kernels import NOBODY
from simulator.road import FRAMES_PER_DECISION
from simulator.sight import Sight, new_sight
from simulator.state import TOTAL, Roads

RUNS_AT_ONCE = 16
"""Runs that are driven side by side [1], so that wide layers are read once for all; it changes no
bit."""


class Fleet(NamedTuple):
    """The controlled cars of some runs, and room for their decisions."""

    seen: Glimpses  # [runs, cars, past + 2]
    done: npt.NDArray[np.int64]  # [runs, cars, past + 2]
    run: Pass
    sight: Sight  # [1]
    actions: npt.NDArray[np.int64]  # [runs]


def new_fleet(shape: Shape, cars: int) -> Fleet:
    """Cars that have seen nothing."""
    return Fleet(
        seen=np.zeros((RUNS_AT_ONCE, cars, shape.past + 2), GLIMPSE).view(np.recarray),
        done=np.zeros((RUNS_AT_ONCE, cars, shape.past + 2), np.int64),
        run=new_pass(shape, RUNS_AT_ONCE),
        sight=new_sight(1),
        actions=np.zeros(RUNS_AT_ONCE, np.int64),
    )


@inlined
def decide(
    shape: Shape, weights: Row, epsilon: float, seed: np.uint64, frame: int, car: int, hidden: Row,
    place: int,
) -> int:  # fmt: skip
    """Returns what a car does: the best, or with epsilon anything, drawn from the run's seed."""
    if epsilon > 0.0 and draw(seed, frame, car, EXPLORE) < epsilon:
        return np.int64(draw(seed, frame, car, ACTION) * NUM_ACTIONS)  # type: ignore[return-value]
    return best_of(worth(shape, weights, hidden, place))


def decisions(plan: Plan) -> int:
    """How many decisions a run has, of all its cars [1]."""
    return sum(len(range(frame, plan.frames, FRAMES_PER_DECISION)) for frame, _ in plan.timetable)


@compiled
def drive_some(
    shape: Shape, weights: Row, plan: Plan, epsilon: float, roads: Roads, fleet: Fleet,
    actions: Actions,
) -> None:  # fmt: skip
    """Drives the roads' runs from their first frame to their last, all at once."""
    runs = roads.shape[0]
    run = fleet.run
    start_sessions(roads)
    start_runs(roads, plan.agents, plan.quirks, 0, runs)
    fleet.done[:, :, :] = NOT_YET
    first = 0
    step = 0
    decided = NOBODY
    while True:
        last, car = next_decision(plan, first)
        stretch = Stretch(plan.quirks, plan.agents, decided, first, last, car, plan.window)
        count = 0
        for row in range(runs):
            drive_to(roads[row], stretch, fleet.actions[row])
            if car != NOBODY:
                drivers = Drivers(fleet.seen[row], fleet.done[row])
                look(shape, plan, roads[row], car, drivers, fleet.sight)
                seen, done = drivers.seen[car], drivers.done[car]
                count = spell_input(shape, seen, done, 0, count, run.places, run.shares)
                run.ends[row + 1] = count
        if car == NOBODY:
            return
        place = forward(shape, weights, run, runs)
        for row in range(runs):
            at = place + row * shape.widest
            seed = roads[row].seed
            action = decide(shape, weights, epsilon, seed, last, car, run.hidden, at)
            fleet.actions[row] = action
            fleet.done[row, car, 0] = action
            actions[row, step] = action
        step += 1
        decided = car
        first = last + 1


@compiled
def drive_all(
    shape: Shape, weights: Row, plan: Plan, epsilon: float, roads: Roads, fleet: Fleet,
    seeds: npt.NDArray[np.uint64], ways: npt.NDArray[np.float64], actions: Actions,
) -> None:  # fmt: skip
    """Drives the network over the runs of some seeds.

    Args:
        shape: Of the network.
        weights: Of the network.
        plan: How runs are driven.
        epsilon: Share of random decisions.
        roads: [RUNS_AT_ONCE] room for the roads.
        fleet: Room for the cars.
        seeds: [R] of the runs.
        ways: [R] written: the controlled cars' mean way [px].
        actions: [R, D] written: all decisions of each run, in order.
    """
    for first in range(0, seeds.size, RUNS_AT_ONCE):
        runs = min(RUNS_AT_ONCE, seeds.size - first)
        some = roads[:runs]
        for row in range(runs):
            some[row].seed = seeds[first + row]
        drive_some(shape, weights, plan, epsilon, some, fleet, actions[first : first + runs])
        for row in range(runs):
            ways[first + row] = some[row].sums[TOTAL]
