"""Records runs of a graded network, for pages to show: exactly the runs that were graded."""

from collections.abc import Sequence
from typing import NamedTuple

import numpy as np
import numpy.typing as npt

from grader.grade import Training, TrainingResult
from grader.pretrained import Doubles, Pretrained
from grader.protocol import Protocol
from grader.schema import NetworkConfig
from grader.trace import Actions
from grader.worth import inputs, worth
from simulator.again import frames, recording, streams
from simulator.road import FRAMES_PER_DECISION
from simulator.rules import RULESETS
from simulator.traffic import Traffic
from simulator.view import View

Numbers = npt.NDArray[np.int64]
Seen = tuple[Doubles, Numbers]


class Driver(NamedTuple):
    """Who drove.

    Attributes:
        view: What the controlled cars see.
        other_agents: Controlled cars besides the ego.
        network: What the ego asks, if it is a network.
    """

    view: View
    other_agents: int = 0
    network: Pretrained | None = None

    @classmethod
    def of(cls, network: Pretrained) -> "Driver":
        """A trained network."""
        config = network.config
        view = View(config.lanes_side, config.patches_ahead, config.patches_behind)
        return cls(view, config.other_agents, network)


def best_median_worst(runs: Sequence[float]) -> tuple[int, int, int]:
    """The places of a training's best run, its (upper) median and its worst, the first of equals.

    Of fewer than three runs some are the same.
    """
    order = sorted(range(len(runs)), key=lambda run: (runs[run], -run))
    return order[-1], order[len(order) // 2], order[0]


def record(
    result: TrainingResult,
    training: Training,
    protocol: Protocol,
    driver: Driver,
    runs: Sequence[int],
) -> dict[int, bytes]:
    """Records some of a training's runs.

    Args:
        result: Of the training, with its decisions.
        training: With the seeds of its runs.
        protocol: By which it was driven.
        driver: Who drove.
        runs: Which ones, 0 to R - 1.

    Returns:
        The bytes of each, as docs/recordings.md says.

    Raises:
        ValueError: A run driven again is not the one that was graded.
    """
    assert result.decisions is not None
    films = _Films(training, protocol, driver, result.decisions)
    found = {}
    for run in dict.fromkeys(runs):
        found[run], mph = films.film(run)
        if mph != result.runs[run]:
            raise ValueError(f"run {run} came to {result.runs[run]} mph, driven again to {mph}")
    return found


class _Films:
    """The runs of one training."""

    def __init__(
        self, training: Training, protocol: Protocol, driver: Driver, decisions: Actions
    ) -> None:
        self._training, self._protocol, self._driver = training, protocol, driver
        self._decisions = decisions
        self._rules = RULESETS[protocol.rules]
        self._streams: list[int] = []
        if protocol.in_sequence:
            self._streams = streams(
                self._rules,
                first=training.run_seeds[0],
                length=protocol.frames,
                other_agents=driver.other_agents,
                decisions=decisions,
            )

    def film(self, run: int) -> tuple[bytes, float]:
        """A run's recording and its average speed."""
        driver, decisions = self._driver, self._decisions[run]
        driven = frames(
            self._rules,
            seed=self._training.run_seeds[run],
            length=self._protocol.frames,
            other_agents=driver.other_agents,
            decisions=decisions,
            stream=self._streams[run] if self._streams else 0,
        )
        values = None if driver.network is None else self._values(run, driver.network)
        kept = recording(
            driven,
            self._rules,
            other_agents=driver.other_agents,
            decisions=decisions,
            view=driver.view,
            values=values,
        )
        return kept.packed(), kept.average_mph

    def _values(self, run: int, network: Pretrained) -> npt.NDArray[np.float32]:
        """What the network expected of each action at the ego's decisions."""
        seen, done = self._seen(run)
        before = self._before(run, network.config) if self._streams else None
        values = worth(network, inputs(network.config, seen, done, before=before))
        if self._streams:
            # before its window is full the original's network isn't asked
            values[: max(0, network.config.temporal_window - run * len(done))] = np.nan
        return values.astype(np.float32)

    def _before(self, run: int, config: NetworkConfig) -> Seen:
        """What the ego remembers of earlier runs, which the original's cars do."""
        past = config.temporal_window
        parts = [(np.zeros((past, config.num_states)), np.zeros(past, np.int64))]
        enough = -(-past * FRAMES_PER_DECISION // self._protocol.frames)  # [runs] for its window
        parts += [self._seen(earlier) for earlier in range(max(0, run - enough), run)]
        seen, done = zip(*parts, strict=True)
        return np.concatenate(seen), np.concatenate(done)

    def _seen(self, run: int) -> Seen:
        """What the ego saw at each of its decisions, and what it did."""
        driver = self._driver
        traffic = Traffic(
            1,
            view=driver.view,
            other_agents=driver.other_agents,
            frames=self._protocol.frames,
            rules=self._rules,
        )
        seed = self._training.run_seeds[run]
        if self._streams:
            traffic.reset([seed - 1], streams=[self._streams[run]])
        else:
            traffic.reset([seed])
        seen, done = [], []
        for action in self._decisions[run].tolist():
            if traffic.agent == 0:
                seen.append(traffic.observations[0].copy())
                done.append(action)
            traffic.step([action])
        return np.stack(seen), np.array(done)
