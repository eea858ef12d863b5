"""What open pages hear of is looked for here: one look at the database for all of them."""

from collections.abc import Callable, Mapping
from time import monotonic
from typing import Any, Final, NamedTuple

from django.db import connection

from leaderboard.models import Evaluation, Status, Training
from leaderboard.news import News, news
from leaderboard.reports import Report

PLACE_AGE: Final = 5.0
"""How old a place in line may be, which changes by what others do [s]."""
PLACES_A_LOOK: Final = 4
"""Places that are asked for in one look [1]: each costs as much as a page."""
LATELY: Final = 20.0
"""Over which iterations a second are counted [s]: heartbeats bring them in lumps."""
FEW: Final = 2
"""Looks that say nothing of a pace yet [1]."""


class Milestone(NamedTuple):
    """How far the trainings were that were trained at some moment [s], by their order."""

    at: float
    iterations: dict[int, int]


class Look(NamedTuple):
    """What was seen of an evaluation; equal signatures, nothing new.

    Attributes:
        news: By whether the configuration may be seen; None: it is gone.
        at: When [s].
        milestones: Of the last looks.
    """

    signature: object
    news: dict[bool, News] | None
    at: float
    milestones: tuple[Milestone, ...] = ()


Looks = Mapping[int, Look]
Read = Callable[[Mapping[int, Look | None]], Looks]


def look_at(asked: Mapping[int, Look | None]) -> Looks:
    """New looks at those of some evaluations of which there is something new."""
    try:
        now, found = monotonic(), _signatures(asked)
        changed = [pk for pk, before in asked.items() if _differs(before, found.get(pk))]
        waiting = [
            (before.at, pk)
            for pk, before in asked.items()
            if before and pk not in changed and _waits(found[pk]) and now - before.at > PLACE_AGE
        ]
        due = changed + [pk for _, pk in sorted(waiting)[:PLACES_A_LOOK]]
        milestones = {pk: _milestones(asked[pk], found[pk], now) for pk in due if pk in found}
        told = _news({pk: _rate(milestones.get(pk, ())) for pk in due})
        return {pk: Look(found.get(pk), told.get(pk), now, milestones.get(pk, ())) for pk in due}
    finally:
        connection.close()  # until the next look somebody else may have it


def _signatures(asked: Mapping[int, Look | None]) -> dict[int, list[tuple[Any, ...]]]:
    """All that changes while a grading goes on, but for what is long."""
    rows = Training.objects.filter(evaluation__in=list(asked)).order_by("evaluation", "index")
    found: dict[int, list[tuple[Any, ...]]] = {}
    for evaluation, *row in rows.values_list(
        *("evaluation", "evaluation__status", "evaluation__cancel_requested_at"),
        *("status", "stage", "iteration", "fence"),
    ):
        found.setdefault(evaluation, []).append(tuple(row))
    return found


def _differs(before: Look | None, signature: object) -> bool:
    return before is None or before.signature != signature


def _waits(signature: list[tuple[Any, ...]]) -> bool:
    return bool(signature[0][0] == Status.QUEUED)


def _milestones(
    before: Look | None, signature: list[tuple[Any, ...]], now: float
) -> tuple[Milestone, ...]:
    earlier = before.milestones if before else ()
    trained = {
        index: iteration
        for index, (_, _, status, stage, iteration, _) in enumerate(signature)
        if status == Status.RUNNING and stage == "training"
    }
    return (*(it for it in earlier if now - it.at <= LATELY), Milestone(now, trained))


def _rate(milestones: tuple[Milestone, ...]) -> float | None:
    """Iterations a second of all that is trained now, each over the last looks at it [1/s]."""
    total = 0.0
    for index, done in milestones[-1].iterations.items() if milestones else ():
        # one that was begun anew has less than it had
        had = [
            (it.at, then)
            for it in milestones
            if (then := it.iterations.get(index, done + 1)) <= done
        ]
        if len(had) > FEW:
            since, first = had[0]
            total += (done - first) / (milestones[-1].at - since)
    return total or None


def _news(chosen: Mapping[int, float | None]) -> dict[int, dict[bool, News]]:
    """Of some evaluations, with their iterations a second."""
    evaluations = Evaluation.objects.filter(pk__in=chosen, submission__isnull=False)
    told = {}
    for evaluation in evaluations.select_related("competition", "submission__competition"):
        assert evaluation.submission is not None
        config, rate = evaluation.submission.network_config, chosen[evaluation.pk]
        report = Report(evaluation, config, rate)
        told[evaluation.pk] = {shows: news(report, shows_config=shows) for shows in (False, True)}
    return told
