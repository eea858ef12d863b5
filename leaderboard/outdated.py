"""What was put in line for an older grader: graded by this one, and never by two.

A worker takes only what is for its own version. After an update the dispatcher, being of the new
version too, hands over what nobody has begun. What was half graded is ended and put in line anew,
with its place: runs of two versions in one score would be comparable with nothing.
"""

import logging
import re

from django.db import transaction

import grader
from leaderboard.models import Evaluation, Status
from leaderboard.tasks import queue_evaluation

logger = logging.getLogger(__name__)
Failure = Evaluation.Failure


def hand_over() -> int:
    """Brings evaluations of older versions to this one; how many."""
    others = Evaluation.objects.unfinished().exclude(grader_version=grader.__version__)
    older = [it.pk for it in others if _number(it.grader_version) < _number(grader.__version__)]
    return sum(map(_hand_over, older))


def _hand_over(evaluation: int) -> bool:
    with transaction.atomic():
        old = Evaluation.objects.select_for_update().get(pk=evaluation)
        statuses = set(old.trainings.values_list("status", flat=True))
        if old.is_final or Status.RUNNING in statuses:
            return False  # at the next turn: a worker of the old version may still finish it
        if statuses <= {Status.QUEUED}:
            old.grader_version = grader.__version__
            old.save(update_fields=["grader_version"])
            logger.info("evaluation %s: handed over to grader %s", old.pk, grader.__version__)
            return True
        new = _again(old)
    logger.info("evaluation %s: half graded by %s; now %s", old.pk, old.grader_version, new.pk)
    return True


def _again(old: Evaluation) -> Evaluation:
    """The caller holds the row's lock."""
    subject = old.submission or old.baseline
    assert subject is not None  # the database holds exactly one of the two
    old.failure = Failure.SUPERSEDED
    old.error = f"The grader changed from {old.grader_version} to {grader.__version__} meanwhile."
    old.trainings.filter(status=Status.QUEUED).update(status=Status.CANCELLED)
    old.conclude()
    new = queue_evaluation(
        subject,
        queue=Evaluation.Queue(old.queue),
        reason=old.reason,
        requested_by=old.requested_by,
    )
    Evaluation.objects.filter(pk=new.pk).update(created_at=old.created_at)
    return new


def _number(version: str) -> tuple[int, ...]:
    return tuple(map(int, re.findall(r"\d+", version)))
