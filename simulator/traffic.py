"""Traffic: many roads stepped together from decision to decision, each a run of its own seed."""

from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from itertools import pairwise
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray

from simulator.draws import checked_seeds
from simulator.driving import (
    Plan,
    Stretch,
    drive_all,
    drive_scripted,
    next_decision,
    see_all,
    start_runs,
    start_sessions,
)
from simulator.kernels import NOBODY
from simulator.road import (
    ACTIONS,
    MAX_OTHER_AGENTS,
    MPH_DIGITS,
    MPH_PER_PIXEL,
)
from simulator.rules import OPEN, RULESETS, Rules
from simulator.scripts import Script
from simulator.sight import Sight, new_sight
from simulator.state import TOTAL, new_roads
from simulator.streams import checked_states
from simulator.view import View, bounded

__all__ = ["MAX_FRAMES", "MAX_ROADS", "Traffic", "View"]

MAX_ROADS: Final = 2**24  # 32 GB of state
MAX_FRAMES: Final = 2**32  # a frame is one word of the generator's counter
MAX_THREADS: Final = 64


class Traffic:
    """B roads driven together; each depends on its own seed and decisions and on nothing else.

    In ruleset `open` a seed is a run. In `deeptraffic-v2` random numbers live on from run to run,
    so that a road is a session of runs: its seed is the number of the run before its first, 0 in
    the original's own protocol; reset() starts it, and next_run() goes on. There a decision is
    carried out by its car, by the other agents after it, and by the ego: step() sees to that.

    Example:
        traffic = Traffic(2, view=View(1, 10, 0))
        traffic.reset([1, 2])
        while not traffic.finished:
            traffic.step(decide(traffic.observations))
        traffic.average_mph()

    Attributes:
        view: what every controlled car sees.
        other_agents: controlled cars besides the ego, cars 1 to n.
        frames: the length of a run.
        rules: the ruleset.
        roads: the state of all cars, roads.x and the others [B, ...]; to be read, not written.
        seeds: [B] of the runs being driven; in a session the number of the run, from 1.
        streams: [B] in sessions, the state of the stream *behaviour* before the runs being driven:
            with its number all that a run follows from, whatever was driven before.
        agent: the car whose decision is due, 0 the ego; -1 when finished.
        frame: frames completed; a decision falls into the one after.
        observations: [B, view.size] what the deciding car sees, written in place: speed / 100,
            1 where the road is empty, 0 off the road.
        rewards: [B] the ego's reward, (way of its last 30 frames - 60 px) / 20, fresh when it
            decides; 0 at a run's first decision, or in a session that of one frame.
    """

    def __init__(
        self,
        roads: int,
        *,
        view: View,
        other_agents: int = 0,
        frames: int = 2000,
        rules: Rules = OPEN,
        threads: int = 1,
    ) -> None:
        """Lays out the roads.

        Args:
            roads: how many, B.
            view: what every controlled car sees.
            other_agents: controlled cars besides the ego.
            frames: the length of a run.
            rules: the ruleset.
            threads: on how many threads they are driven, a chunk of the roads each; it changes no
                result.

        Raises:
            ValueError: a number is out of bounds.
        """
        size = bounded("roads", roads, 1, MAX_ROADS)
        self.view = View(*view).checked()
        self.other_agents = bounded("other_agents", other_agents, 0, MAX_OTHER_AGENTS)
        self.frames = bounded("frames", frames, 1, MAX_FRAMES)
        self.rules = _checked_rules(rules)
        self.roads = new_roads(size)
        self.seeds: NDArray[np.uint64] = self.roads.seed
        self.streams = np.zeros(size, np.int64)
        self.agent = NOBODY
        self.frame = 0
        self.observations = np.zeros((size, self.view.size))
        self.rewards = np.zeros(size)
        self._runs = 0
        self._actions = np.zeros(size, np.int64)
        self._sight: Sight | None = None
        timetable = np.array(rules.timetable(self.other_agents))
        agents = self.other_agents + 1
        self._plan = Plan(rules.quirks, agents, self.frames, self.view, timetable)
        self._chunks = Chunks(size, bounded("threads", threads, 1, MAX_THREADS))

    @property
    def finished(self) -> bool:
        """Whether all frames are driven."""
        return self._runs > 0 and self.agent == NOBODY

    @property
    def has_reward(self) -> bool:
        """Whether the ego decides and `rewards` holds what its last decision brought."""
        if self.frame == 0 and not (self.rules.quirks.first_reward and self._runs > 1):
            return False
        return self.agent == 0

    def reset(
        self,
        seeds: Sequence[int] | NDArray[Any],
        *,
        streams: Sequence[int] | NDArray[Any] | None = None,
    ) -> None:
        """Places the cars of new runs and drives them to their first decision.

        Args:
            seeds: [B] unsigned 64-bit run seeds; in a ruleset of sessions, the numbers of the runs
                before their first, 0 in the original's protocol.
            streams: [B] what `streams` was before these runs, to drive runs from the middle of a
                session again; else sessions begin as the original once it is loaded.

        Raises:
            ValueError: seeds of another shape, or not 64-bit; or no such streams.
        """
        self._set_seeds(seeds)
        if streams is not None:
            self._set_streams(streams)
        self._start_run()

    def next_run(self) -> None:
        """Starts the next run of every session and drives it to its first decision.

        Raises:
            ValueError: the ruleset has no sessions, or reset() hasn't started them.
        """
        self._check_session("next_run()")
        self._start_run()

    def step(self, actions: Sequence[int] | NDArray[Any]) -> None:
        """Carries out the deciding car's actions and drives on to the next decision or the end.

        Args:
            actions: [B] whole numbers 0 to 4: none, accelerate, decelerate, left, right.

        Raises:
            ValueError: no decision is due, or actions of another shape or out of bounds.
        """
        if self._runs == 0:
            raise ValueError("step() before reset(): there are no runs yet.")
        if self.finished:
            raise ValueError(f"step() after the end: all {self.frames} frames are driven.")
        self._actions[:] = _checked_actions(actions, self._actions.shape)
        self._drive(first=self.frame + 1)

    def average_mph(self) -> NDArray[np.float64]:
        """Returns each run's average speed so far, floored to 0.01 mph: [B]; 0 before frame 1.

        It is the mean, over frames and controlled cars, of the speed at the end of each frame.
        """
        return _floored_mph(self.roads.sums[:, TOTAL], max(self.frame, 1))

    def sight(self) -> Sight:
        """Returns what the deciding cars see, as `observations` but car by car: [B, ...].

        It is written in place at every call.

        Raises:
            ValueError: no decision is due.
        """
        if self.agent == NOBODY:
            raise ValueError("sight() without a decision that is due: nobody looks.")
        if self._sight is None:
            self._sight = new_sight(len(self.roads))
        see_all(self.roads, self.agent, self.view, self._sight)
        return self._sight

    def drive(
        self, script: Script, seeds: Sequence[int] | NDArray[Any], *, runs: int = 1
    ) -> NDArray[np.float64]:
        """Drives whole runs at once, all controlled cars by a script that looks through the view.

        Args:
            script: the driver; a gap seeker looks through a view of its own.
            seeds: as in reset().
            runs: runs of each session; 1 in a ruleset without sessions.

        Returns:
            [B, runs] average speeds [mph], floored to 0.01.

        Raises:
            ValueError: seeds or runs out of bounds.
        """
        most = MAX_FRAMES if self.rules.quirks.streams else 1
        ways = np.zeros((len(self.roads), bounded("runs", runs, 1, most)))
        checked = script.checked(self.view)
        self._set_seeds(seeds)
        self._chunks.each(drive_scripted, self.roads, self._plan, checked, ways)
        self.frame = self.frames
        self.agent = NOBODY
        self._runs = ways.shape[1]
        return _floored_mph(ways, self.frames)

    def _set_seeds(self, seeds: Sequence[int] | NDArray[Any]) -> None:
        checked = checked_seeds(seeds)
        if checked.shape != self.seeds.shape:
            raise ValueError(
                f"seeds have shape {checked.shape}; they must have shape {self.seeds.shape}."
            )
        self.seeds[:] = checked
        start_sessions(self.roads)
        self._runs = 0

    def _set_streams(self, streams: Sequence[int] | NDArray[Any]) -> None:
        if not self.rules.quirks.streams:
            raise ValueError(f"streams under ruleset {self.rules.name!r}: its runs have none.")
        checked = checked_states(streams)
        if checked.shape != self.streams.shape:
            raise ValueError(
                f"streams have shape {checked.shape}; they must have shape {self.streams.shape}."
            )
        self.roads.behaviour[:] = checked

    def _check_session(self, call: str) -> None:
        if not self.rules.quirks.streams:
            raise ValueError(
                f"{call} under ruleset {self.rules.name!r}: its runs are independent; use reset()."
            )
        if self._runs == 0:
            raise ValueError(f"{call} before reset(): there are no sessions yet.")

    def _start_run(self) -> None:
        if self.rules.quirks.streams:
            self.streams[:] = self.roads.behaviour
        self._chunks.each(start_runs, self.roads, self._plan.agents, self.rules.quirks)
        self._runs += 1
        self.frame = 0
        self.agent = NOBODY
        self._drive(first=0)

    def _drive(self, *, first: int) -> None:
        last, deciding = next_decision(self._plan, first)
        stretch = Stretch(
            self.rules.quirks, self._plan.agents, self.agent, first, last, deciding, self.view
        )
        self._chunks.each(
            drive_all, self.roads, self._actions, stretch, self.observations, self.rewards
        )
        self.frame = last
        self.agent = deciding


