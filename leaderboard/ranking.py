"""The board: which evaluations count and in which order, at any instant. A query, not a table."""

from collections.abc import Iterator, Sequence
from datetime import datetime
from typing import Any, NamedTuple

from django.db import connection
from django.db.models import (
    BooleanField,
    Case,
    Count,
    ExpressionWrapper,
    OuterRef,
    Q,
    Subquery,
    When,
)
from django.utils import timezone

from leaderboard.models import (
    Board,
    Colour,
    Competition,
    EarlierMoment,
    Evaluation,
    Submission,
    colour_of,
)

_BOARD = """
WITH applied AS (
    SELECT id, submission_id, score, applied_at
    FROM leaderboard_evaluation
    WHERE competition_id = %(competition)s AND applied_at <= %(moment)s
    UNION ALL
    -- what was overtaken and counts again
    SELECT evaluation.id, evaluation.submission_id, evaluation.score, earlier.applied_at
    FROM leaderboard_earliermoment AS earlier
    JOIN leaderboard_evaluation AS evaluation ON evaluation.id = earlier.evaluation_id
    WHERE evaluation.competition_id = %(competition)s AND earlier.applied_at <= %(moment)s
), counting AS (
    -- a submission counts by its newest applied evaluation
    SELECT applied.id, applied.score, submission.participant_id, submission.created_at,
           ROW_NUMBER() OVER (
               PARTITION BY applied.submission_id ORDER BY applied.applied_at DESC, applied.id DESC
           ) AS newness
    FROM applied
    JOIN leaderboard_submission AS submission ON submission.id = applied.submission_id
    WHERE (submission.weights_hash = '') = %(trained_here)s
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


class Place(NamedTuple):
    evaluation: int
    participant: int
    rank: int


class Entry(NamedTuple):
    """One line of a board. Equal scores share a rank; `tries` counts all submissions to it.

    Attributes:
        rank: Of its participant.
        evaluation: Which counts; the primary key, as `submission` and `participant` are.
        score: With the ends of its interval `low` and `high` [mph].
        phrase: The configuration in short, and as open or hidden as that is.
        withdrawn: By now; it may have stood on the board at an earlier moment.
        name: The participant's, as `colour` is.
    """

    rank: int
    evaluation: int
    score: float
    low: float | None
    high: float | None
    submission: int
    phrase: str
    created_at: datetime
    withdrawn: bool
    participant: int
    name: str
    colour: Colour
    tries: int


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


def entries(
    competition: Competition, chosen: Sequence[Place], *, moment: datetime | None = None
) -> Iterator[Entry]:
    """The lines of the board for some places, in their order; two queries however many."""
    # plain values: a model for each of three tables would take most of the time of a page
    values = Evaluation.objects.filter(pk__in=[place.evaluation for place in chosen]).values_list(
        *("pk", "score", "interval_low", "interval_high", "submission_id", "submission__phrase"),
        *("submission__created_at", "submission__withdrawn_at", "submission__weights_hash"),
        *("submission__participant__display_name", "submission__participant__car_colour"),
    )
    evaluations = {pk: rest for pk, *rest in values}
    tries = _tries(competition, chosen, moment)
    for place in chosen:
        *told, withdrawn_at, brought, name, colour = evaluations[place.evaluation]
        score, low, high, submission, phrase, created_at = told
        yield Entry(
            place.rank,
            place.evaluation,
            score,
            low,
            high,
            submission,
            phrase,
            created_at,
            withdrawn_at is not None,
            place.participant,
            name,
            colour_of(place.participant, colour),
            # by clocks that differ a score can be a moment older than what it is of
            tries.get((place.participant, not brought), 1),
        )


def _tries(
    competition: Competition, chosen: Sequence[Place], moment: datetime | None
) -> dict[tuple[int, bool], int]:
    """By participant and whether they are trained here."""
    known = Submission.objects.filter(
        competition=competition, participant__in=[place.participant for place in chosen]
    )
    if moment is not None:
        known = known.filter(created_at__lte=moment)
    counted = (
        known.order_by()
        .annotate(here=ExpressionWrapper(Q(weights_hash=""), BooleanField()))
        .values_list("participant", "here")
        .annotate(Count("pk"))
    )
    return {(participant, here): count for participant, here, count in counted}


def baselines(competition: Competition, *, moment: datetime | None = None) -> list[Evaluation]:
    """Each baseline's newest applied evaluation as of `moment` (now), fastest first."""
    until = moment or timezone.now()
    earlier = EarlierMoment.objects.filter(evaluation=OuterRef("pk"), applied_at__lte=until)
    newest = {
        evaluation.baseline_id: evaluation
        for evaluation in Evaluation.objects.filter(baseline__competition=competition)
        .annotate(
            since=Case(
                When(applied_at__lte=until, then="applied_at"),
                default=Subquery(earlier.order_by("-applied_at").values("applied_at")[:1]),
            )
        )
        .filter(since__isnull=False)
        .select_related("baseline")
        .defer("protocol_fields", "error")
        .order_by("since", "pk")
    }
    return sorted(newest.values(), key=lambda evaluation: -(evaluation.score or 0.0))
