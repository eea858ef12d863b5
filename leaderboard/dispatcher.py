"""The dispatcher: brings back what was left behind and tells the workers what they missed."""

import logging
import threading
import time
from datetime import timedelta

from django.conf import settings
from django.core.management import call_command
from django.db import Error as DatabaseError
from django.db import connection
from django.utils import timezone
from kombu.exceptions import OperationalError
from redis.exceptions import RedisError

from leaderboard import checkpoints, leases, outdated, tasks
from leaderboard.models import Sign, Upload, Worker

logger = logging.getLogger(__name__)

LONGEST_QUIET = 30 + 3 * settings.DISPATCH_SECONDS  # [s] without a round before it counts as dead
SWEEP_SECONDS = 3600
FORGOTTEN = timedelta(days=1)
"""A worker that fell silent is still shown for so long."""


def turn() -> None:
    """One round. Two dispatchers at once are harmless: every step is a conditional update."""
    for evaluation in leases.expire():
        logger.warning("evaluation %s: a lease ran out; back in line", evaluation)
    checkpoints.clear()
    if older := outdated.hand_over():
        logger.info("%s evaluations of an older grader are in line for this one", older)
    if sent := tasks.resend_forgotten():
        logger.info("sent %s evaluations again", sent)
    if boards := tasks.send_due_standings():
        logger.info("%s boards have new scores", boards)
    tasks.send_canary()
    Sign.objects.show(Sign.Name.ROUND)


def sweep() -> None:
    """Forget what was kept for people who did not come back for it."""
    call_command("clearsessions")  # they hold the drafts of people not logged in
    Upload.objects.forgotten().delete()
    Worker.objects.filter(seen_at__lt=timezone.now() - FORGOTTEN).delete()
    checkpoints.sweep()


def quiet_seconds() -> float | None:
    """Time since the last full round of any dispatcher; None: there was none yet."""
    last = Sign.objects.seen().get(Sign.Name.ROUND)
    return None if last is None else last.age


def run(stopping: threading.Event) -> None:
    """Turn every DISPATCH_SECONDS until told to stop; wait where database or broker is away."""
    sweep_at = time.monotonic()
    while not stopping.is_set():
        try:
            turn()
            if time.monotonic() >= sweep_at:
                sweep()
                sweep_at = time.monotonic() + SWEEP_SECONDS
        except (DatabaseError, OperationalError, RedisError, OSError) as error:
            logger.warning("waiting: %s", error)
            connection.close()
        stopping.wait(settings.DISPATCH_SECONDS)
