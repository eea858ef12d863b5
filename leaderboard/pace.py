"""When a grading will begin and end: reference core-seconds by the machines that are at work."""

from datetime import timedelta
from typing import Any, NamedTuple

from django.conf import settings
from django.db import connection
from django.utils import timezone

from grader.config import NetworkConfig
from grader.cost import duration
from grader.protocol import Protocol
from leaderboard import line
from leaderboard.models import Evaluation, User
from leaderboard.models.calibration import LONGEST_QUIET

ITERATIONS: int = NetworkConfig.model_fields["training_iterations"].default
"""Of a configuration that does not say [1]."""
# one question for all of it, in words that both databases know: everybody in line asks it
_ACTIVITY = """
WITH running AS (
    SELECT training.evaluation_id, training.iteration AS done,
           evaluation.reference_seconds AS cost,
           CAST(evaluation.protocol_fields ->> 'trainings' AS DOUBLE PRECISION) AS trainings,
           CAST(
               CASE WHEN submission.weights_hash <> '' THEN evaluation.protocol_fields ->> 'frames'
               ELSE COALESCE(submission.config ->> 'training_iterations', %(iterations)s) END
               AS DOUBLE PRECISION
           ) AS total
    FROM leaderboard_training AS training
    JOIN leaderboard_evaluation AS evaluation ON evaluation.id = training.evaluation_id
    LEFT JOIN leaderboard_submission AS submission ON submission.id = evaluation.submission_id
    WHERE training.status = 'running' AND evaluation.id <> %(evaluation)s
)
SELECT
    (SELECT COUNT(*) FROM leaderboard_worker WHERE seen_at > %(lately)s AND unfit = ''),
    (SELECT COUNT(DISTINCT evaluation_id) FROM running),
    (
        SELECT SUM(cost / trainings * CASE WHEN done < total THEN 1 - done / total ELSE 0 END)
        FROM running WHERE cost > 0
    ),
    COUNT(*), SUM(cores), SUM(cores * speed)
FROM leaderboard_calibration WHERE seen_at > %(alive)s
"""


class Pace(NamedTuple):
    """The machines that compute for this site now.

    Attributes:
        machines: How many.
        cores: Of all of them.
        throughput: Reference core-seconds that all of them do in a second.
    """

    machines: int
    cores: int
    throughput: float

    def duration(
        self, config: NetworkConfig, protocol: Protocol, *, trained: bool = False
    ) -> float:
        """How long one of them takes for a grading, if it does nothing else [s]."""
        cores, speed = max(1, round(self.cores / self.machines)), self.throughput / self.cores
        return duration(config, protocol, cores=cores, speed=speed, trained=trained)


class Forecast(NamedTuple):
    """What to expect of a grading, were nothing else handed in meanwhile [s]."""

    wait: float
    takes: float

    @property
    def all(self) -> float:
        return self.wait + self.takes


class Activity(NamedTuple):
    """What the site does now, without one evaluation.

    Attributes:
        workers: Those that take work [1].
        running: Other gradings that run [1].
        left: What is left to do of these [reference core-seconds].
        pace: None: no machine is at work, or none has measured itself yet.
    """

    workers: int
    running: int
    left: float
    pace: Pace | None


def activity(but: Evaluation | None = None) -> Activity:
    now, adapt = timezone.now(), connection.ops.adapt_datetimefield_value
    parameters: dict[str, Any] = {
        "evaluation": but.pk if but else 0,
        "iterations": str(ITERATIONS),
        "lately": adapt(now - timedelta(seconds=settings.LEASE_SECONDS)),
        "alive": adapt(now - LONGEST_QUIET),
    }
    with connection.cursor() as cursor:
        cursor.execute(_ACTIVITY, parameters)
        workers, running, left, machines, cores, throughput = cursor.fetchone()
    pace = Pace(machines, cores, throughput) if machines else None
    return Activity(workers, running, left or 0.0, pace)


def forecast(
    config: NetworkConfig,
    protocol: Protocol,
    evaluation: Evaluation | None = None,
    *,
    user: User | None = None,
    spot: line.Spot | None = None,
    trained: bool = False,
    here: Activity | None = None,
) -> Forecast | None:
    """For an evaluation at its spot in line, or for one that `user` hands in now; None: nobody can
    tell. `here`: what is known of the others already.
    """
    here = here or activity(evaluation)
    if here.pace is None:
        return None
    takes = here.pace.duration(config, protocol, trained=trained)
    ahead = here.left + _ahead(evaluation, user, spot)
    return Forecast(ahead / here.pace.throughput, takes)


def pace() -> Pace | None:
    """The site's pace now; None: no machine is at work, or none has measured itself yet."""
    return activity().pace


def work_ahead(
    evaluation: Evaluation | None = None,
    *,
    user: User | None = None,
    spot: line.Spot | None = None,
) -> float:
    """What is to be done before an evaluation in line, or before one that `user` hands in now.

    Returns:
        Reference core-seconds.
    """
    return activity(evaluation).left + _ahead(evaluation, user, spot)


def _ahead(evaluation: Evaluation | None, user: User | None, spot: line.Spot | None) -> float:
    if evaluation is None:
        return line.ahead_of_new(user) if user else 0.0
    spot = spot or line.spot(evaluation)
    return spot.ahead if spot else 0.0
