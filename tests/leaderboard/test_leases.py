"""Claims, leases and fences: one winner, no late writer, nothing forgotten."""

import pytest
from django.db import DatabaseError, IntegrityError, transaction
from django.utils import timezone

from leaderboard import leases
from leaderboard.leases import Progress, ResultRefusedError
from leaderboard.models import Attempt, Evaluation, Run, Status, Training
from tests.leaderboard.makers import (
    claim,
    grade,
    make_competition,
    make_submission,
    make_user,
    result_of,
)

pytestmark = [pytest.mark.django_db, pytest.mark.both_databases]
Exit = Attempt.Exit


@pytest.fixture
def evaluation() -> Evaluation:
    return make_submission(make_user("Alice"), make_competition()).evaluations.get()


def run_out(evaluation: Evaluation) -> None:
    evaluation.trainings.filter(status=Status.RUNNING).update(
        lease_until=timezone.now() - timezone.timedelta(seconds=1)
    )


def test_a_claim_takes_every_training_and_starts_the_evaluation(evaluation):
    held = claim(evaluation)
    evaluation.refresh_from_db()
    assert [lease.index for lease in held] == [0, 1]
    assert [lease.fence for lease in held] == [1, 1]
    assert evaluation.status == Status.RUNNING
    assert Attempt.objects.filter(exit="", worker="a worker").count() == 2


def test_a_claim_takes_no_more_than_it_can_hold(evaluation):
    first, second = claim(evaluation, limit=1), claim(evaluation, limit=1)
    assert [lease.index for lease in first + second] == [0, 1]
    assert claim(evaluation) == []


def test_what_is_claimed_cannot_be_claimed_again(evaluation):
    assert claim(evaluation)
    assert claim(evaluation, worker="another") == []


def test_a_message_for_an_evaluation_that_does_not_exist_is_dropped(db):
    assert leases.claim(999_999, worker="a worker", limit=5) == []


def test_a_message_for_a_finished_evaluation_is_dropped(evaluation):
    grade(evaluation, 60)
    assert claim(evaluation) == []


def test_the_last_result_brings_the_score(evaluation):
    first, second = claim(evaluation)
    leases.succeed(first, result_of(60, runs=3))
    evaluation.refresh_from_db()
    assert (evaluation.status, evaluation.score) == (Status.RUNNING, None)
    leases.succeed(second, result_of(64, runs=3))
    evaluation.refresh_from_db()
    assert evaluation.status == Status.SUCCEEDED
    assert evaluation.score == pytest.approx(62.0)
    assert evaluation.interval_low <= evaluation.score <= evaluation.interval_high
    assert evaluation.applied_at is not None
    assert Run.objects.filter(training__evaluation=evaluation).count() == 2 * 3


def test_the_same_result_twice_is_stored_once(evaluation):
    lease = claim(evaluation)[0]
    assert leases.succeed(lease, result_of(60, runs=3))
    assert not leases.succeed(lease, result_of(70, runs=3))
    assert Training.objects.get(pk=lease.training).median == 60
    assert Run.objects.filter(training=lease.training).count() == 3


def test_a_lease_that_ran_out_can_be_taken_over_and_the_late_writer_is_refused(evaluation):
    late = claim(evaluation)[0]
    run_out(evaluation)
    new = claim(evaluation, worker="another")[0]
    assert (late.fence, new.fence) == (1, 2)
    assert not leases.hold(late, None)
    assert not leases.succeed(late, result_of(60, runs=3))
    assert not leases.release(late, outcome=Exit.CRASHED)
    assert leases.succeed(new, result_of(61, runs=3))
    exits = Attempt.objects.filter(training=new.training).values_list("fence", "exit")
    assert list(exits) == [(1, Exit.LOST), (2, Exit.OK)]


def test_a_heartbeat_extends_the_lease_and_stores_the_progress(evaluation):
    lease = claim(evaluation)[0]
    before = Training.objects.get(pk=lease.training).lease_until
    assert leases.hold(lease, Progress("training", 400, [{"iteration": 400}]))
    training = Training.objects.get(pk=lease.training)
    assert training.lease_until > before
    assert (training.stage, training.iteration) == ("training", 400)


def test_the_dispatcher_puts_what_a_dead_worker_left_back_in_line(evaluation):
    claim(evaluation)
    assert leases.expire() == []
    run_out(evaluation)
    assert leases.expire() == [evaluation.pk, evaluation.pk]
    evaluation.refresh_from_db()
    assert evaluation.status == Status.QUEUED
    assert set(evaluation.trainings.values_list("status", flat=True)) == {Status.QUEUED}
    assert set(Attempt.objects.values_list("exit", flat=True)) == {Exit.LOST}


def test_a_worker_that_dies_costs_no_attempt(evaluation):
    for _ in range(leases.PATIENCE[Exit.CRASHED] + 2):
        claim(evaluation)
        run_out(evaluation)
        leases.expire()
    grade(evaluation, 60)
    assert evaluation.status == Status.SUCCEEDED


def test_a_configuration_whose_process_dies_every_time_fails_and_organisers_see_why(evaluation):
    for _ in range(leases.PATIENCE[Exit.CRASHED]):
        for lease in claim(evaluation):
            leases.release(lease, outcome=Exit.CRASHED, log_tail="...\nKilled by the kernel\n")
    evaluation.refresh_from_db()
    assert evaluation.status == Status.FAILED
    assert evaluation.failure == Evaluation.Failure.POISON
    assert "Tried 3 times" in evaluation.error
    assert "Killed by the kernel" not in evaluation.error
    assert "Killed by the kernel" in Attempt.objects.last().log_tail
    assert claim(evaluation) == []


