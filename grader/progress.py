"""What a grading tells while it runs: how far it is, and the learning curve so far."""

from collections.abc import Callable
from time import monotonic
from typing import Any, NamedTuple

TRAINING, DRIVING = "training", "driving"


class Point(NamedTuple):
    """A stretch of a training, by its last iteration.

    Attributes:
        iteration: Decisions made so far.
        reward: Mean reward in the stretch, -3 to 3; None if there was none.
        loss: Mean of 0.5 delta^2 in the stretch; None before learning begins.
        epsilon: Share of random decisions at its end.
        mph: Average speed of the ego in the stretch; None if there was no reward.
    """

    iteration: int
    reward: float | None
    loss: float | None
    epsilon: float
    mph: float | None

    def to_dict(self) -> dict[str, Any]:
        """The point as plain values."""
        return self._asdict()


class Progress(NamedTuple):
    """A training on its way.

    Attributes:
        training: The training's index within its evaluation.
        stage: ``TRAINING``, counted in iterations, or ``DRIVING``, in frames of its runs.
        iteration: Done so far.
        total: To be done in this stage.
        curve: Points that are new since the last report.
    """

    training: int
    stage: str
    iteration: int
    total: int
    curve: tuple[Point, ...] = ()


OnProgress = Callable[[Progress], None]


def unheard(progress: Progress) -> None:
    """A listener for those who want none."""


class Pulse:
    """Says when the next report is due, so that fast work is not slowed down by telling of it."""

    def __init__(self, seconds: float = 0.5) -> None:
        self.seconds = seconds
        self._last = monotonic()

    def due(self) -> bool:
        """True about once in ``seconds``."""
        now = monotonic()
        if now - self._last < self.seconds:
            return False
        self._last = now
        return True
