"""The line: which evaluation is next, and what is before any other. A query, not a table.

New submissions come before reruns. Among them participants take turns: the first unfinished
submission of everybody, then the second of everybody; within a turn those who got a score longest
ago, or none within the hour, and then whoever came first. So a hundred submissions of one delay
another's first by nothing but what runs already. Baselines are the site's own and take turns like
one participant.
"""

from datetime import timedelta
from typing import Any, NamedTuple

from django.db import connection
from django.utils import timezone

import grader
from leaderboard.models import Evaluation, User

PAUSE = timedelta(seconds=20)
"""After a fault of the site itself an evaluation is left alone for so long: others go first."""

SHORT_MEMORY = timedelta(hours=1)
"""Whose last grading ended longer ago counts like somebody new."""

# In steps of its own (MATERIALIZED), or PostgreSQL asks anew who was served for each that waits
_LINE = """
WITH served AS MATERIALIZED (
    SELECT submission.participant_id, MAX(evaluation.finished_at) AS at
    FROM leaderboard_evaluation AS evaluation
    JOIN leaderboard_submission AS submission ON submission.id = evaluation.submission_id
    WHERE evaluation.finished_at > %(remembered)s AND evaluation.status = 'succeeded'
    GROUP BY submission.participant_id
), open AS MATERIALIZED (
    SELECT evaluation.id, evaluation.queue, evaluation.created_at, evaluation.grader_version,
           COALESCE(evaluation.reference_seconds, 0) AS cost, submission.participant_id
    FROM leaderboard_evaluation AS evaluation
    LEFT JOIN leaderboard_submission AS submission ON submission.id = evaluation.submission_id
    WHERE evaluation.status IN ('queued', 'running')
), unfinished AS MATERIALIZED (
    SELECT open.*,
           served.at AS served_at, CASE WHEN served.at IS NULL THEN 0 ELSE 1 END AS was_served,
           ROW_NUMBER() OVER (
               PARTITION BY open.queue, open.participant_id ORDER BY open.created_at, open.id
           ) AS turn
    FROM open LEFT JOIN served ON served.participant_id = open.participant_id
), waiting AS (
    SELECT *
    FROM unfinished
    WHERE EXISTS (
        SELECT 1 FROM leaderboard_training AS training
        WHERE training.evaluation_id = unfinished.id AND training.status = 'queued'
    )
)
"""
# the queues' alphabet is the reverse of their order
_ORDER = "ORDER BY queue DESC, turn, was_served, served_at, created_at, id"

_FIRST = f"""{_LINE}
SELECT id FROM waiting
WHERE grader_version = %(version)s AND id NOT IN (
    SELECT training.evaluation_id
    FROM leaderboard_attempt AS attempt
    JOIN leaderboard_training AS training ON training.id = attempt.training_id
    WHERE attempt.exit = 'infrastructure' AND attempt.ended_at > %(recently)s
)
{_ORDER} LIMIT 1
"""  # noqa: S608 - texts of this file alone
_SPOT = f"""{_LINE}
SELECT place, ahead FROM (
    SELECT id, ROW_NUMBER() OVER ({_ORDER}) AS place,
           COALESCE(SUM(cost) OVER (
               {_ORDER} ROWS BETWEEN UNBOUNDED PRECEDING AND 1 PRECEDING
           ), 0) AS ahead
    FROM waiting
) AS line WHERE id = %(evaluation)s
"""  # noqa: S608
_AHEAD = f"""{_LINE}
SELECT COALESCE(SUM(cost), 0) FROM waiting
WHERE queue = %(queue)s AND turn <= 1 + (
    SELECT COUNT(*) FROM unfinished
    WHERE queue = %(queue)s AND participant_id = %(participant)s
)
"""  # noqa: S608
_OTHERS = f"{_LINE} SELECT COUNT(*) FROM waiting WHERE id <> %(evaluation)s"  # noqa: S608


class Spot(NamedTuple):
    """Where an evaluation waits.

    Attributes:
        place: 1 is next.
        ahead: What those before it cost [reference core-seconds].
    """

    place: int
    ahead: float


def first() -> int | None:
    """The evaluation to be worked on next, of those that this grader can grade."""
    rows = _ask(
        _FIRST,
        version=grader.__version__,
        recently=_ago(PAUSE),
    )
    return rows[0][0] if rows else None


def spot(evaluation: Evaluation) -> Spot | None:
    """None: nothing of it waits."""
    rows = _ask(_SPOT, evaluation=evaluation.pk)
    return Spot(*rows[0]) if rows else None


def ahead_of_new(user: User) -> float:
    """What may be done before a submission that somebody hands in now [reference core-seconds]."""
    queue = Evaluation.Queue.INTERACTIVE.value
    return float(_ask(_AHEAD, queue=queue, participant=user.pk)[0][0])


def others_waiting(evaluation: int) -> int:
    """How many other evaluations wait [1]."""
    return int(_ask(_OTHERS, evaluation=evaluation)[0][0])


def _ago(span: timedelta) -> Any:
    return connection.ops.adapt_datetimefield_value(timezone.now() - span)


def _ask(query: str, **parameters: Any) -> list[tuple[Any, ...]]:
    parameters["remembered"] = _ago(SHORT_MEMORY)
    with connection.cursor() as cursor:
        cursor.execute(query, parameters)
        return list(cursor.fetchall())
