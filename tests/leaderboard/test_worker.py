"""A worker on a site that is itself broken: it waits, gives up in the end, and charges nobody."""

import pytest

from leaderboard import leases, worker
from leaderboard.models import Attempt, Evaluation, Status
from leaderboard.quota import quota_of
from tests.leaderboard.makers import make_competition, make_submission, make_user

pytestmark = [pytest.mark.django_db, pytest.mark.both_databases]
Exit = Attempt.Exit


@pytest.fixture
def evaluation(settings) -> Evaluation:
    settings.BASE_DIR = "/nowhere"  # no computing process can be started there
    return make_submission(make_user("Alice"), make_competition(trainings=1)).evaluations.get()


def test_a_fault_of_the_site_ends_the_turn_and_leaves_the_work_in_line(evaluation):
    worker.work_on(evaluation.pk)
    evaluation.refresh_from_db()
    assert evaluation.status == Status.QUEUED
    (attempt,) = Attempt.objects.all()
    assert attempt.exit == Exit.INFRASTRUCTURE
    assert "/nowhere" in attempt.log_tail


def test_a_fault_that_stays_fails_the_evaluation_and_costs_no_quota(evaluation):
    for _ in range(leases.PATIENCE[Exit.INFRASTRUCTURE]):
        worker.work_on(evaluation.pk)
    evaluation.refresh_from_db()
    assert evaluation.status == Status.FAILED
    assert evaluation.failure == Evaluation.Failure.INFRASTRUCTURE
    assert "Tried 10 times" in evaluation.error
    submission = evaluation.submission
    assert quota_of(submission.participant, submission.competition).used == 0