class Chunks:
    """The roads in equal parts, one for each thread; compiled code holds no lock."""

    def __init__(self, roads: int, threads: int) -> None:
        threads = min(threads, roads)
        bounds = [roads * part // threads for part in range(threads + 1)]
        self._parts = list(pairwise(bounds))
        self._others = ThreadPoolExecutor(threads - 1) if threads > 1 else None

    def each(self, drive: Callable[..., None], *arguments: Any) -> None:
        """Calls drive(*arguments, start, end) for every part at once, and waits for all."""
        mine, *others = self._parts
        if self._others is None:
            drive(*arguments, *mine)
            return
        calls = [self._others.submit(drive, *arguments, *part) for part in others]
        drive(*arguments, *mine)
        for call in calls:
            call.result()


def _floored_mph(ways: NDArray[np.float64], frames: int) -> NDArray[np.float64]:
    return np.floor(ways / frames * (MPH_PER_PIXEL * MPH_DIGITS)) / MPH_DIGITS


def _checked_rules(rules: Rules) -> Rules:
    if not isinstance(rules, Rules):
        raise ValueError(f"rules are {rules!r}; they must be one of {', '.join(RULESETS)}.")  # noqa: TRY004 - as all bad input
    return rules


def _checked_actions(
    actions: Sequence[int] | NDArray[Any], shape: tuple[int, ...]
) -> NDArray[np.integer[Any]]:
    given = np.asarray(actions)
    if given.shape != shape:
        raise ValueError(f"actions have shape {given.shape}; they must have shape {shape}.")
    if given.dtype.kind not in "iu":
        raise ValueError(f"actions are {given.dtype}; they must be whole numbers.")
    if given.min() < 0 or given.max() >= ACTIONS:
        wrong = given[(given < 0) | (given >= ACTIONS)][0]
        raise ValueError(f"action {wrong} must be 0 to {ACTIONS - 1}.")
    return given
