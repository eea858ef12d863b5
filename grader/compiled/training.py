"""A whole training in compiled code: simulate, observe, remember, learn, act; docs/training.md.

The same algorithm, step by step, as ``grader.dqn``.
"""

from typing import Any, Final, NamedTuple

import numpy as np
import numpy.typing as npt

from grader.compiled.batch import Memory, Room
from grader.compiled.chance import ACTION, EXPLORE, SLOT, episode_seed
from grader.compiled.forward import Pass, best_of, forward, new_pass, worth
from grader.compiled.glimpses import GLIMPSE, Glimpses, glance, spell_input
from grader.compiled.layout import Row, Shape
from grader.compiled.learning import Aim, learn
from grader.compiled.steps import Learned, Rule
from grader.schema import NUM_ACTIONS, NetworkConfig
from simulator.compiled import compiled, inlined
from simulator.draws import draw
from simulator.driving import Plan, Stretch, drive_to, next_decision, start_runs, start_sessions
from simulator.kernels import NOBODY
from simulator.sight import Sight
from simulator.state import Road, Roads, signed

STATE: Final = np.dtype(
    [
        ("seed", np.uint64),  # of the training
        ("iteration", np.int64),  # decisions of the ego made
        ("episode", np.int64),  # begun
        ("first", np.int64),  # the frame to begin next; at the end of an episode its length
        ("decided", np.int64),  # the car whose action is still to be carried out, or NOBODY
        ("action", np.int64),  # that action
        ("remembered", np.int64),  # experiences
        ("updates", np.int64),
        ("epsilon", np.float64),
        ("powers", np.float64, 2),  # adam: beta1 and beta2 to the number of updates
        # summed since the last point of the learning curve
        ("rewards", np.float64),
        ("rewarded", np.int64),
        ("losses", np.float64),
        ("learned", np.int64),
        ("diverged", np.int64),  # the iteration whose loss was no number; 0: none
    ],
    align=True,
)

NOT_YET: Final = -1  # in `Drivers.done`, of a car that has not decided in this run


class Schedule(NamedTuple):
    """When what is done."""

    threshold: int  # experiences that there must be more than before an update
    burnin: float  # decisions at random
    total: float  # decisions until epsilon is at its least
    epsilon_min: float
    size: int  # experiences that are remembered


class Drivers(NamedTuple):
    """What every controlled car saw and did, later things first."""

    seen: Glimpses  # [cars, past + 2]
    done: npt.NDArray[np.int64]  # [cars, past + 2]; 0 is what is being decided


class Course(NamedTuple):
    """All of a training but its state; the arrays in it are its memory."""

    shape: Shape
    rule: Rule
    aim: Aim
    schedule: Schedule
    plan: Plan
    net: Learned
    target: Row
    memory: Memory
    room: Room
    drivers: Drivers
    acting: Pass
    roads: Roads  # [1]
    sight: Sight  # [1]


def schedule_of(config: NetworkConfig) -> Schedule:
    """When a configuration has what done."""
    return Schedule(
        threshold=config.start_learn_threshold,
        burnin=float(config.learning_steps_burnin),
        total=float(config.learning_steps_total),
        epsilon_min=float(config.epsilon_min),
        size=config.replay_size,
    )


def new_drivers(shape: Shape, cars: int) -> Drivers:
    """Cars that have seen nothing."""
    return Drivers(
        seen=np.zeros((cars, shape.past + 2), GLIMPSE).view(np.recarray),
        done=np.zeros((cars, shape.past + 2), np.int64),
    )


def acting_pass(shape: Shape) -> Pass:
    """Room for one car's decision."""
    return new_pass(shape, 1)


@inlined
def epsilon_at(schedule: Schedule, age: int) -> float:
    """Returns the share of random decisions at a decision, counted from 1."""
    left = 1.0 - (age - schedule.burnin) / (schedule.total - schedule.burnin)
    return min(1.0, max(schedule.epsilon_min, left))


