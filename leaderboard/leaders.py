"""Who led a board, since when and with what score: one query, and one pass over what it gives.

What has been withdrawn since never led: it is its owner's and the organisers' alone.
"""

import heapq
from collections.abc import Iterable
from datetime import datetime
from typing import NamedTuple

from django.utils import timezone

from leaderboard.current import Seen
from leaderboard.models import (
    Board,
    Competition,
    EarlierMoment,
    Evaluation,
    Submission,
    User,
)
from leaderboard.remembered import Remembered

SECONDS = 60
"""How long the leads are known though only scores behind the first place have come."""


class Lead(NamedTuple):
    """`score` [mph]; `participant` and `submission` are primary keys."""

    since: datetime
    score: float
    submission: int
    participant: int
    name: str = ""


class Score(NamedTuple):
    """A score from the moment on at which it counts, as the board orders them."""

    applied_at: datetime
    score: float
    created_at: datetime
    evaluation: int
    submission: int
    participant: int


_OF_SCORE = (
    *("score", "submission__created_at", "id", "submission_id"),
    "submission__participant_id",
)
_remembered: Remembered[list[Lead]] = Remembered(50, seconds=SECONDS)


def leads(competition: Competition, board: Board, seen: Seen) -> list[Lead]:
    """From the first to the one that holds now.

    A score that comes changes nothing of it unless it takes the first place; a withdrawal may
    change all of it.
    """
    first = seen.ranked.places[0].evaluation if seen.ranked.places else None
    asked = (competition.pk, board, first, seen.version[2:])
    return _remembered.get(asked, lambda: _named(list(taken(_scores(competition, board)))))


def taken(scores: Iterable[Score]) -> Iterable[Lead]:
    """Whenever another score, or the same submission's other score, becomes the highest.

    Args:
        scores: In the order in which they came to count.
    """
    counting: dict[int, int] = {}
    best: list[tuple[float, datetime, int, Score]] = []
    last: tuple[int, float] | None = None
    for it in scores:
        counting[it.submission] = it.evaluation  # the newest replaces what it had before
        heapq.heappush(best, (-it.score, it.created_at, it.evaluation, it))
        while counting[best[0][3].submission] != best[0][3].evaluation:
            heapq.heappop(best)
        first = best[0][3]
        if (first.submission, first.score) != last:
            last = (first.submission, first.score)
            yield Lead(it.applied_at, first.score, first.submission, first.participant)


def _scores(competition: Competition, board: Board) -> Iterable[Score]:
    now = timezone.now()
    submissions = Submission.objects.on(board).filter(competition=competition, withdrawn_at=None)
    applied = Evaluation.objects.filter(submission__in=submissions, applied_at__lte=now)
    earlier = EarlierMoment.objects.filter(
        evaluation__submission__in=submissions, applied_at__lte=now
    )
    since = (
        applied.order_by()
        .values_list("applied_at", *_OF_SCORE)
        .union(
            earlier.values_list("applied_at", *(f"evaluation__{name}" for name in _OF_SCORE)),
            all=True,
        )
    )
    return (Score(*it) for it in since.order_by("applied_at", "id"))


def _named(leads: list[Lead]) -> list[Lead]:
    known = User.objects.filter(pk__in={lead.participant for lead in leads})
    names = dict(known.values_list("pk", "display_name"))
    return [lead._replace(name=names[lead.participant]) for lead in leads]
