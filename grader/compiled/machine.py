"""One training as an object: trained in steps, saved and resumed between them, then driven."""

from collections.abc import Mapping, Sequence

import numpy as np
import numpy.typing as npt

from grader.compiled.batch import new_memory, new_room
from grader.compiled.driving import RUNS_AT_ONCE, decisions, drive_all, new_fleet
from grader.compiled.layout import Matrices, aligned, from_matrices, initial, shape_of, to_matrices
from grader.compiled.learning import aim_of
from grader.compiled.steps import Learned, rule_of
from grader.compiled.training import (
    STATE,
    Course,
    acting_pass,
    new_drivers,
    schedule_of,
    train_until,
)
from grader.compiled.updating import sum_up
from grader.compiled.vectors import WIDTH
from grader.curve import Sums
from grader.schema import NetworkConfig
from grader.trace import Driven
from simulator.driving import Plan
from simulator.kernels import NOBODY
from simulator.road import MPH_DIGITS, MPH_PER_PIXEL
from simulator.rules import RULESETS
from simulator.sight import new_sight
from simulator.state import new_roads
from simulator.view import View


def plan_of(config: NetworkConfig, rules: str, frames: int) -> Plan:
    """How a configuration's cars are driven."""
    ruleset = RULESETS[rules]
    return Plan(
        quirks=ruleset.quirks,
        agents=config.other_agents + 1,
        frames=frames,
        window=View(config.lanes_side, config.patches_ahead, config.patches_behind),
        timetable=np.array(ruleset.timetable(config.other_agents)),
    )


class Machine:
    """One training of one configuration, from its seed.

    Attributes:
        config: What is trained.
        state: The counters, a record of ``training.STATE``.
    """

    def __init__(self, config: NetworkConfig, seed: int, *, rules: str, frames: int) -> None:
        """Draws the network.

        Args:
            config: What to train.
            seed: Of the training, unsigned 64-bit.
            rules: Name of the ruleset.
            frames: Of an episode.
        """
        self.config = config
        self._rules = rules
        shape = self._shape = shape_of(config)
        trainer = config.trainer
        net = Learned(
            weights=aligned(shape.length),
            gradient=aligned(shape.length),
            momentum=aligned(
                shape.length if trainer.momentum or trainer.method == "adam" else WIDTH
            ),
            squares=aligned(shape.length if trainer.method == "adam" else WIDTH),
        )
        self._course = Course(
            shape=shape,
            rule=rule_of(trainer),
            aim=aim_of(config),
            schedule=schedule_of(config),
            plan=plan_of(config, rules, frames),
            net=net,
            target=aligned(shape.length if config.target_update_interval else WIDTH),
            memory=new_memory(config, shape),
            room=new_room(shape, trainer.batch_size),
            drivers=new_drivers(shape, config.other_agents + 1),
            acting=acting_pass(shape),
            roads=new_roads(1),
            sight=new_sight(1),
        )
        self._states = np.zeros(1, STATE).view(np.recarray)
        self.state = self._states[0]
        self.state.seed = seed
        self.state.powers = 1.0
        self.state.first = frames
        self.state.decided = NOBODY
        self.state.epsilon = 1.0
        self.set_weights(initial(config, seed))

    @property
    def iteration(self) -> int:
        """Decisions of the ego made so far."""
        return int(self.state.iteration)

    @property
    def epsilon(self) -> float:
        """Share of random decisions at the last one."""
        return float(self.state.epsilon)

    def take_sums(self) -> Sums:
        """What the training brought since this was last asked."""
        state = self.state
        sums = Sums(
            float(state.rewards), int(state.rewarded), float(state.losses), int(state.learned)
        )
        state.rewards = state.losses = 0.0
        state.rewarded = state.learned = 0
        return sums

    @property
    def diverged(self) -> int:
        """The iteration whose loss was no finite number; 0: none."""
        return int(self.state.diverged)

    @property
    def weights(self) -> Matrices:
        """The network, layer by layer: [inputs + 1, units], the last row the biases."""
        return to_matrices(self._course.net.weights, self.config)

    def set_weights(self, matrices: Matrices) -> None:
        """Puts another network in the place of this one."""
        course = self._course
        from_matrices(matrices, self.config, course.net.weights)
        sum_up(course.shape, course.rule, course.net, course.room)

    def train(self, until: int) -> None:
        """Goes on until so many decisions are made, or the training has diverged."""
        train_until(self._course, self._states, until)

    def drive(self, seeds: Sequence[int], frames: int) -> npt.NDArray[np.float64]:
        """Drives the network over runs: average speeds [mph], shape [R], floored to 0.01."""
        return self.drive_traced(seeds, frames).speeds

    def drive_traced(self, seeds: Sequence[int], frames: int) -> Driven:
        """Drives the network over runs, and keeps what it decided."""
        plan = plan_of(self.config, self._rules, frames)
        ways = np.zeros(len(seeds))
        actions = np.zeros((len(seeds), decisions(plan)), np.uint8)
        drive_all(
            self._shape,
            self._course.net.weights,
            plan,
            float(self.config.epsilon_test_time),
            new_roads(RUNS_AT_ONCE),
            new_fleet(self._shape, self.config.other_agents + 1),
            np.array(seeds, np.uint64),
            ways,
            actions,
        )
        speeds = np.floor(ways / frames * (MPH_PER_PIXEL * MPH_DIGITS)) / MPH_DIGITS
        return Driven(speeds, actions)

    def save(self) -> dict[str, npt.NDArray[np.generic]]:
        """All that a training is, between two calls of ``train``: named arrays, copied."""
        return {name: array.copy() for name, array in self._parts().items()}

    def resume(self, saved: Mapping[str, npt.NDArray[np.generic]]) -> None:
        """Goes back to what ``save`` gave, of a training of the same configuration.

        Raises:
            ValueError: It is of another one: other names, types or shapes.
        """
        parts = self._parts()
        for name, array in parts.items():
            given = saved.get(name)
            if given is None or given.dtype != array.dtype or given.shape != array.shape:
                raise ValueError(f"{name}: this is not saved from a training of this configuration")
        for name, array in parts.items():
            array[...] = saved[name]

    def _parts(self) -> dict[str, npt.NDArray[np.generic]]:
        course = self._course
        return {
            "weights": course.net.weights,
            "momentum": course.net.momentum,
            "squares": course.net.squares,
            "target": course.target,
            "seen": course.memory.seen.view(np.ndarray),
            "done": course.memory.done,
            "rewards": course.memory.rewards,
            "drivers_seen": course.drivers.seen.view(np.ndarray),
            "drivers_done": course.drivers.done,
            "roads": course.roads.view(np.ndarray),
            "state": self._states.view(np.ndarray),
        }
