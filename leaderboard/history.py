"""All gradings of one submission side by side: their scores with intervals on one axis."""

from collections.abc import Mapping
from typing import NamedTuple

from leaderboard.charts import Axis, Bar
from leaderboard.models import Evaluation, Status


class Past(NamedTuple):
    """One of them.

    Attributes:
        bar: Its score on the common axis.
        counts: Whether it is what the board shows.
        gain: By how much its score differs from the one that counts [mph].
        is_ready: Whether it can be applied.
        done: How far it is, of one that runs, in words.
    """

    evaluation: Evaluation
    why: str
    bar: Bar | None
    counts: bool
    gain: float | None
    is_ready: bool
    done: str = ""


class History(NamedTuple):
    axis: Axis
    gradings: list[Past]

    @property
    def goes_on(self) -> bool:
        """Whether one is still in line or running."""
        return any(not past.evaluation.is_final for past in self.gradings)


def history(
    evaluations: list[Evaluation], counting: Evaluation, shares: Mapping[int, float] | None = None
) -> History:
    """Of some gradings, oldest first, and the one that counts or will first.

    Args:
        evaluations: The gradings.
        counting: The one that counts or will first.
        shares: What is done of those that run, by their primary keys [1].
    """
    axis = Axis.around(
        (value for it in evaluations for value in (it.score, it.interval_low, it.interval_high)),
        ticks=4,
    )
    first = evaluations[0].pk
    shares = shares or {}
    gradings = [_past(it, counting, axis, first=it.pk == first) for it in evaluations]
    return History(axis, [it._replace(done=_done(shares.get(it.evaluation.pk))) for it in gradings])


def _past(it: Evaluation, counting: Evaluation, axis: Axis, *, first: bool) -> Past:
    counts = it.pk == counting.pk and it.applied_at is not None
    bar = gain = None
    if it.score is not None:
        bar = axis.bar(it.score, it.interval_low, it.interval_high)
        if it.pk != counting.pk and counting.score is not None:
            gain = it.score - counting.score
    why = it.reason or ("first grading" if first else "run again")
    is_ready = it.status == Status.SUCCEEDED and not counts and it.is_current
    return Past(it, why, bar, counts, gain, is_ready)


def _done(share: float | None) -> str:
    return "" if share is None else f"{share:.0%} done".replace("%", " %")
