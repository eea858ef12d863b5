"""A recorded run: the cars at each of the ego's decisions, all decisions, and what led to them.

`exact` drives the run again, by its seed and its decisions: every frame in every bit. A run of a
session follows from its number and the state of one stream of random numbers before it.
"""

from dataclasses import dataclass
from typing import Any, Final, NamedTuple

import numpy as np
from numpy.typing import NDArray

from simulator.draws import MAX_SEED
from simulator.road import FRAMES_PER_DECISION
from simulator.rules import RULESETS
from simulator.traffic import Traffic
from simulator.view import View, bounded

UNDECIDED: Final = 255  # in place of an action, where a run ended before the car's decision
NO_VIEW: Final = View(lanes_side=0, patches_ahead=1, patches_behind=0)


class Cars(NamedTuple):
    """The cars of one road at one moment, or over time with S as the first axis."""

    x: NDArray[np.float64]  # [.., CARS] px
    y: NDArray[np.float64]  # [.., CARS] px
    lane: NDArray[np.int64]  # [.., CARS] that each is in or changes to
    throttle: NDArray[np.float64]  # [.., CARS]
    follow: NDArray[np.float64]  # [.., CARS] the safety rule's limits; speed = follow * throttle

    def at(self, sample: int) -> "Cars":
        """Returns the cars at one of several samples."""
        x, y, lane, throttle, follow = self
        return Cars(x[sample], y[sample], lane[sample], throttle[sample], follow[sample])


@dataclass(frozen=True)
class Trajectory:
    """One run.

    With D decisions of the ego there are S = D + 1 samples: one at each decision, when the frame's
    motion is over and before the decision is carried out, and one at the end of the run.

    Attributes:
        rules: name of the ruleset.
        seed: of the run; in a session the number of the run.
        frames: length of the run.
        view: what the controlled cars see.
        average_mph: the run's score.
        cars: [S, CARS] each.
        actions: [D, other_agents + 1] by car; UNDECIDED where the run ended before.
        observations: [D, view.size] what the ego saw, if recorded.
        values: [D, ACTIONS] what its network expected of each action, if recorded.
        stream: in a session, the state of the stream *behaviour* before the run; else 0.
    """

    rules: str
    seed: int
    frames: int
    view: View
    average_mph: float
    cars: Cars
    actions: NDArray[np.uint8]
    observations: NDArray[np.float64] | None = None
    values: NDArray[np.float32] | None = None
    stream: int = 0

    @property
    def other_agents(self) -> int:
        """Controlled cars besides the ego."""
        return int(self.actions.shape[1]) - 1

    @property
    def driven(self) -> NDArray[np.int64]:
        """[S] frames of motion before each sample, 1 for the first decision."""
        return sample_frames(self.frames)


def sample_frames(frames: int) -> NDArray[np.int64]:
    """Returns how many frames of motion lie before each sample of a run, [S]."""
    return np.append(np.arange(0, frames, FRAMES_PER_DECISION) + 1, frames)


class Recorder:
    """Watches one road of some traffic from the start of a run to its end.

    Example:
        recorder = Recorder(traffic, road=0)
        while not traffic.finished:
            actions = decide(traffic.observations)
            recorder.note(actions[0], values=network_output[0])
            traffic.step(actions)
        trajectory = recorder.trajectory()
    """

    def __init__(self, traffic: Traffic, *, road: int = 0, with_observations: bool = False) -> None:
        """Starts at a reset or, in a session, at a next run.

        Raises:
            ValueError: no such road, or the run isn't at its start.
        """
        self._road = bounded("road", road, 0, len(traffic.seeds) - 1)
        if traffic.frame != 0 or traffic.agent != 0:
            raise ValueError(f"frame is {traffic.frame}; a recording starts with its run.")
        self._traffic = traffic
        self._with_observations = with_observations
        self._cars: list[Cars] = []
        self._observations: list[NDArray[np.float64]] = []
        self._values: list[Any] = []
        cycles = len(sample_frames(traffic.frames)) - 1
        self._actions = np.full((cycles, traffic.other_agents + 1), UNDECIDED, np.uint8)

    def note(self, action: int, *, values: Any = None) -> None:
        """Notes the decision that is due, before the traffic's step.

        Args:
            action: the deciding car's.
            values: [ACTIONS] the ego's network's output, if there is one.
        """
        traffic = self._traffic
        if traffic.agent == 0:
            self._cars.append(_cars(traffic, self._road))
            if self._with_observations:
                self._observations.append(traffic.observations[self._road].copy())
            if values is not None:
                self._values.append(np.array(values, np.float32))
        self._actions[traffic.frame // FRAMES_PER_DECISION, traffic.agent] = action

    def trajectory(self) -> Trajectory:
        """Returns the recording, at the end of the run.

        Raises:
            ValueError: the run isn't at its end, or decisions weren't noted.
        """
        traffic, decisions = self._traffic, len(self._actions)
        if not traffic.finished:
            raise ValueError(f"the run is at frame {traffic.frame} of {traffic.frames}.")
        if len(self._cars) != decisions or len(self._values) not in (0, decisions):
            raise ValueError(f"{len(self._cars)} of {decisions} decisions were noted.")
        samples = [*self._cars, _cars(traffic, self._road)]
        return Trajectory(
            rules=traffic.rules.name,
            seed=int(traffic.seeds[self._road]),
            frames=traffic.frames,
            view=traffic.view,
            average_mph=float(traffic.average_mph()[self._road]),
            cars=Cars(*(np.stack(part) for part in zip(*samples, strict=True))),
            actions=self._actions,
            observations=np.stack(self._observations) if self._observations else None,
            values=np.stack(self._values) if self._values else None,
            stream=int(traffic.streams[self._road]),
        )


def exact(trajectory: Trajectory, frame: int) -> Cars:
    """Drives the run again and returns its cars after so many frames, 1 to `frames`.

    Raises:
        ValueError: there is no such frame.
    """
    last = bounded("frame", frame, 1, trajectory.frames)
    traffic = _again(trajectory, frames=last, view=NO_VIEW)
    while not traffic.finished:
        _repeat(trajectory, traffic)
    return _cars(traffic, 0)


def exact_observations(trajectory: Trajectory) -> NDArray[np.float64]:
    """Drives the run again and returns what the ego saw at each decision, [D, view.size]."""
    traffic = _again(trajectory, frames=trajectory.frames, view=trajectory.view)
    seen = []
    while not traffic.finished:
        if traffic.agent == 0:
            seen.append(traffic.observations[0].copy())
        _repeat(trajectory, traffic)
    return np.stack(seen)


def _again(trajectory: Trajectory, *, frames: int, view: View) -> Traffic:
    rules = RULESETS[trajectory.rules]
    traffic = Traffic(
        1, view=view, other_agents=trajectory.other_agents, frames=frames, rules=rules
    )
    if rules.quirks.streams:
        # A session begins with the number of the run before.
        traffic.reset([(trajectory.seed - 1) % (MAX_SEED + 1)], streams=[trajectory.stream])
    else:
        traffic.reset([trajectory.seed])
    return traffic


def _repeat(trajectory: Trajectory, traffic: Traffic) -> None:
    cycle = traffic.frame // FRAMES_PER_DECISION
    traffic.step([int(trajectory.actions[cycle, traffic.agent])])


def _cars(traffic: Traffic, road: int) -> Cars:
    roads = traffic.roads
    return Cars(
        x=roads.x[road].copy(),
        y=roads.y[road].copy(),
        lane=roads.lane[road].copy(),
        throttle=roads.throttle[road].copy(),
        follow=roads.follow[road].copy(),
    )
