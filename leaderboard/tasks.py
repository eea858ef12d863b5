"""Putting gradings in line and taking them from it: the only place where messages are sent."""

import contextlib
import logging
from datetime import timedelta
from functools import partial
from typing import Any

from celery import shared_task
from django.conf import settings
from django.db import transaction
from django.db.models import F
from django.utils import timezone
from kombu.exceptions import OperationalError
from redis.exceptions import RedisError

import grader
from grader.cost import estimate
from grader.protocol import Protocol
from grader.seeds import bootstrap_seed, to_hex, training_seed
from leaderboard import canary, standings, worker
from leaderboard.broker import silence
from leaderboard.celery import app
from leaderboard.models import Baseline, Board, Evaluation, Submission, Training, User

logger = logging.getLogger(__name__)
Queue = Evaluation.Queue
STANDINGS = "standings"
CANARY = "canary"


def queue_evaluation(
    subject: Submission | Baseline,
    *,
    queue: Evaluation.Queue = Queue.INTERACTIVE,
    reason: str = "",
    requested_by: User | None = None,
) -> Evaluation:
    """A new evaluation, in line with the transaction that made it. The message is only a hint."""
    competition = subject.competition
    submission = subject if isinstance(subject, Submission) else None
    baseline = subject if isinstance(subject, Baseline) else None
    protocol = competition.protocol_on(submission.board if submission else None)
    label = subject.config_hash if isinstance(subject, Submission) else subject.driver
    with transaction.atomic():
        evaluation = Evaluation.objects.create(
            competition=competition,
            submission=submission,
            baseline=baseline,
            protocol_fields=protocol.to_dict(),
            bootstrap_seed=to_hex(bootstrap_seed(competition.key, label)),
            grader_version=grader.__version__,
            queue=queue,
            reference_seconds=_reference_seconds(submission, protocol),
            reason=reason,
            requested_by=requested_by,
        )
        Training.objects.bulk_create(
            Training(
                evaluation=evaluation,
                index=index,
                seed=to_hex(training_seed(competition.key, label, index)),
            )
            for index in range(protocol.trainings)
        )
        transaction.on_commit(partial(send, evaluation.pk, queue))
    return evaluation


def _reference_seconds(submission: Submission | None, protocol: Protocol) -> float:
    """What the wait is told by. A driver trains nothing: it costs next to nothing."""
    if submission is None:
        return 0.0
    config, trained = submission.network_config, submission.brought_trained
    return estimate(config, protocol, trained=trained).seconds


def send(evaluation: int, queue: str) -> None:
    """Tell a worker. Where the broker is away, the dispatcher will tell it later."""
    if not silence.is_kept:
        _send(evaluation, queue)


def _send(evaluation: int, queue: str) -> None:
    try:
        evaluate.apply_async((evaluation,), queue=queue, retry=False)
    except (OperationalError, RedisError, OSError) as error:
        silence.begin()
        logger.warning("evaluation %s waits for the dispatcher: %s", evaluation, error)
        return
    Evaluation.objects.filter(pk=evaluation).update(sent_at=timezone.now())


def resend_forgotten() -> int:
    """Send again what waits in the database and cannot all be waiting in the broker."""
    sent = 0
    patience = timedelta(seconds=2 * settings.DISPATCH_SECONDS)
    for queue in Queue.values:
        waiting = Evaluation.objects.in_line().filter(queue=queue)
        missing = waiting.count() - messages_in(queue)
        if missing <= 0:
            continue
        # nobody knows which message was lost: the longest unsent are likeliest; a message too
        # many finds nothing to claim and is dropped
        quiet = waiting.exclude(sent_at__gt=timezone.now() - patience)
        longest_first = quiet.order_by(F("sent_at").asc(nulls_first=True), "pk")
        for evaluation in longest_first.values_list("pk", flat=True)[:missing]:
            _send(evaluation, queue)  # the broker has just answered
            sent += 1
    return sent


def send_due_standings() -> int:
    """Have boards ranked anew whose scores are newer than their Standing.

    What is lost is due again at the next turn; what comes twice finds it claimed or done.
    """
    if messages_in(STANDINGS):
        return 0
    due = standings.due()
    for competition, board in due:
        refresh_standing.apply_async((competition.pk, board.value), queue=STANDINGS, retry=False)
    return len(due)


def send_canary() -> bool:
    """Have a worker show that it takes what is sent; one waits at a time, or they would pile up."""
    if not canary.is_due():
        return False
    canary.excuse()
    if messages_in(CANARY):
        return False
    sing.apply_async(queue=CANARY, retry=False)
    return True


def messages_in(queue: str) -> int:
    with app.connection_for_read() as connection:
        channel: Any = connection.default_channel
        return int(channel.queue_declare(queue).message_count)


@shared_task(name="overtake.evaluate")
def evaluate(evaluation: int) -> None:
    """Work on what is next in line, often not what this message was sent for; nothing: drop it."""
    worker.work(evaluation, tell=_tell)


def _tell(evaluation: int) -> None:
    send(evaluation, Evaluation.objects.get(pk=evaluation).queue)


@shared_task(name="overtake.refresh_standing")
def refresh_standing(competition: int, board: str = Board.CONFIGS) -> None:
    """Rank a board's scores as they are now, unless that is done or being done."""
    with contextlib.suppress(standings.StoppedError):
        standings.refresh(competition, Board(board), pause=worker.stop_if_told)


@shared_task(name="overtake.canary")
def sing() -> None:
    canary.sing()
