"""The quota: counted over a rolling day, used up in words, never charged for the site's faults."""

from datetime import timedelta

import pytest
from django.utils import timezone

from grader.config import validate
from leaderboard.models import Evaluation, Status, Submission
from leaderboard.quota import quota_of
from leaderboard.submitting import NotAcceptedError, submit
from tests.leaderboard.makers import make_competition, make_submission, make_user

pytestmark = [pytest.mark.django_db, pytest.mark.both_databases]


def move_back(submission: Submission, hours: float) -> None:
    made = timezone.now() - timedelta(hours=hours)
    Submission.objects.filter(pk=submission.pk).update(created_at=made)


def test_a_participant_starts_with_the_whole_quota():
    quota = quota_of(make_user("Alice"), make_competition(quota=5))
    assert (quota.used, quota.left, quota.next_at) == (0, 5, None)


def test_every_submission_uses_one_and_other_people_s_use_none():
    alice, bob, competition = make_user("Alice"), make_user("Bob"), make_competition(quota=5)
    make_submission(alice, competition)
    make_submission(bob, competition)
    assert quota_of(alice, competition).left == 4


def test_a_used_up_quota_says_when_the_next_is_free():
    alice, competition = make_user("Alice"), make_competition(quota=2)
    first = make_submission(alice, competition)
    make_submission(alice, competition)
    move_back(first, 20)
    quota = quota_of(alice, competition)
    assert quota.left == 0
    assert quota.next_at - timezone.now() == pytest.approx(
        timedelta(hours=4), abs=timedelta(minutes=1)
    )
    with pytest.raises(NotAcceptedError, match="2 of 2 submissions in the last 24 hours"):
        make_submission(alice, competition)
    assert Submission.objects.count() == 2


def test_after_24_hours_a_submission_no_longer_counts():
    alice, competition = make_user("Alice"), make_competition(quota=1)
    move_back(make_submission(alice, competition), 24.01)
    assert make_submission(alice, competition).pk


def test_withdrawing_gives_nothing_back():
    alice, competition = make_user("Alice"), make_competition(quota=1)
    make_submission(alice, competition).withdraw()
    assert quota_of(alice, competition).left == 0


def test_what_failed_through_the_site_s_own_fault_is_given_back():
    alice, competition = make_user("Alice"), make_competition(quota=1)
    evaluation = make_submission(alice, competition).evaluations.get()
    Evaluation.objects.filter(pk=evaluation.pk).update(
        status=Status.FAILED,
        failure=Evaluation.Failure.INFRASTRUCTURE,
        finished_at=timezone.now(),
    )
    assert quota_of(alice, competition).left == 1


def test_what_failed_through_its_configuration_is_not_given_back():
    alice, competition = make_user("Alice"), make_competition(quota=1)
    evaluation = make_submission(alice, competition).evaluations.get()
    Evaluation.objects.filter(pk=evaluation.pk).update(
        status=Status.FAILED, failure=Evaluation.Failure.CONFIG, finished_at=timezone.now()
    )
    assert quota_of(alice, competition).left == 0


def test_a_competition_that_is_not_open_takes_nothing():
    tomorrow = timezone.now() + timedelta(days=1)
    with pytest.raises(NotAcceptedError, match="not open"):
        make_submission(make_user("Alice"), make_competition(opens_at=tomorrow))


def test_a_training_over_the_budget_is_refused_with_what_weighs_most_and_what_would_fit():
    competition = make_competition(budget_seconds=2)
    heavy = validate({"training_iterations": 1_000_000})
    said = r"budget is 2\. Most of it: learning from 64 experiences.*training_iterations \d"
    with pytest.raises(NotAcceptedError, match=said):
        submit(make_user("Alice"), competition, source=heavy.canonical(), config=heavy)
    assert not Submission.objects.exists()
