"""The board: which evaluations count and in which order, at any instant. A query, not a table."""

from collections.abc import Iterator
from datetime import datetime
from typing import Any, NamedTuple

from django.db import connection
from django.db.models import BooleanField, Count, ExpressionWrapper, Q
from django.utils import timezone

from leaderboard.models import Board, Competition, Evaluation, Submission

_BOARD = """
WITH counting AS (
    -- a submission counts by its newest applied evaluation
    SELECT evaluation.id, evaluation.score, submission.participant_id, submission.created_at,
           ROW_NUMBER() OVER (
               PARTITION BY evaluation.submission_id
               ORDER BY evaluation.applied_at DESC, evaluation.id DESC
           ) AS newness
    FROM leaderboard_evaluation AS evaluation
    JOIN leaderboard_submission AS submission ON submission.id = evaluation.submission_id
    WHERE evaluation.competition_id = %(competition)s
      AND evaluation.applied_at <= %(moment)s
      AND (submission.weights_hash = '') = %(trained_here)s
      AND (submission.withdrawn_at IS NULL OR submission.withdrawn_at > %(moment)s)
), best AS (
    -- a participant by the best submission; of equal ones the earlier
    SELECT id, score, participant_id, created_at,
           ROW_NUMBER() OVER (
               PARTITION BY participant_id ORDER BY score DESC, created_at, id
           ) AS place
    FROM counting
    WHERE newness = 1
)
SELECT id, participant_id, RANK() OVER (ORDER BY score DESC) AS rank
FROM best
WHERE place = 1
ORDER BY score DESC, created_at, id
"""

_NOT_ON_A_BOARD = (
    *("protocol_fields", "submission__config", "submission__source", "submission__note"),
    "submission__participant__password",
)
"""Long, and read from JSON in part; no line of a board shows it."""


class Place(NamedTuple):
    evaluation: int
    participant: int
    rank: int


class Entry(NamedTuple):
    """One line of a board. Equal scores share a rank; `tries` counts all submissions to it."""

    rank: int
    evaluation: Evaluation
    tries: int

    @property
    def submission(self) -> Submission:
        assert self.evaluation.submission is not None
        return self.evaluation.submission


def places(
    competition: Competition, board: Board | None = None, *, moment: datetime | None = None
) -> list[Place]:
    """Everyone's place on a board (the first) as of `moment` (now), from first to last."""
    parameters: dict[str, Any] = {
        "competition": competition.pk,
        "trained_here": (board or competition.boards[0]) == Board.CONFIGS,
        "moment": connection.ops.adapt_datetimefield_value(moment or timezone.now()),
    }
    with connection.cursor() as cursor:
        cursor.execute(_BOARD, parameters)
        return [Place(*row) for row in cursor.fetchall()]


def entries(competition: Competition, chosen: list[Place]) -> Iterator[Entry]:
    """The lines of the board for some places, in their order; three queries however many."""
    evaluations = {
        evaluation.pk: evaluation
        for evaluation in Evaluation.objects.filter(pk__in=[place.evaluation for place in chosen])
        .select_related("submission__participant")
        .defer(*_NOT_ON_A_BOARD)
    }
    counted = (
        Submission.objects.filter(
            competition=competition, participant__in=[place.participant for place in chosen]
        )
        .annotate(here=ExpressionWrapper(Q(weights_hash=""), BooleanField()))
        .values_list("participant", "here")
        .annotate(Count("pk"))
    )
    tries = {(participant, here): count for participant, here, count in counted}
    for place in chosen:
        evaluation = evaluations[place.evaluation]
        assert evaluation.submission is not None
        evaluation.submission.competition = competition
        here = evaluation.board == Board.CONFIGS
        yield Entry(place.rank, evaluation, tries[place.participant, here])


def baselines(competition: Competition) -> list[Evaluation]:
    """Each baseline's newest applied evaluation, fastest first."""
    newest = {
        evaluation.baseline_id: evaluation
        for evaluation in Evaluation.objects.filter(
            baseline__competition=competition, applied_at__isnull=False
        )
        .select_related("baseline")
        .order_by("applied_at", "pk")
    }
    return sorted(newest.values(), key=lambda evaluation: -(evaluation.score or 0.0))
