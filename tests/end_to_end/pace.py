"""Configurations by the time that training them takes on this machine, with the engine of the day.

A grading that is to be caught in the middle has to last, whoever computes it; one that has to end
afterwards must not last long. So tests ask for seconds, and the iterations follow from a grading
that is timed once.
"""

import functools
import json
import subprocess
import sys
import tempfile
from pathlib import Path
from typing import Any

from tests.end_to_end.visitor import SMALL

FEWEST, MOST = 1_000, 5_000_000  # iterations; the second is the bound of a configuration
FIRST_TRY = 4_000  # iterations
LONG_ENOUGH = 1.0  # [s] to be told apart from the chances of a shared machine


def lasting(seconds: float) -> str:
    """A configuration with about so many seconds of computing in it, or as many as there may be."""
    return SMALL % max(FEWEST, min(MOST, round(seconds * iterations_per_second())))


@functools.cache
def iterations_per_second() -> float:
    """The pace of a grading with two trainings, as the end-to-end tests' competition has them.

    What a grading takes at its start, loading its engine, is in both that are compared.
    """
    start = seconds_of(FIRST_TRY)
    iterations, seconds = FIRST_TRY, 0.0
    while seconds < LONG_ENOUGH and iterations < MOST:
        iterations = min(MOST, 4 * iterations)
        seconds = seconds_of(iterations) - start
    return (iterations - FIRST_TRY) / seconds


def seconds_of(iterations: int) -> float:
    return float(graded(SMALL % iterations, trainings=2, runs=1, frames=60)["seconds"])


def graded(source: str, **protocol: int) -> dict[str, Any]:
    """The grade that the command line prints: no site, nothing broken."""
    options = [word for name, value in protocol.items() for word in (f"--{name}", str(value))]
    with tempfile.TemporaryDirectory() as folder:
        config = Path(folder, "config.json")
        config.write_text(source)
        command = [sys.executable, "-m", "grader", str(config), "--json", *options]
        grade: dict[str, Any] = json.loads(subprocess.check_output(command))
    return grade
