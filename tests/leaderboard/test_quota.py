"""The quota: counted over a rolling day, used up in words, never charged for the site's faults."""

from datetime import timedelta

import pytest
from django.utils import timezone

from grader.config import validate
from leaderboard import leases
from leaderboard.models import Attempt, QuotaEntry, Status, Submission
from leaderboard.quota import WINDOW, quota_of
from leaderboard.reruns import rerun
from leaderboard.submitting import NotAcceptedError, submit
from tests.leaderboard.makers import (
    break_down,
    claim,
    grade,
    made_before,
    make_competition,
    make_submission,
    make_user,
)

pytestmark = [pytest.mark.django_db, pytest.mark.both_databases]


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
    made_before(alice, competition, hours=20)
    make_submission(alice, competition)
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
    first = made_before(alice, competition, hours=23)
    assert quota_of(alice, competition).next_at == first.created_at + WINDOW
    assert quota_of(alice, competition, first.created_at + WINDOW).left == 1
    moment_before = first.created_at + WINDOW - timedelta(microseconds=1)
    assert quota_of(alice, competition, moment_before).left == 0
    made_before(bob := make_user("Bob"), competition, hours=24.01)
    assert make_submission(bob, competition).pk


def test_withdrawing_gives_nothing_back():
    alice, competition = make_user("Alice"), make_competition(quota=1)
    make_submission(alice, competition).withdraw()
    assert quota_of(alice, competition).left == 0


def test_what_failed_through_the_site_s_own_fault_is_given_back():
    alice, competition = make_user("Alice"), make_competition(quota=1)
    submission = make_submission(alice, competition)
    break_down(submission.evaluations.get())
    assert quota_of(alice, competition).left == 1
    assert submission.quota_entries.get(amount=1).kind == QuotaEntry.Kind.REFUNDED
    assert make_submission(alice, competition).pk


def test_nothing_is_given_back_before_the_evaluation_has_failed():
    alice, competition = make_user("Alice"), make_competition(quota=1)
    first, second = claim(make_submission(alice, competition).evaluations.get())
    leases.fail(first, outcome=Attempt.Exit.INFRASTRUCTURE, error="The disk is full.")
    assert quota_of(alice, competition).left == 0
    leases.release(second, outcome=Attempt.Exit.HANDED_BACK)
    assert quota_of(alice, competition).left == 1


def test_what_failed_through_its_configuration_is_not_given_back():
    alice, competition = make_user("Alice"), make_competition(quota=1)
    for lease in claim(make_submission(alice, competition).evaluations.get()):
        leases.fail(lease, outcome=Attempt.Exit.CONFIG_ERROR, error="It diverged.")
    assert quota_of(alice, competition).left == 0


def test_a_rerun_that_fails_gives_nothing_back():
    alice, competition = make_user("Alice"), make_competition(quota=1)
    evaluation = grade(make_submission(alice, competition).evaluations.get(), 60)
    (again,) = rerun([evaluation], reason="new grader", by=make_user("Charlie"))
    break_down(again)
    assert again.status == Status.FAILED
    assert quota_of(alice, competition).left == 0


def test_what_was_given_back_stays_so_when_an_organiser_runs_it_again():
    alice, competition = make_user("Alice"), make_competition(quota=1)
    evaluation = make_submission(alice, competition).evaluations.get()
    break_down(evaluation)
    charlie = make_user("Charlie")
    for mph, left in ((None, 1), (60, 1)):
        (again,) = rerun([evaluation], reason="it was the disk", by=charlie)
        break_down(again) if mph is None else grade(again, mph).apply()
        assert quota_of(alice, competition).left == left
    assert QuotaEntry.objects.refunds().count() == 1


def test_a_grant_adds_for_a_day_to_one_participant_or_to_all():
    alice, bob, competition = make_user("Alice"), make_user("Bob"), make_competition(quota=1)
    charlie = make_user("Charlie")
    grant = QuotaEntry.objects.grant(competition, alice, amount=2, reason="a prize", by=charlie)
    QuotaEntry.objects.grant(competition, None, amount=1, reason="a slow night", by=charlie)
    for who, granted in ((alice, 3), (bob, 1)):
        quota = quota_of(who, competition)
        assert (quota.limit, quota.granted, quota.left) == (1 + granted, granted, 1 + granted)
    assert quota_of(alice, make_competition(slug="autumn", quota=1)).limit == 1
    assert quota_of(alice, competition, grant.at + WINDOW).granted == 1
    assert make_submission(alice, competition).pk != make_submission(alice, competition).pk
    assert (quota_of(alice, competition).used, quota_of(alice, competition).left) == (2, 2)


def test_the_next_is_not_free_when_a_charge_leaves_after_the_grant_it_was_made_by():
    alice, competition = make_user("Alice"), make_competition(quota=1)
    grant = QuotaEntry.objects.grant(
        competition, alice, amount=1, reason="a prize", by=make_user("Charlie")
    )
    first, second = make_submission(alice, competition), make_submission(alice, competition)
    assert grant.at < first.created_at < second.created_at
    assert quota_of(alice, competition).next_at == second.created_at + WINDOW


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
