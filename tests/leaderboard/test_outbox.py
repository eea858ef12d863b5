"""The outbox: what the database holds is sent, and sent again when the broker forgot it."""

from datetime import timedelta

import pytest
from django.utils import timezone

from leaderboard import tasks
from leaderboard.celery import app
from leaderboard.models import Evaluation, Status
from leaderboard.reruns import rerun
from leaderboard.submitting import NotAcceptedError
from tests.leaderboard.makers import grade, make_competition, make_submission, make_user

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.both_databases]


@pytest.fixture(autouse=True)
def empty_broker():
    with app.connection_for_write() as connection:
        connection.default_channel.client.flushdb()


def waiting_in(queue: str) -> int:
    return tasks.messages_in(queue)


def an_hour_later() -> None:
    Evaluation.objects.update(sent_at=timezone.now() - timedelta(hours=1))


def test_a_submission_is_sent_with_its_transaction():
    evaluation = make_submission(make_user("Alice"), make_competition()).evaluations.get()
    assert evaluation.sent_at is not None
    assert (waiting_in("interactive"), waiting_in("bulk")) == (1, 0)


def test_a_refused_submission_sends_nothing():
    tomorrow = timezone.now() + timedelta(days=1)
    with pytest.raises(NotAcceptedError):
        make_submission(make_user("Alice"), make_competition(opens_at=tomorrow))
    assert waiting_in("interactive") == 0


def test_a_rerun_waits_in_the_bulk_queue():
    alice = make_user("Alice")
    evaluation = grade(make_submission(alice, make_competition()).evaluations.get(), 60)
    rerun([evaluation], reason="again", by=alice)
    assert waiting_in("bulk") == 1


def test_what_waits_in_the_broker_is_not_sent_again():
    make_submission(make_user("Alice"), make_competition())
    an_hour_later()
    assert tasks.resend_forgotten() == 0
    assert waiting_in("interactive") == 1


def test_what_the_broker_forgot_is_sent_again_once():
    make_submission(make_user("Alice"), make_competition())
    with app.connection_for_write() as connection:
        connection.default_channel.client.flushdb()
    assert tasks.resend_forgotten() == 0  # a moment ago it was sent: a worker may hold it
    an_hour_later()
    assert tasks.resend_forgotten() == 1
    assert tasks.resend_forgotten() == 0
    assert waiting_in("interactive") == 1


def test_only_as_many_are_sent_as_are_missing_the_longest_unsent_first():
    alice, competition = make_user("Alice"), make_competition()
    first, *_ = [make_submission(alice, competition) for _ in range(3)]
    with app.connection_for_write() as connection:
        connection.default_channel.client.rpop("interactive")
    an_hour_later()
    oldest = first.evaluations.get()
    Evaluation.objects.filter(pk=oldest.pk).update(sent_at=timezone.now() - timedelta(hours=2))
    assert tasks.resend_forgotten() == 1
    oldest.refresh_from_db()
    assert timezone.now() - oldest.sent_at < timedelta(minutes=1)


def test_what_was_never_sent_because_the_broker_was_away_is_sent_by_the_dispatcher():
    make_submission(make_user("Alice"), make_competition())
    with app.connection_for_write() as connection:
        connection.default_channel.client.flushdb()
    Evaluation.objects.update(sent_at=None)
    assert tasks.resend_forgotten() == 1


def test_what_is_finished_or_running_is_not_sent_again():
    alice, competition = make_user("Alice"), make_competition()
    grade(make_submission(alice, competition).evaluations.get(), 60)
    make_submission(alice, competition).evaluations.get().cancel()
    an_hour_later()
    with app.connection_for_write() as connection:
        connection.default_channel.client.flushdb()
    assert tasks.resend_forgotten() == 0
    assert not Evaluation.objects.filter(status=Status.QUEUED).exists()
