"""A network driven as the original drove it: one sequence of runs, its memory living on."""

from typing import NamedTuple

import numpy as np

from grader.compiled.doubles import KINDS, LINEAR, Doubles, Net, Numbers, best_action
from grader.compiled.driving import decisions
from grader.compiled.machine import plan_of
from grader.pretrained import Pretrained
from grader.schema import NUM_ACTIONS
from grader.trace import Actions, Driven
from simulator.compiled import compiled, inlined
from simulator.draws import ACTION, EXPLORE, draw
from simulator.driving import Plan, Stretch, drive_to, next_decision, start_runs, start_sessions
from simulator.kernels import NOBODY
from simulator.road import MPH_DIGITS, MPH_PER_PIXEL
from simulator.rules import ORIGINAL
from simulator.sight import observe
from simulator.state import TOTAL, Road, Roads, new_roads


class Memory(NamedTuple):
    """What the controlled cars remember, newest first, from run to run."""

    seen: Doubles  # [cars, max(1, past), states]
    done: Numbers  # [cars, max(1, past)]
    decisions: Numbers  # [1] of the ego so far
    cloned: Numbers  # [1] whether the others have networks


@inlined
def fill_input(net: Net, memory: Memory, car: int, states: int, past: int) -> None:
    """Puts the window's observations and actions after what the car sees now."""
    place = states
    for k in range(past):
        net.values[place : place + states] = memory.seen[car, k]
        place += states
        net.values[place : place + NUM_ACTIONS] = 0.0
        net.values[place + memory.done[car, k]] = states
        place += NUM_ACTIONS


@inlined
def remember(net: Net, memory: Memory, car: int, past: int) -> None:
    """Shifts the window by the newest observation; what was done is written afterwards."""
    for k in range(past - 1, 0, -1):
        memory.seen[car, k] = memory.seen[car, k - 1]
        memory.done[car, k] = memory.done[car, k - 1]
    if past:
        memory.seen[car, 0] = net.values[: memory.seen.shape[2]]


@inlined
def clone(memory: Memory) -> None:
    """Gives the other cars the ego's network and what it remembers."""
    memory.cloned[0] = 1
    for car in range(1, memory.seen.shape[0]):
        memory.seen[car] = memory.seen[0]
        memory.done[car] = memory.done[0]


@inlined
def decide(
    net: Net, memory: Memory, road: Road, plan: Plan, past: int, epsilon: float, frame: int,
    car: int,
) -> int:  # fmt: skip
    """Returns what a car does; nothing as long as its window is not full."""
    if car == 0:
        memory.decisions[0] += 1
    elif not memory.cloned[0]:
        if memory.decisions[0] <= past:
            return 0
        clone(memory)
    states = memory.seen.shape[2]
    observe(road, car, plan.window, net.values[:states])
    action = 0
    fill_input(net, memory, car, states, past)
    # the input has to be remembered before it is overwritten on its way through the layers
    remember(net, memory, car, past)
    if memory.decisions[0] > past:
        if epsilon > 0.0 and draw(road.seed, frame, car, EXPLORE) < epsilon:
            action = int(draw(road.seed, frame, car, ACTION) * NUM_ACTIONS)
        else:
            action = best_action(net)
    memory.done[car, 0] = action
    return action


@compiled
def drive_on(
    net: Net, memory: Memory, roads: Roads, plan: Plan, past: int, epsilon: float, ways: Doubles,
    actions: Actions,
) -> None:  # fmt: skip
    """Drives the next runs of a session.

    Args:
        net: The network of every controlled car.
        memory: Of the cars, as the last run left it.
        roads: [1] as the last run left it.
        plan: How runs are driven.
        past: Decisions in the window.
        epsilon: Share of random decisions.
        ways: [R] written: the controlled cars' mean way [px].
        actions: [R, decisions] written: what was decided, in order.
    """
    road = roads[0]
    for run in range(ways.size):
        start_runs(roads, plan.agents, plan.quirks, 0, 1)
        first, decided, action, count = 0, NOBODY, 0, 0
        while True:
            last, car = next_decision(plan, first)
            stretch = Stretch(plan.quirks, plan.agents, decided, first, last, car, plan.window)
            drive_to(road, stretch, action)
            if car == NOBODY:
                break
            action = decide(net, memory, road, plan, past, epsilon, last, car)
            actions[run, count] = action
            count += 1
            decided, first = car, last + 1
        ways[run] = road.sums[TOTAL]


class Session:
    """A sequence of runs in the original's ruleset, driven some at a time."""

    def __init__(self, network: Pretrained, frames: int, *, first: int = 1) -> None:
        """Stands before a run.

        Args:
            network: Drives all controlled cars.
            frames: Of a run.
            first: Number of the first run; 1 in the original's official evaluation.
        """
        config = network.config
        self._frames, self._config = frames, config
        self._net = new_net(network)
        cars, past = 1 + config.other_agents, config.temporal_window
        self._memory = Memory(
            seen=np.zeros((cars, max(1, past), config.num_states)),
            done=np.zeros((cars, max(1, past)), np.int64),
            decisions=np.zeros(1, np.int64),
            cloned=np.zeros(1, np.int64),
        )
        self._plan = plan_of(config, ORIGINAL.name, frames)
        self._roads = new_roads(1)
        start_sessions(self._roads)
        self._roads.seed[0] = first - 1

    def drive(self, runs: int) -> Driven:
        """Drives the next runs; their average speeds are floored to 0.01."""
        ways = np.zeros(runs)
        actions = np.zeros((runs, decisions(self._plan)), np.uint8)
        drive_on(
            self._net,
            self._memory,
            self._roads,
            self._plan,
            self._config.temporal_window,
            float(self._config.epsilon_test_time),
            ways,
            actions,
        )
        speeds = np.floor(ways / self._frames * (MPH_PER_PIXEL * MPH_DIGITS)) / MPH_DIGITS
        return Driven(speeds, actions)


def new_net(network: Pretrained) -> Net:
    """Lays a network's numbers out."""
    config = network.config
    shapes = np.array(config.shapes, np.int64)
    sizes = (shapes[:, 0] + 1) * shapes[:, 1]
    factors = np.ones(len(shapes))
    factors[: len(network.factors)] = network.factors
    widest = int(shapes.max()) + NUM_ACTIONS
    return Net(
        weights=np.concatenate([matrix.ravel() for matrix in network.matrices]),
        places=np.cumsum(sizes) - sizes,
        inputs=shapes[:, 0].copy(),
        units=shapes[:, 1].copy(),
        kinds=np.array([*(KINDS[layer.activation] for layer in config.layers), LINEAR], np.int64),
        factors=factors,
        values=np.zeros(widest),
        sums=np.zeros(widest),
        chosen=np.zeros(widest + 1, np.int64),
    )
