"""What was being trained when a backup was made is trained after the restore, to the same score."""

import sys
from pathlib import Path

import pytest
from django.db import connection
from django.db.models import Min

from grader.config import parse
from leaderboard.backup import making
from leaderboard.celery import app
from leaderboard.models import Status, Training
from leaderboard.submitting import submit
from tests.end_to_end.conftest import PERIODS
from tests.end_to_end.pace import graded, lasting
from tests.leaderboard.backup.conftest import Place
from tests.leaderboard.makers import make_competition, make_user
from tests.processes import eventually, started

pytestmark = pytest.mark.django_db(transaction=True)

LONG = 5  # [s] of computing, to be seen in the middle of it
WORKER = [Path(sys.executable).parent / "celery", "-A", "leaderboard", "worker"]


def flush_broker() -> None:
    with app.connection_for_write() as broker:
        broker.default_channel.client.flushdb()


def this_one(folder: Path) -> Place:
    """The database that the test itself is on, for a worker in a process of its own."""
    at = connection.settings_dict
    url = f"postgres://{at['USER']}:{at['PASSWORD']}@{at['HOST']}:{at['PORT']}/{at['NAME']}"
    folder.mkdir()
    return Place(folder, url)


def test_a_training_that_ran_is_taken_up_again_when_its_lease_runs_out(artifacts, places, tmp_path):
    flush_broker()
    source = lasting(LONG)
    alice, competition = make_user("Alice"), make_competition(key="0", budget_seconds=10_000)
    submit(alice, competition, source=source, config=parse(source))
    running = Training.objects.filter(status=Status.RUNNING)
    there = this_one(tmp_path / "there")
    with started(WORKER, env={**there.env, **PERIODS}, name="first worker"):
        eventually(lambda: running.aggregate(it=Min("iteration"))["it"], what="it trains")
        making.make(tmp_path / "saved.tar")
    flush_broker()  # the restored database is all that is left

    place = places()
    place.done("restore", tmp_path / "saved.tar")
    trainings = "SELECT status, fence, lease_until IS NULL FROM leaderboard_training ORDER BY id"
    assert place.ask(trainings) == [("running", 1, False)] * 2
    env = {**place.env, **PERIODS}
    with (
        started(WORKER, env=env, name="second worker"),
        started([sys.executable, "manage.py", "dispatch"], env=env, name="dispatcher"),
    ):
        score = "SELECT score FROM leaderboard_evaluation WHERE status = 'succeeded'"
        ((found,),) = eventually(lambda: place.ask(score), what="it is graded")
    assert found == graded(source, trainings=2, runs=3, frames=300)["score"]
    exits = "SELECT fence, exit FROM leaderboard_attempt ORDER BY fence, id"
    assert place.ask(exits) == [(1, "lost")] * 2 + [(2, "ok")] * 2
    assert place.ask("SELECT count(*) FROM leaderboard_run") == [(6,)]
