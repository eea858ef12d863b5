"""The ledger itself: written once, in the database too, and complete after any history."""

from importlib import import_module
from pathlib import Path

import pytest
from django.db import DatabaseError, IntegrityError, connection, transaction
from django.utils import timezone
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from leaderboard import leases, migrations
from leaderboard.models import Attempt, Competition, Evaluation, QuotaEntry, Submission, User
from leaderboard.quota import mismatches, quota_of
from leaderboard.reruns import rerun
from leaderboard.submitting import NotAcceptedError
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
Kind = QuotaEntry.Kind


@pytest.fixture
def entry(alice, competition) -> QuotaEntry:
    return make_submission(alice, competition).quota_entries.get()


def test_a_submission_is_charged_at_the_moment_it_was_made(entry):
    assert (entry.kind, entry.amount, entry.at) == (Kind.USED, -1, entry.submission.created_at)
    assert (entry.participant, entry.competition, entry.by) == (
        entry.submission.participant,
        entry.submission.competition,
        None,
    )


def test_a_submission_that_is_not_accepted_leaves_nothing_in_the_ledger(alice):
    competition = make_competition(quota=1)
    make_submission(alice, competition)
    with pytest.raises(NotAcceptedError):
        make_submission(alice, competition)
    assert QuotaEntry.objects.count() == 1


def test_an_entry_neither_changes_nor_goes(entry):
    with pytest.raises(TypeError, match="never changes"):
        entry.save()
    with pytest.raises(TypeError, match="never goes"):
        entry.delete()


@pytest.mark.parametrize(
    ("statement", "words"),
    [
        ("UPDATE leaderboard_quotaentry SET amount = amount", "never changes"),
        ("UPDATE leaderboard_quotaentry SET reason = 'another'", "never changes"),
        ("DELETE FROM leaderboard_quotaentry", "never goes"),
    ],
)
def test_the_database_refuses_it_to_everybody(entry, statement, words):
    with (
        pytest.raises(DatabaseError, match=f"a quota entry {words}"),
        transaction.atomic(),
        connection.cursor() as cursor,
    ):
        cursor.execute(statement)
    assert QuotaEntry.objects.get() == entry


def test_a_submission_is_charged_once_and_given_back_once(entry):
    QuotaEntry.objects.refund(entry.submission, reason="a full disk")
    with pytest.raises(IntegrityError), transaction.atomic():
        QuotaEntry.objects.charge(entry.submission)
    again = QuotaEntry.objects.refund(entry.submission, reason="told twice")
    assert again.reason == "a full disk"
    again.pk, again._state.adding = None, True
    with pytest.raises(IntegrityError), transaction.atomic():
        again.save()
    assert sorted(QuotaEntry.objects.values_list("amount", flat=True)) == [-1, 1]


@pytest.mark.parametrize(
    "fields",
    [
        {"kind": "used", "amount": -1},
        {"kind": "refunded", "amount": 1},
        {"kind": "granted", "amount": 0},
        {"kind": "granted", "amount": -1},
        {"kind": "granted", "amount": 1, "reason": ""},
        {"kind": "granted", "amount": 1, "by": None},
        {"kind": "gift", "amount": 1},
    ],
)
def test_the_database_takes_no_entry_that_means_nothing(alice, competition, fields):
    sound = {"competition": competition, "participant": alice, "reason": "a prize", "by": alice}
    with pytest.raises(IntegrityError), transaction.atomic():
        QuotaEntry.objects.create(**{**sound, **fields})


def test_a_charge_that_is_missing_is_found(entry, alice, competition):
    assert not mismatches()
    past_the_site = Submission.objects.create(
        competition=competition, participant=alice, source="{}", config={}, config_hash="0" * 64
    )
    assert list(mismatches()) == [past_the_site]


def fail(evaluation: Evaluation, outcome: Attempt.Exit) -> None:
    for lease in claim(evaluation):
        leases.fail(lease, outcome=outcome, error="It was found dead.")


STEPS = {
    "submit": lambda _: None,
    "graded": lambda it: grade(it, 60),
    "fault of the site": lambda it: fail(it, Attempt.Exit.INFRASTRUCTURE),
    "fault of its own": lambda it: fail(it, Attempt.Exit.CONFIG_ERROR),
    "cancelled": lambda it: it.cancel(),
    "withdrawn": lambda it: it.submission.withdraw(),
    "given up": break_down,
}
HISTORIES = st.lists(
    st.tuples(st.sampled_from(sorted(STEPS)), st.sampled_from([0, 1, 2])), max_size=5
)


@settings(max_examples=15, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(history=HISTORIES)
def test_after_any_history_there_are_as_many_charges_as_submissions(competition, charlie, history):
    """Each is handed in, something becomes of it, and it is run again so often."""
    alice = make_user(f"Alice{User.objects.count()}")
    faults = 0
    for step, reruns in history:
        evaluation = make_submission(alice, competition).evaluations.get()
        STEPS[step](evaluation)
        faults += step in {"fault of the site", "given up"}
        for _ in range(reruns):
            (again,) = rerun([evaluation], reason="again", by=charlie)
            fail(again, Attempt.Exit.INFRASTRUCTURE)
    entries = QuotaEntry.objects.filter(participant=alice)
    assert entries.filter(kind=Kind.USED).count() == len(history) == alice.submissions.count()
    assert entries.filter(kind=Kind.REFUNDED).count() == faults
    assert quota_of(alice, competition).used == len(history) - faults
    assert not mismatches()


def fill() -> None:
    """The part of the migration that copies, on whichever number it has."""
    (file,) = Path(migrations.__path__[0]).glob("*_quota_ledger.py")
    module = import_module(f"leaderboard.migrations.{file.stem}")
    module.fill(None, connection.schema_editor())


def test_the_migration_charges_what_was_there_before_and_gives_back_what_the_site_failed(
    alice, bob, charlie
):
    competition = Competition.objects.create(slug="old", title="Old", trainings=2, runs=3)
    made = Submission.objects.bulk_create(
        Submission(
            competition=competition,
            participant=(alice, bob)[number % 2],
            source="{}",
            config={},
            config_hash="0" * 64,
        )
        for number in range(1000)
    )
    now = timezone.now()
    kinds = ["infrastructure", "config_error", "infrastructure"]
    for submission, failure in zip(made, kinds, strict=False):
        Evaluation.objects.create(
            competition=competition,
            submission=submission,
            protocol_fields=competition.protocol.to_dict(),
            grader_version="0",
            status="failed",
            failure=failure,
            finished_at=now,
        )
    rerun_of_second = Evaluation.objects.filter(submission=made[1]).get()
    rerun_of_second.pk, rerun_of_second._state.adding = None, True
    rerun_of_second.failure = "infrastructure"
    rerun_of_second.save()
    fill()
    assert not mismatches()
    charges = QuotaEntry.objects.filter(kind=Kind.USED)
    assert [
        (it.submission, it.at, it.participant_id, it.amount) for it in charges.order_by("pk")
    ] == [(it, it.created_at, it.participant_id, -1) for it in made]
    refunds = QuotaEntry.objects.refunds().order_by("pk")
    assert [(it.submission, it.at, it.participant, it.amount) for it in refunds] == [
        (made[0], now, alice, 1),
        (made[2], now, alice, 1),
    ]


@pytest.mark.parametrize("count", [3, 200])
def test_however_many_were_handed_in_the_quota_is_one_query(
    alice, count, django_assert_num_queries
):
    competition = make_competition(quota=count)
    for _ in range(count):
        made_before(alice, competition, hours=1)
    with django_assert_num_queries(1):
        assert quota_of(alice, competition).left == 0
