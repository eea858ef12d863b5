"""How far each training of a grading is: in numbers, and in words."""

from typing import Any, NamedTuple

from grader.config import NetworkConfig
from grader.cost import drive_seconds, iteration_seconds
from grader.protocol import Protocol
from leaderboard.models import Status, Training

TRUSTED = 0.2
"""Progress from which on time left is told from the pace alone [1]: starting takes its time."""


class Step(NamedTuple):
    """How far one training is, or the runs of a network that is not trained.

    Attributes:
        share: Of all that is to be done for it [1].
        epsilon: Share of random decisions now; None before the first point of its curve.
        mph: Its average speed lately, in training.
    """

    number: int
    name: str
    status: Status
    words: str
    share: float
    median: float | None
    epsilon: float | None = None
    mph: float | None = None

    @property
    def said(self) -> str:
        """All of it in words."""
        if self.median is not None:
            return f"{self.words}: median {self.median:.2f} mph"
        parts = [self.words]
        if self.epsilon is not None:
            parts.append(f"epsilon {self.epsilon:.2f}")
        if self.mph is not None:
            parts.append(f"{self.mph:.1f} mph")
        return " \N{MIDDLE DOT} ".join(parts)


class Steps:
    """Of one configuration under one protocol; `driven`: nothing is trained."""

    def __init__(self, config: NetworkConfig, protocol: Protocol, *, driven: bool) -> None:
        self.config, self.protocol, self.driven = config, protocol, driven
        driving = drive_seconds(config, protocol)
        training = config.training_iterations * iteration_seconds(config)
        self._driving_share = driving / (driving + training)

    def of_all(self, trainings: list[Training]) -> list[Step]:
        begun = any(it.stage for it in trainings if it.status == Status.RUNNING)
        # claimed together, but computed only as many at a time as there are cores
        start = "waits for a core" if begun else "starting"
        return [self._of(it, start) for it in trainings]

    def share_at(self, iteration: int) -> float:
        """Of a training that has come so far [1]."""
        done = min(1.0, iteration / self.config.training_iterations)
        return (1 - self._driving_share) * done

    def _of(self, training: Training, start: str) -> Step:
        status = Status(training.status)
        name = "Driving" if self.driven else f"Training {training.index + 1}"
        words, share = self._words(training, status, start)
        lately: dict[str, Any] = {}
        if status == Status.RUNNING and training.stage == "training":
            last = training.curve[-1] if training.curve else {}
            lately = {"epsilon": last.get("epsilon"), "mph": last.get("mph")}
        return Step(training.index + 1, name, status, words, share, training.median, **lately)

    def _words(self, training: Training, status: Status, start: str) -> tuple[str, float]:
        total = self.config.training_iterations
        done = min(training.iteration, total)
        share = self.share_at(training.iteration)
        if status == Status.SUCCEEDED:
            return "done", 1.0
        if status != Status.RUNNING:
            return status.label.lower(), share
        if not training.stage:
            return start, share
        if training.stage == "driving":
            return self._driving(training)
        return f"{done:,} of {total:,} iterations", share

    def _driving(self, training: Training) -> tuple[str, float]:
        """Trained networks are driven all at once; of one that was brought it is told how far."""
        if not self.driven:
            return f"driving its {self.protocol.runs} runs", 1 - self._driving_share / 2
        share = min(1.0, training.iteration / self.protocol.frames)
        return f"{share:.0%} of {self.protocol.runs} runs".replace("%", " %"), share


def seconds_left(*, done: float, left: float, of: int, gone: float, estimated: float) -> float:
    """By the estimate at first, by the pace so far once there is enough of it [s].

    Args:
        done: What was done since the workers of now began [trainings].
        left: What is to be done yet [trainings].
        of: All trainings of the evaluation [1].
        gone: Since they began [s].
        estimated: What all of them take together [s].
    """
    by_estimate = estimated * left / of
    trust = min(1.0, done / of / TRUSTED)
    by_pace = gone / done * left if done else 0.0
    return max(1.0, trust * by_pace + (1 - trust) * by_estimate)
