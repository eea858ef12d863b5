"""After an update nothing waits for a worker that will not come; no score is of two graders."""

import pytest

import grader
from leaderboard import leases, line, outdated
from leaderboard.models import Attempt, Evaluation, Status
from leaderboard.reruns import rerun
from leaderboard.views.grading import counting
from tests.leaderboard.makers import (
    claim,
    grade,
    make_competition,
    make_submission,
    make_user,
    result_of,
)

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.both_databases]


@pytest.fixture
def evaluation():
    return make_submission(make_user("Alice"), make_competition()).evaluations.get()


def age(version="0.0.1"):
    Evaluation.objects.update(grader_version=version)


def test_what_nobody_has_begun_is_handed_over(evaluation):
    age()
    assert line.first() is None
    assert outdated.hand_over() == 1
    assert line.first() == evaluation.pk
    grade(Evaluation.objects.get(), 60)
    assert Evaluation.objects.get().grader_version == grader.__version__
    assert outdated.hand_over() == 0


def test_what_was_half_graded_begins_anew_in_its_place(evaluation):
    (lease,) = claim(evaluation, limit=1)
    assert leases.succeed(lease, result_of(60, runs=3))
    age()
    other = make_submission(make_user("Bob"), evaluation.competition).evaluations.get()
    assert outdated.hand_over() == 1
    old, new = Evaluation.objects.filter(submission=evaluation.submission).order_by("pk")
    assert (old.status, old.failure) == (Status.CANCELLED, "superseded")
    assert "changed from 0.0.1" in old.error
    assert [line.spot(it).place for it in (new, other)] == [1, 2]
    grade(new, 61)
    new.refresh_from_db()
    assert new.applied_at  # it is no rerun: it counts at once
    assert new.grader_version == grader.__version__
    submission = evaluation.submission
    assert counting(submission, staff=False) == (new, [new])
    assert counting(submission, staff=True) == (new, [old, new])
    assert submission.first_evaluation == new


def test_what_a_worker_of_the_old_version_holds_is_left_to_it(evaluation):
    held = claim(evaluation)
    age()
    assert outdated.hand_over() == 0
    for lease in held:
        leases.release(lease, outcome=Attempt.Exit.LOST)
    assert outdated.hand_over() == 1


def test_what_is_for_a_newer_grader_is_left_alone(evaluation):
    age("99.0")
    assert outdated.hand_over() == 0
    assert line.first() is None


def test_a_rerun_that_was_half_graded_stays_one(evaluation):
    grade(evaluation, 60)
    organiser = make_user("Olga", is_staff=True)
    (again,) = rerun([evaluation], reason="mended", by=organiser)
    (lease,) = claim(again, limit=1)
    leases.succeed(lease, result_of(61, runs=3))
    Evaluation.objects.filter(pk=again.pk).update(grader_version="0.0.1")
    assert outdated.hand_over() == 1
    new = Evaluation.objects.latest("pk")
    assert (new.reason, new.requested_by, new.queue) == ("mended", organiser, "bulk")
    assert grade(new, 62).applied_at is None
