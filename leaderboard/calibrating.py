"""Measuring how fast this machine computes, and keeping the site informed that it is there."""

import json
import logging
import os
import socket
import subprocess
from datetime import timedelta

from django.utils import timezone

from leaderboard.compute import asked
from leaderboard.models import Calibration

logger = logging.getLogger(__name__)

RECENT = timedelta(hours=1)
"""A worker that starts again within it measures nothing anew: it may be its fifth start."""
BEAT_SECONDS = 30
LONGEST = 120
"""Measuring takes two seconds of CPU time; on a machine this much slower, there is no use in it."""


class NotCalibratedError(Exception):
    """Why this machine could not be measured."""


def host() -> str:
    return socket.gethostname()[:120]


def calibrate() -> Calibration:
    """Measure this machine and store what came of it.

    Raises:
        NotCalibratedError: the measuring process failed.
    """
    measured = {"cores": _cores(), "speed": _speed(), "calibrated_at": timezone.now()}
    calibration, _ = Calibration.objects.update_or_create(host=host(), defaults=measured)
    return calibration


def calibrate_if_old() -> None:
    """Measure this machine unless that was done just now.

    Raises:
        NotCalibratedError: the measuring process failed.
    """
    recent = Calibration.objects.filter(calibrated_at__gt=timezone.now() - RECENT)
    if not recent.filter(host=host()).exists():
        logger.info("calibrated %s", calibrate())


def _speed() -> float:
    try:
        done = asked("grader.calibration", timeout=LONGEST)
        done.check_returncode()
        return float(json.loads(done.stdout)["speed"])
    except (OSError, subprocess.SubprocessError, ValueError, KeyError) as error:
        raise NotCalibratedError(f"grader.calibration failed: {error}") from error


def _cores() -> int:
    if hasattr(os, "sched_getaffinity"):
        return len(os.sched_getaffinity(0))
    return os.cpu_count() or 1
