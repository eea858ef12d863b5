"""A worker says of itself that it is there, how much it takes, and whether it may take anything.

Before it takes any work it has to grade a few golden configurations: where these come out
otherwise, so would everything else, and a score would depend on who computed it.
"""

import json
import logging
import os
import subprocess
import threading
import time
from pathlib import Path

from django.conf import settings
from django.db import Error as DatabaseError
from django.db import connection
from django.db.models import Sum
from django.utils import timezone

import grader
from leaderboard.calibrating import BEAT_SECONDS, NotCalibratedError, calibrate_if_old, host
from leaderboard.compute import asked
from leaderboard.models import Calibration, Worker

logger = logging.getLogger(__name__)
LONGEST = 300
"""Grading them takes two seconds, and minutes where nothing is compiled yet [s]."""


def name() -> str:
    return f"{host()}:{os.getpid()}"


def why_unfit() -> str:
    """What is wrong with this machine's gradings; "" is nothing."""
    try:
        done = asked("grader.golden", timeout=LONGEST)
        told = json.loads(done.stdout)
    except (OSError, subprocess.SubprocessError) as error:
        return f"The golden gradings could not be computed: {error}"
    except ValueError:
        return f"The golden gradings ended with {done.returncode}: {done.stderr[-1000:]}"
    if told["found"] == told["expected"]:
        return ""
    return (
        f"The golden gradings of grader {grader.__version__} come out as {told['found'][:16]}... "
        f"here, not as {told['expected'][:16]}...: this machine or its libraries compute otherwise."
    )


def stand_aside(reason: str) -> None:
    """Take no work and say so, until somebody ends this process."""
    logger.critical("taking no work: %s", reason)
    while True:
        try:
            _say(unfit=reason)
        except DatabaseError as error:
            logger.warning("the database is away: %s", error)
            connection.close()
        time.sleep(_beat())


def be_present(stopping: threading.Event) -> None:
    """Show a sign of life every while until told to stop; calibrate unless that was done lately."""
    while not stopping.is_set():
        try:
            _bury_the_dead()
            _say()
            calibrate_if_old()
            while not stopping.is_set():
                _say()
                stopping.wait(_beat())
            Worker.objects.filter(name=name()).delete()
            if not Worker.objects.fit().filter(host=host()).exists():
                Calibration.objects.filter(host=host()).update(seen_at=None)
        except (DatabaseError, NotCalibratedError) as error:
            logger.warning("not calibrated: %s", error)
            connection.close()
            stopping.wait(BEAT_SECONDS)
    connection.close()


def _beat() -> float:
    """Several within the time after which a worker counts as gone [s]."""
    return float(min(BEAT_SECONDS, settings.LEASE_SECONDS / 4))


def _bury_the_dead() -> None:
    """Who was killed on this machine says so no more; others would wait for it to be missed."""
    for other in Worker.objects.filter(host=host()):
        if not Path("/proc", other.name.rpartition(":")[2]).exists():
            other.delete()


def _say(unfit: str = "") -> None:
    """That this worker is there, and with it the machine."""
    now = timezone.now()
    fields = {
        "host": host(),
        "slots": settings.WORKER_CONCURRENCY,
        "grader_version": grader.__version__,
        "unfit": unfit,
        "seen_at": now,
    }
    Worker.objects.update_or_create(name=name(), defaults=fields)
    if not unfit:
        slots = Worker.objects.fit().filter(host=host()).aggregate(n=Sum("slots"))["n"]
        Calibration.objects.filter(host=host()).update(seen_at=now, slots=slots)
