"""What a Celery worker does with a message: take what is next in line, and see to the end of it."""

import logging
import os
import socket
import threading
from collections.abc import Callable
from typing import Any

from celery.signals import worker_init, worker_ready, worker_shutting_down
from django.conf import settings

from leaderboard import checkpoints, leases, line, logs, presence, recorder, refusals
from leaderboard.grading import Grading
from leaderboard.models import Attempt, Evaluation, Refusal, Training, Worker
from leaderboard.standings import StoppedError

logger = logging.getLogger(__name__)
Exit = Attempt.Exit

_stopping = threading.Event()


@worker_init.connect
def _prove_fit(**_: Any) -> None:
    """Before anything is taken from the broker."""
    if reason := presence.why_unfit():
        presence.stand_aside(reason)


@worker_shutting_down.connect
def _hand_everything_back(**_: Any) -> None:
    """On TERM the running trainings go back in line at once, instead of being waited for."""
    _stopping.set()


@worker_ready.connect
def _be_present(**_: Any) -> None:
    """In a thread of its own: measuring takes seconds, and work is taken at once."""
    threading.Thread(target=presence.be_present, args=[_stopping], daemon=True).start()
    threading.Thread(target=recorder.keep_recording, args=[_stopping], daemon=True).start()


def stop_if_told() -> None:
    """For what computes for long in the worker itself.

    Raises:
        StoppedError: the worker was told to stop.
    """
    if _stopping.is_set():
        raise StoppedError


def name() -> str:
    return f"{socket.gethostname()}:{os.getpid()}:{threading.get_native_id()}"


def work(sent_for: object, *, tell: Callable[[int], None]) -> None:
    """Work on the evaluation that is next in line: a message says that there is one, not which.

    Args:
        sent_for: The evaluation that the message was sent for.
        tell: Called with an evaluation of which this worker has left trainings to others.
    """
    if not _is_there(sent_for):
        refusals.count(Refusal.Kind.NO_SUCH_EVALUATION)
        with logs.about(evaluation=sent_for if isinstance(sent_for, int) else None):
            logger.warning("a message for evaluation %.100r came, but it is not there", sent_for)
        return
    evaluation = line.first()
    if evaluation is not None:
        # of another evaluation than that of the message nobody knows which request it came from
        with logs.about(no_request=evaluation != sent_for):
            work_on(evaluation, tell=tell)


def _is_there(evaluation: object) -> bool:
    return (
        isinstance(evaluation, int)
        and 0 < evaluation < 2**63
        and Evaluation.objects.filter(pk=evaluation).exists()
    )


def work_on(evaluation: int, *, tell: Callable[[int], None] | None = None) -> None:
    """Compute what is unclaimed of an evaluation until nothing of it is left to claim."""
    with logs.about(evaluation=evaluation):
        while not _stopping.is_set():
            held = leases.claim(evaluation, worker=name(), limit=fair_share(evaluation))
            if not held:
                return
            logger.info("claimed trainings %s", [it.index for it in held])
            if tell and Evaluation.objects.in_line().filter(pk=evaluation).exists():
                tell(evaluation)
            outcome = Grading(evaluation, held, stopping=_stopping).run()
            checkpoints.clear()
            if outcome == Exit.INFRASTRUCTURE:
                return  # others go first for a while: a fault that stays must not spin


def fair_share(evaluation: int) -> int:
    """How many trainings to take: all where there is other work for the other workers, else a part
    that leaves as much to each of them.
    """
    most: int = settings.TRAININGS_AT_ONCE
    workers: int = Worker.objects.fit().count()
    if workers <= 1 or line.others_waiting(evaluation) >= workers - 1:
        return most
    left: int = Training.objects.claimable().filter(evaluation=evaluation).count()
    return min(most, max(1, -(-left // workers)))
