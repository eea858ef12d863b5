"""Measures a Standing with its way through the database: reading all runs, computing, storing.

DATABASE_URL=postgres://... SECRET_KEY=... python scripts/standing_in_database.py

The database has to be an empty one: a competition with 10,000 graded submissions is planted in it,
which takes some minutes. Without DATABASE_URL it is SQLite in the folder OVERTAKE_DATA.
"""

import argparse
import os
import resource
import subprocess
import sys
import time
from http import HTTPStatus
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))
os.environ.setdefault("DJANGO_SETTINGS_MODULE", "leaderboard.settings")

import django

django.setup()

from django.core.management import call_command
from django.test import Client
from django.utils import timezone

from bench.standing import RUNS, TRAININGS, board
from leaderboard import standings
from leaderboard.models import Competition, Evaluation, Run, Submission, Training, User
from leaderboard.ranking import places

AT_A_TIME = 100
"""Evaluations stored at a time [1]."""


def plant(entrants: int) -> None:
    """A competition with so many graded submissions, each of another participant."""
    call_command("migrate", interactive=False, verbosity=0)
    if Competition.objects.exists():
        sys.exit("The database is not empty.")
    competition = Competition.objects.create(
        slug="large", title="Large", trainings=TRAININGS, runs=RUNS
    )
    made = board(entrants)
    for first in range(0, entrants, AT_A_TIME):
        numbers = range(first, min(first + AT_A_TIME, entrants))
        evaluations = graded(competition, numbers, [made[number].runs / 100 for number in numbers])
        store_runs(evaluations, [made[number].runs / 100 for number in numbers])


def graded(competition: Competition, numbers: range, tables: list) -> list[Evaluation]:
    """An evaluation for each table of run averages, with its score."""
    now = timezone.now()
    users = User.objects.bulk_create(
        User(username=f"u{n}", display_name=f"Driver {n}", display_skeleton=f"driver{n}")
        for n in numbers
    )
    submissions = Submission.objects.bulk_create(
        Submission(competition=competition, participant=user, config={}, config_hash=f"{user.pk}")
        for user in users
    )
    return Evaluation.objects.bulk_create(
        Evaluation(
            competition=competition,
            submission=submission,
            protocol_fields=competition.protocol.to_dict(),
            bootstrap_seed=f"{submission.pk:016x}",
            status="succeeded",
            score=(score := float(sorted(table.ravel())[250])),
            interval_low=score,
            interval_high=score,
            finished_at=now,
            applied_at=now,
        )
        for submission, table in zip(submissions, tables, strict=True)
    )


def store_runs(evaluations: list[Evaluation], tables: list) -> None:
    """All trainings and runs of some evaluations."""
    trainings = Training.objects.bulk_create(
        Training(evaluation=evaluation, index=index, status="succeeded", fence=1, median=60)
        for evaluation in evaluations
        for index in range(TRAININGS)
    )
    rows = [row for table in tables for row in table.tolist()]
    Run.objects.bulk_create(
        Run(training=training, index=index, average_mph=mph)
        for training, row in zip(trainings, rows, strict=True)
        for index, mph in enumerate(row)
    )


def measure() -> None:
    """Prints what computing and storing it take, and the page that shows it."""
    (competition,) = Competition.objects.all()
    start, wall = time.process_time(), time.perf_counter()
    made = standings.refresh(competition.pk)
    seconds, wall = time.process_time() - start, time.perf_counter() - wall
    assert made is not None
    most = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    print(f"{made.rows.count():,} entrants: {wall:.1f} s, {seconds:.1f} s of this process's CPU")
    print(f"{most:,.0f} MB at most")
    start = time.perf_counter()
    standings.board_hash(places(competition))
    print(f"{time.perf_counter() - start:.2f} s to see whether the board has changed")
    client, page = Client(SERVER_NAME="localhost"), competition.get_absolute_url()
    client.get(page)
    start = time.perf_counter()
    assert client.get(page).status_code == HTTPStatus.OK
    print(f"{time.perf_counter() - start:.2f} s for the page")


def main() -> None:
    """Plants, then measures in a process that has not planted."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--entrants", type=int, default=10_000)
    parser.add_argument("--measure", action="store_true", help="what was planted before")
    given = parser.parse_args()
    if given.measure:
        measure()
        return
    plant(given.entrants)
    subprocess.run([sys.executable, __file__, "--measure"], check=True)


if __name__ == "__main__":
    main()