def test_a_failed_training_fails_the_evaluation_and_cancels_what_waits(evaluation):
    lease = claim(evaluation, limit=1)[0]
    leases.fail(lease, outcome=Exit.CONFIG_ERROR, error="the weights are not finite")
    evaluation.refresh_from_db()
    assert (evaluation.status, evaluation.score) == (Status.FAILED, None)
    assert evaluation.error == "the weights are not finite"
    assert evaluation.trainings.get(index=1).status == Status.CANCELLED


def test_cancelling_ends_what_waits_at_once(evaluation):
    evaluation.cancel()
    assert evaluation.status == Status.CANCELLED
    assert claim(evaluation) == []


def test_cancelling_what_runs_tells_its_worker_at_the_next_heartbeat(evaluation):
    (lease,) = claim(evaluation, limit=1)
    assert not leases.is_to_stop(evaluation.pk)
    evaluation.cancel()
    assert evaluation.status == Status.RUNNING
    assert leases.is_to_stop(evaluation.pk)
    leases.release(lease, outcome=Exit.CANCELLED)
    evaluation.refresh_from_db()
    assert evaluation.status == Status.CANCELLED


def test_a_result_that_comes_after_the_cancel_is_not_stored(evaluation):
    held = claim(evaluation)
    evaluation.cancel()
    for lease in held:
        assert leases.succeed(lease, result_of(60, runs=3))
    evaluation.refresh_from_db()
    assert (evaluation.status, evaluation.score) == (Status.CANCELLED, None)
    assert not Run.objects.exists()


def test_the_siblings_of_a_failed_training_end_cancelled(evaluation):
    first, second = claim(evaluation)
    leases.fail(first, outcome=Exit.CONFIG_ERROR, error="the weights are not finite")
    leases.release(second, outcome=Exit.CRASHED)
    exits = Attempt.objects.order_by("training__index").values_list("exit", flat=True)
    assert list(exits) == [Exit.CONFIG_ERROR, Exit.CANCELLED]
    evaluation.refresh_from_db()
    assert evaluation.failure == Evaluation.Failure.CONFIG


def test_a_cancelled_evaluation_whose_worker_died_ends_cancelled(evaluation):
    claim(evaluation)
    evaluation.cancel()
    run_out(evaluation)
    leases.expire()
    evaluation.refresh_from_db()
    assert evaluation.status == Status.CANCELLED


def test_cancelling_a_finished_evaluation_changes_nothing(evaluation):
    grade(evaluation, 60)
    evaluation.cancel()
    assert (evaluation.status, evaluation.cancel_requested_at) == (Status.SUCCEEDED, None)


def test_traces_are_kept_with_their_runs_and_an_engine_may_have_none(evaluation):
    first, second = claim(evaluation)
    leases.succeed(first, result_of(60, runs=3))
    leases.succeed(second, {**result_of(60, runs=3), "traces": []})
    kept = Run.objects.filter(training=first.training).values_list("trace", flat=True)
    assert list(kept) == [f"{run:032x}" for run in range(3)]
    assert set(Run.objects.filter(training=second.training).values_list("trace")) == {("",)}


@pytest.mark.parametrize(
    ("damage", "words"),
    [
        ({"runs": [60.0, 60.0]}, "2 runs came back"),
        ({"runs": [60.0, float("nan"), 60.0]}, "nan mph is not within"),
        ({"runs": [60.0, 81.0, 60.0]}, "81.0 mph is not within"),
        ({"runs": [60.0, -1.0, 60.0]}, "-1.0 mph is not within"),
        ({"traces": ["0" * 32] * 2}, "2 traces came back of 3 runs"),
        ({"traces": ["0" * 32, "0" * 31 + "g", "0" * 32]}, "Run 1: '0+g' is not a trace"),
        ({"traces": 7}, "No result"),
        ({"runs": "many"}, "No result"),
        ({"seconds": None}, "No result"),
    ],
)
def test_a_result_that_cannot_be_true_is_refused(evaluation, damage, words):
    lease = claim(evaluation)[0]
    with pytest.raises(ResultRefusedError, match=words):
        leases.succeed(lease, {**result_of(60, runs=3), **damage})
    assert not Run.objects.exists()
    assert Training.objects.get(pk=lease.training).status == Status.RUNNING


def test_the_database_refuses_a_second_run_of_the_same_index(evaluation):
    grade(evaluation, 60)
    run = Run.objects.first()
    with pytest.raises(IntegrityError), transaction.atomic():
        Run.objects.create(training=run.training, index=run.index, average_mph=60)


@pytest.mark.parametrize("mph", [-0.01, 80.01, float("inf"), float("nan")])
def test_the_database_refuses_a_run_that_is_no_speed(evaluation, mph):
    training = evaluation.trainings.first()
    with pytest.raises(IntegrityError), transaction.atomic():
        Run.objects.create(training=training, index=0, average_mph=mph)


@pytest.mark.parametrize(
    "change",
    [
        {"status": Status.RUNNING},
        {"score": 79.0},
        {"score": None},
        {"status": Status.FAILED, "score": None, "applied_at": None},
    ],
)
def test_the_database_keeps_a_finished_evaluation_as_it_is(evaluation, change):
    grade(evaluation, 60)
    with pytest.raises(DatabaseError), transaction.atomic():
        Evaluation.objects.filter(pk=evaluation.pk).update(**change)


def test_the_database_refuses_a_claim_that_does_not_raise_the_fence(evaluation):
    with pytest.raises(DatabaseError), transaction.atomic():
        evaluation.trainings.update(status=Status.RUNNING, lease_until=timezone.now())


def test_the_database_refuses_a_lease_on_what_does_not_run(evaluation):
    with pytest.raises(IntegrityError), transaction.atomic():
        evaluation.trainings.update(lease_until=timezone.now())
