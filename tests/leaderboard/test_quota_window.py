"""The rolling day against a plain model that looks at every hour by itself."""

from datetime import datetime, timedelta
from typing import NamedTuple

import pytest
from django.utils import timezone
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st

from leaderboard.models import QuotaEntry, Submission, User
from leaderboard.quota import quota_of
from tests.leaderboard.makers import make_competition, make_user

pytestmark = [pytest.mark.django_db, pytest.mark.both_databases]
Kind = QuotaEntry.Kind
NOW = timezone.now()


class Charged(NamedTuple):
    ago: int  # whole hours
    given_back: bool


class Granted(NamedTuple):
    ago: int
    amount: int
    to_all: bool


HOURS = st.sampled_from([0, 1, 2, 5, 12, 19, 23, 24, 25])  # few, so that some coincide
CHARGES = st.lists(st.builds(Charged, HOURS, st.booleans()), max_size=8)
GRANTS = st.lists(st.builds(Granted, HOURS, st.integers(1, 3), st.booleans()), max_size=3)


def used(charges: list[Charged], later: int) -> int:
    return sum(not it.given_back and it.ago + later < 24 for it in charges)


def allowed(quota: int, grants: list[Granted], later: int) -> int:
    return quota + sum(it.amount for it in grants if it.ago + later < 24)


def hours_ago(hours: int) -> datetime:
    return NOW - timedelta(hours=hours)


def write(user: User, competition, charges: list[Charged], grants: list[Granted], by: User) -> None:
    blank = {"competition": competition, "participant": user, "source": "", "config": {}}
    submissions = Submission.objects.bulk_create(
        Submission(**blank, created_at=hours_ago(it.ago)) for it in charges
    )
    for submission, charge in zip(submissions, charges, strict=True):
        QuotaEntry.objects.charge(submission)
        if charge.given_back:
            QuotaEntry.objects.refund(submission, reason="a full disk")
    QuotaEntry.objects.bulk_create(
        QuotaEntry(
            competition=competition,
            participant=None if it.to_all else user,
            kind=Kind.GRANTED,
            amount=it.amount,
            at=hours_ago(it.ago),
            reason="a prize",
            by=by,
        )
        for it in grants
    )


@settings(max_examples=40, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(quota=st.integers(1, 3), charges=CHARGES, grants=GRANTS)
@example(quota=1, charges=[Charged(3, given_back=False)] * 2, grants=[])
def test_used_left_and_next_are_as_the_plain_model_has_them(charlie, bob, quota, charges, grants):
    number = User.objects.count()
    alice = make_user(f"Alice{number}")
    competition = make_competition(slug=f"season-{number}", quota=quota)
    write(alice, competition, charges, grants, charlie)
    write(bob, competition, charges, [], charlie)  # what others do is their own
    for later in (0, 5, 23):
        found = quota_of(alice, competition, NOW + timedelta(hours=later))
        assert found.used == used(charges, later)
        assert found.limit == allowed(quota, grants, later)
        assert found.left == max(0, found.limit - found.used)
        hours = range(later, later + 25)
        free = next(it for it in hours if used(charges, it) < allowed(quota, grants, it))
        expected = None if free == later else NOW + timedelta(hours=free)
        assert found.next_at == expected
