"""What cannot be right is refused, counted, and changes nothing else."""

import json
import threading

import pytest
from django.db import connection, transaction

from leaderboard import leases, line, refusals, worker
from leaderboard.grading import Grading
from leaderboard.models import Attempt, Evaluation, Refusal, Run, Status
from tests.leaderboard.makers import claim, make_competition, make_submission, make_user, result_of

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.both_databases]
Kind = Refusal.Kind


@pytest.fixture
def evaluation():
    return make_submission(make_user("Alice"), make_competition()).evaluations.get()


def grading_of(evaluation) -> Grading:
    """What a worker has in hand between claiming and storing."""
    return Grading(evaluation.pk, claim(evaluation), stopping=threading.Event())


def taken_over(evaluation, settings) -> Grading:
    """A worker whose leases ran out and were claimed by another, without its knowledge."""
    usual = settings.LEASE_SECONDS
    settings.LEASE_SECONDS = -1
    late = grading_of(evaluation)
    settings.LEASE_SECONDS = usual
    assert claim(evaluation, worker="another")
    return late


def test_counting_from_many_threads_at_once_loses_nothing():
    def count() -> None:
        refusals.count(Kind.OLD_FENCE)
        connection.close()

    threads = [threading.Thread(target=count) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert refusals.counted() == {**dict.fromkeys(Kind.values, 0), Kind.OLD_FENCE: 8}


def test_counting_that_fails_leaves_the_caller_s_transaction_whole(evaluation):
    with transaction.atomic():
        evaluation.trainings.update(worker="before")
        refusals.count("a kind that is longer than its column and has no place in it")
        refusals.count(Kind.BAD_RESULT)
    assert evaluation.trainings.filter(worker="before").count() == 2
    assert refusals.counted()[Kind.BAD_RESULT] == 1


def test_a_message_for_an_evaluation_that_is_not_there_is_counted():
    unknown = [999_999, -1, 2**70, True, "1", None, 1.5, [1]]
    for sent_for in unknown:
        worker.work(sent_for, tell=pytest.fail)
    worker.work_on(999_999)
    assert refusals.counted()[Kind.NO_SUCH_EVALUATION] == len(unknown) + 1
    assert not Attempt.objects.exists()


def test_a_worker_of_another_grader_version_takes_nothing(evaluation):
    Evaluation.objects.update(grader_version="0.0.1")
    assert claim(evaluation) == []
    assert line.first() is None
    assert refusals.counted()[Kind.OTHER_GRADER] == 1
    assert not Attempt.objects.exists()


def test_a_message_that_comes_late_or_twice_is_no_refusal(evaluation):
    claim(evaluation)
    worker.work_on(evaluation.pk)
    assert set(refusals.counted().values()) == {0}


def test_a_heartbeat_of_an_old_fence_is_counted_and_changes_nothing(evaluation, settings):
    late = taken_over(evaluation, settings)
    before = list(evaluation.trainings.order_by("index").values())
    late._extend()
    assert late.open == {}
    assert list(evaluation.trainings.order_by("index").values()) == before
    assert refusals.counted()[Kind.OLD_FENCE] == 2


def test_a_result_of_an_old_fence_is_counted_and_not_stored(evaluation, settings):
    late = taken_over(evaluation, settings)
    late._take({"type": "result", "index": 0, **result_of(60, runs=3)})
    assert late._settle()
    assert refusals.counted()[Kind.OLD_FENCE] == 1
    assert set(evaluation.trainings.values_list("status", flat=True)) == {Status.RUNNING}
    assert not Run.objects.exists()


@pytest.mark.parametrize("speed", [float("nan"), 81.0, -0.1])
def test_a_result_that_no_car_can_drive_is_refused_and_not_stored(evaluation, speed):
    grading = grading_of(evaluation)
    result = {**result_of(60, runs=3), "runs": [60.0, speed, 60.0]}
    grading._take({"type": "result", "index": 0, **result})
    with pytest.raises(leases.ResultRefusedError, match=r"Run 1: .* mph is not within 0\.\.80"):
        grading._settle()
    assert not Run.objects.exists()


def test_a_process_that_computes_nonsense_is_counted_and_its_work_goes_back(
    evaluation, settings, tmp_path
):
    nonsense = {"type": "result", "index": 0, **result_of(60, runs=3), "runs": [60.0, 81.0, 60.0]}
    (tmp_path / "grader").mkdir()
    (tmp_path / "grader" / "__init__.py").touch()
    program = f"input()\nprint({json.dumps(nonsense)!r}, flush=True)\ninput()\n"
    (tmp_path / "grader" / "child.py").write_text(program)
    settings.BASE_DIR = tmp_path  # where the worker starts `python -m grader.child`
    assert grading_of(evaluation).run() == Attempt.Exit.CRASHED
    assert refusals.counted()[Kind.BAD_RESULT] == 1
    assert set(evaluation.trainings.values_list("status", flat=True)) == {Status.QUEUED}
    assert not Run.objects.exists()
