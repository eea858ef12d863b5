"""Machines that measure themselves, and what a site tells of waits by them."""

import threading
from datetime import timedelta
from io import StringIO

import pytest
from django.core.management import CommandError, call_command
from django.utils import timezone

from grader.config import NetworkConfig
from grader.cost import duration, estimate
from leaderboard import calibrating, presence
from leaderboard.models import Baseline, Calibration, Evaluation, Status
from leaderboard.pace import forecast, pace, work_ahead
from leaderboard.tasks import queue_evaluation
from tests.leaderboard.makers import claim, grade, make_competition, make_submission, make_user
from tests.processes import eventually

pytestmark = [pytest.mark.django_db, pytest.mark.both_databases]


def machine(host: str, *, cores: int = 2, speed: float = 1.0, quiet: float = 0) -> Calibration:
    seen = timezone.now() - timedelta(seconds=quiet)
    return Calibration.objects.create(host=host, cores=cores, speed=speed, seen_at=seen)


@pytest.fixture
def waiting() -> list[Evaluation]:
    """Three in line, the first first."""
    competition, alice = make_competition(), make_user("Alice")
    return [make_submission(alice, competition).evaluations.get() for _ in range(3)]


def test_calibrate_measures_this_machine_and_keeps_one_row_of_it():
    for _ in range(2):
        out = StringIO()
        call_command("calibrate", stdout=out)
    (mine,) = Calibration.objects.all()
    assert mine.host == calibrating.host()
    assert 0.02 < mine.speed < 50
    assert f"{mine.speed:.2f} reference core-seconds a second" in out.getvalue()
    assert mine.seen_at is None  # a measurement is no worker


def test_calibrate_says_so_when_it_cannot_measure(settings):
    settings.BASE_DIR = "/nowhere"
    with pytest.raises(CommandError, match="calibration failed"):
        call_command("calibrate")
    assert not Calibration.objects.exists()


def test_no_machine_no_pace():
    assert pace() is None
    machine("gone", quiet=1000)
    assert pace() is None
    assert forecast(NetworkConfig(), make_competition().protocol) is None


def test_machines_at_work_add_up():
    machine("fast", cores=4, speed=2.0)
    machine("slow", cores=2, speed=0.5)
    machine("gone", cores=64, quiet=1000)
    assert pace() == (2, 6, 9.0)


def test_a_machine_of_half_the_speed_takes_twice_as_long():
    protocol = make_competition().protocol
    here = machine("one", speed=1.0)
    usual = forecast(NetworkConfig(), protocol).takes
    assert usual == pytest.approx(duration(NetworkConfig(), protocol, cores=2, speed=1.0))
    here.speed = 0.5
    here.save()
    assert forecast(NetworkConfig(), protocol).takes == pytest.approx(2 * usual)


def test_an_evaluation_keeps_what_it_was_estimated_to_cost(waiting):
    for evaluation in waiting:
        config = evaluation.submission.network_config
        assert evaluation.reference_seconds == estimate(config, evaluation.protocol).seconds


def test_who_waits_has_the_work_of_those_before_ahead(waiting):
    first, second, third = waiting
    assert work_ahead(first) == 0
    assert work_ahead(second) == first.reference_seconds
    assert work_ahead(third) == first.reference_seconds + second.reference_seconds
    newcomer = make_user("Newcomer")
    assert work_ahead(user=newcomer) == pytest.approx(first.reference_seconds)
    everything = sum(it.reference_seconds for it in waiting)
    assert work_ahead(user=first.submission.participant) == pytest.approx(everything)
    machine("one", cores=2, speed=0.5)
    assert forecast(third.submission.network_config, third.protocol, third).wait == pytest.approx(
        work_ahead(third)
    )


def test_what_runs_is_ahead_as_far_as_it_is_left(waiting):
    first, second, _ = waiting
    leases = claim(first)
    assert work_ahead(second) == pytest.approx(first.reference_seconds)
    total = first.submission.network_config.training_iterations
    first.trainings.filter(index=leases[0].index).update(iteration=total)
    assert work_ahead(second) == pytest.approx(first.reference_seconds / 2)


def test_what_is_graded_is_ahead_of_nobody(waiting):
    grade(waiting[0], 60)
    assert work_ahead(waiting[1]) == 0


def test_a_rerun_waits_for_new_submissions_and_they_not_for_it(waiting):
    again = queue_evaluation(waiting[0].submission, queue=Evaluation.Queue.BULK)
    assert work_ahead(again) == pytest.approx(sum(it.reference_seconds for it in waiting))
    user = waiting[0].submission.participant
    everything = sum(it.reference_seconds for it in waiting)
    assert work_ahead(user=user) == pytest.approx(everything)


def test_a_driver_in_line_or_running_costs_nobody_a_wait(waiting):
    competition = waiting[0].competition
    driver = Baseline.objects.create(competition=competition, name="Still", driver="no-action")
    driven = queue_evaluation(driver)
    user = waiting[0].submission.participant
    before = work_ahead(user=user)
    claim(driven)
    driven.refresh_from_db()
    assert driven.status == Status.RUNNING
    assert work_ahead(user=user) == pytest.approx(before)


@pytest.mark.django_db(transaction=True)
def test_a_worker_calibrates_once_and_is_alive_until_it_stops():
    stopping = threading.Event()
    worker = threading.Thread(target=presence.be_present, args=[stopping])
    worker.start()
    eventually(lambda: Calibration.objects.alive().exists(), what="a sign of life")
    measured_at = Calibration.objects.get().calibrated_at
    stopping.set()
    worker.join()
    assert not Calibration.objects.alive().exists()

    again = threading.Event()
    worker = threading.Thread(target=presence.be_present, args=[again])
    worker.start()
    eventually(lambda: Calibration.objects.alive().exists(), what="a sign of life")
    again.set()
    worker.join()
    assert Calibration.objects.get().calibrated_at == measured_at
