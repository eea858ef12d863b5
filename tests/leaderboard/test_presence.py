"""Workers say of themselves that they are there; what they take leaves its part to the others."""

import os
import threading

import pytest
from django.utils import timezone

import grader.golden
from leaderboard import presence, worker
from leaderboard.models import Calibration, Worker
from tests.leaderboard.makers import make_competition, make_submission, make_user
from tests.otherwise import other_grader
from tests.processes import eventually

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.both_databases]


def at_work(name, **fields):
    known = {"host": "one", "slots": 1, "grader_version": grader.__version__}
    return Worker.objects.create(name=name, **{**known, **fields})


@pytest.fixture
def evaluation():
    competition = make_competition(trainings=5)
    return make_submission(make_user("Alice"), competition).evaluations.get()


def test_a_worker_alone_takes_all(evaluation, settings):
    assert worker.fair_share(evaluation.pk) == settings.TRAININGS_AT_ONCE
    at_work("a")
    assert worker.fair_share(evaluation.pk) == settings.TRAININGS_AT_ONCE


@pytest.mark.parametrize(("workers", "share"), [(2, 3), (3, 2), (5, 1), (40, 1)])
def test_several_share_the_only_evaluation(workers, share, evaluation):
    for number in range(workers):
        at_work(f"{number}")
    assert worker.fair_share(evaluation.pk) == share


def test_where_there_is_work_for_all_each_takes_a_whole_one(evaluation, settings):
    for number in range(3):
        at_work(f"{number}")
    alice, competition = evaluation.submission.participant, evaluation.competition
    make_submission(alice, competition)
    assert worker.fair_share(evaluation.pk) == 2
    make_submission(alice, competition)
    assert worker.fair_share(evaluation.pk) == settings.TRAININGS_AT_ONCE


def test_who_is_gone_or_unfit_is_left_nothing(evaluation, settings):
    at_work("a")
    at_work("gone", seen_at=timezone.now() - timezone.timedelta(minutes=5))
    at_work("unfit", unfit="computes otherwise")
    assert worker.fair_share(evaluation.pk) == settings.TRAININGS_AT_ONCE


def test_a_worker_is_present_from_its_start_to_its_end(settings):
    at_work(f"{presence.host()}:{os.getppid()}", host=presence.host(), slots=3)
    at_work(f"{presence.host()}:999999999", host=presence.host())  # it was killed
    stopping = threading.Event()
    thread = threading.Thread(target=presence.be_present, args=[stopping])
    thread.start()
    mine = Worker.objects.fit().filter(name=presence.name())
    eventually(lambda: mine.exists() and Calibration.objects.alive(), what="it is there")
    stopping.set()
    thread.join()
    assert not mine.exists()
    assert Calibration.objects.alive().exists()  # the other one still is there
    assert Calibration.objects.get().slots == 3 + settings.WORKER_CONCURRENCY
    assert Worker.objects.count() == 1


def test_the_golden_gradings_come_out_here():
    assert presence.why_unfit() == ""


def test_other_bits_are_unfit(settings, tmp_path):
    golden = other_grader(tmp_path)
    settings.BASE_DIR = tmp_path
    reason = presence.why_unfit()
    assert "not as 0000000000000000..." in reason
    assert grader.golden.EXPECTED[:16] in reason
    golden.write_text("raise SystemExit('no such luck')")
    assert "no such luck" in presence.why_unfit()
    settings.BASE_DIR = tmp_path / "nowhere"
    assert "could not be computed" in presence.why_unfit()