@inlined
def look(shape: Shape, plan: Plan, road: Road, car: int, drivers: Drivers, sight: Sight) -> None:
    """Takes in what a car sees; what it saw and did before is one decision older.

    A car that sees for the first time in a run has always seen this, and done nothing.
    """
    seen, done = drivers.seen[car], drivers.done[car]
    past = done.shape[0]
    fresh = done[0] == NOT_YET
    if not fresh:
        for index in range(past - 1, 0, -1):
            seen[index] = seen[index - 1]
            done[index] = done[index - 1]
    glance(road, car, plan.window, shape, sight, seen[0])
    if fresh:
        for index in range(1, past):
            seen[index] = seen[0]
            done[index] = 0


@inlined
def remember(
    schedule: Schedule, memory: Memory, drivers: Drivers, state: Any, reward: float
) -> None:
    """Keeps the ego's last experience, when full in place of any one."""
    slot = state.remembered
    if slot < schedule.size:
        state.remembered += 1
    else:
        slot = np.int64(draw(state.seed, state.iteration, 0, SLOT) * schedule.size)
    for index in range(memory.done.shape[1]):
        memory.seen[slot, index] = drivers.seen[0, index]
        memory.done[slot, index] = drivers.done[0, index]
    memory.rewards[slot] = reward
    state.rewards += reward
    state.rewarded += 1


@inlined
def act(shape: Shape, weights: Row, drivers: Drivers, run: Pass, state: Any, car: int) -> int:
    """Returns what a car does about what it sees: the best, or with epsilon anything."""
    if draw(state.seed, state.iteration, car, EXPLORE) < state.epsilon:
        return np.int64(draw(state.seed, state.iteration, car, ACTION) * NUM_ACTIONS)  # type: ignore[return-value]
    seen, done = drivers.seen[car], drivers.done[car]
    run.ends[1] = spell_input(shape, seen, done, 0, 0, run.places, run.shares)
    place = forward(shape, weights, run, signed(1))
    return best_of(worth(shape, weights, run.hidden, place))


@inlined
def start_episode(roads: Roads, plan: Plan, drivers: Drivers, state: Any) -> None:
    """Places the cars anew; nothing of the last episode goes along."""
    roads[0].seed = episode_seed(state.seed, state.episode)
    start_sessions(roads)
    start_runs(roads, plan.agents, plan.quirks, 0, 1)
    state.episode += 1
    state.first = 0
    state.decided = NOBODY
    drivers.done[:, :] = NOT_YET


@inlined
def note(state: Any, loss: float) -> None:
    """Counts an update."""
    state.updates += 1
    state.losses += loss
    state.learned += 1
    if not loss < np.inf:
        state.diverged = state.iteration


@compiled
def train_until(course: Course, states: Any, until: int) -> None:
    """Goes on with a training until the ego has made so many decisions.

    Args:
        course: The training; its arrays are written.
        states: [1] STATE; written.
        until: Iteration to stop after.
    """
    state = states[0]
    shape, plan, net, memory = course.shape, course.plan, course.net, course.memory
    drivers, roads, schedule = course.drivers, course.roads, course.schedule
    while state.iteration < until and state.diverged == 0:
        if state.first >= plan.frames:
            start_episode(roads, plan, drivers, state)
        last, car = next_decision(plan, state.first)
        stretch = Stretch(
            plan.quirks, plan.agents, state.decided, state.first, last, car, plan.window
        )
        reward = drive_to(roads[0], stretch, state.action)
        state.first = last + 1
        if car == NOBODY:
            continue
        fresh = drivers.done[car, 0] == NOT_YET
        look(shape, plan, roads[0], car, drivers, course.sight)
        if car == 0:
            state.iteration += 1
            if not fresh:
                remember(schedule, memory, drivers, state, reward)
                if state.remembered > schedule.threshold:
                    loss = learn(
                        shape, course.aim, course.rule, net, course.target, memory, course.room,
                        state.seed, state.iteration, state.remembered, state.updates, state.powers,
                    )  # fmt: skip
                    note(state, loss)
            state.epsilon = epsilon_at(schedule, state.iteration)
        state.action = act(shape, net.weights, drivers, course.acting, state, car)
        drivers.done[car, 0] = state.action
        state.decided = car
