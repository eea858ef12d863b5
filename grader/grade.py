"""A grade and what it is made of, as plain data."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, NamedTuple

import numpy.typing as npt

from grader import __version__
from grader.pretrained import Pretrained
from grader.progress import Point
from grader.protocol import Protocol
from grader.schema import NetworkConfig
from grader.scoring import Score
from grader.seeds import to_hex
from grader.trace import Actions


class Training(NamedTuple):
    """One training to compute: its place in the evaluation, and the seeds of all its chance.

    Attributes:
        index: 0 to T - 1.
        seed: Of the training, see ``seeds.training_seed``.
        run_seeds: Of the R runs that the trained network drives.
    """

    index: int  # type: ignore[assignment]  # hides tuple.index, which nobody misses here
    seed: int
    run_seeds: tuple[int, ...]


class TrainingResult(NamedTuple):
    """One training computed.

    Attributes:
        index: As given.
        seed: As given.
        engine: Who computed it.
        seconds: Its share of the time [s].
        runs: R average speeds [mph].
        median: Of the runs [mph].
        curve: The learning curve.
        weights_hash: SHA-256 of the trained weights; "" for a scripted driver.
        matrices: The trained weights, as in ``Pretrained``; none of a scripted driver.
        traces: Of the R runs, see ``trace``; none where an engine keeps none.
        decisions: [R, D] the runs' actions that the traces are of; None of one read from a file.
    """

    index: int  # type: ignore[assignment]
    seed: int
    engine: str
    seconds: float
    runs: tuple[float, ...]
    median: float
    curve: tuple[Point, ...]
    weights_hash: str
    matrices: tuple[npt.NDArray[Any], ...] = ()
    traces: tuple[str, ...] = ()
    decisions: Actions | None = None

    def to_dict(self) -> dict[str, Any]:
        """The training as plain values, without its runs; the seed as hexadecimal digits."""
        return {
            "seed": to_hex(self.seed),
            "median": self.median,
            "engine": self.engine,
            "seconds": round(self.seconds, 3),
            "curve": [point.to_dict() for point in self.curve],
            "weights_hash": self.weights_hash,
        }


OnResult = Callable[[TrainingResult], None]


@dataclass(frozen=True)
class Grade:
    """What the grader returns.

    Attributes:
        score: With its interval [mph].
        trainings: T results, by index.
        config: What was trained; None for a scripted driver.
        protocol: How it was driven.
        seconds: For all of it [s].
        network: What was driven without training, if it was one.
    """

    score: Score
    trainings: tuple[TrainingResult, ...]
    config: NetworkConfig | None
    protocol: Protocol
    seconds: float
    network: Pretrained | None = None

    def to_dict(self) -> dict[str, Any]:
        """The grade as plain values: what ``python -m grader --json`` prints."""
        return {
            "score": self.score.score,
            "upper_median": self.score.upper_median,
            "interval": list(self.score.interval),
            "runs": [list(training.runs) for training in self.trainings],
            "trainings": [training.to_dict() for training in self.trainings],
            "config": self.config.model_dump(mode="json") if self.config else None,
            "config_hash": self.config.config_hash if self.config else None,
            "protocol": self.protocol.to_dict(),
            "grader_version": __version__,
            "seconds": round(self.seconds, 3),
        }
