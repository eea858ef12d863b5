"""Several at once, for real: threads with connections of their own against one database."""

import threading
from collections.abc import Callable
from typing import Any

import pytest
from django.db import connection

from grader.config import parse
from leaderboard import leases
from leaderboard.models import Attempt, Evaluation, QuotaEntry, Run, Status, Submission, User
from leaderboard.quota import mismatches, quota_of
from leaderboard.submitting import NotAcceptedError, submit
from tests.leaderboard.conftest import client_of
from tests.leaderboard.makers import (
    SMALL,
    claim,
    make_competition,
    make_submission,
    make_user,
    result_of,
)

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.both_databases]


def at_once(count: int, call: Callable[[], Any]) -> list[Any]:
    """Call from `count` threads that start together; what each returned or raised."""
    outcomes: list[Any] = []
    barrier = threading.Barrier(count)

    def one() -> None:
        barrier.wait()
        try:
            outcomes.append(call())
        except Exception as error:  # noqa: BLE001  # whatever it is, it is the outcome
            outcomes.append(error)
        finally:
            connection.close()

    threads = [threading.Thread(target=one) for _ in range(count)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return outcomes


def test_the_same_evaluation_delivered_five_times_at_once_is_claimed_once():
    evaluation = make_submission(make_user("Alice"), make_competition()).evaluations.get()
    outcomes = at_once(5, lambda: claim(evaluation))
    assert sorted(len(held) for held in outcomes) == [0, 0, 0, 0, 2]
    assert Attempt.objects.count() == 2


def test_the_same_result_delivered_five_times_at_once_is_stored_once():
    evaluation = make_submission(
        make_user("Alice"), make_competition(trainings=1)
    ).evaluations.get()
    (lease,) = claim(evaluation)
    outcomes = at_once(5, lambda: leases.succeed(lease, result_of(60, runs=3)))
    assert sorted(outcomes) == [False, False, False, False, True]
    assert Run.objects.count() == 3


def test_the_last_two_trainings_finishing_at_once_bring_one_score():
    evaluation = make_submission(make_user("Alice"), make_competition()).evaluations.get()
    held = claim(evaluation)
    at_once(2, lambda: leases.succeed(held.pop(), result_of(60, runs=3)))
    evaluation.refresh_from_db()
    assert evaluation.status == Status.SUCCEEDED
    assert evaluation.score == 60.0


def test_two_dispatchers_at_once_put_a_training_back_once(settings):
    settings.LEASE_SECONDS = -1
    evaluation = make_submission(
        make_user("Alice"), make_competition(trainings=1)
    ).evaluations.get()
    claim(evaluation)
    outcomes = at_once(2, leases.expire)
    assert sorted(len(touched) for touched in outcomes) == [0, 1]


def test_two_submissions_in_the_same_instant_at_quota_one_are_one_submission():
    alice, competition = make_user("Alice"), make_competition(quota=1)
    sources = [SMALL % 1000, SMALL % 1001]

    def one():
        source = sources.pop()
        return submit(alice, competition, source=source, config=parse(source))

    outcomes = at_once(2, one)
    assert sorted(type(outcome).__name__ for outcome in outcomes) == [
        NotAcceptedError.__name__,
        Submission.__name__,
    ]
    assert Submission.objects.count() == QuotaEntry.objects.count() == 1
    assert not mismatches()


def test_a_refund_while_another_is_handed_in_costs_neither_of_them():
    alice, competition = make_user("Alice"), make_competition(quota=1, trainings=1)
    (lease,) = claim(make_submission(alice, competition).evaluations.get())
    source = SMALL % 1000
    calls = [
        lambda: leases.fail(lease, outcome=Attempt.Exit.INFRASTRUCTURE, error="A full disk."),
        lambda: submit(alice, competition, source=source, config=parse(source)),
    ]

    def one():
        return calls.pop()()

    outcomes = at_once(2, one)
    assert True in outcomes
    (handed_in,) = [it for it in outcomes if it is not True]
    # it came before the refund, or after it: there is no third way
    accepted = isinstance(handed_in, Submission)
    assert accepted or isinstance(handed_in, NotAcceptedError)
    assert quota_of(alice, competition).used == accepted
    assert QuotaEntry.objects.refunds().count() == 1
    assert not mismatches()


def test_a_failure_delivered_five_times_at_once_is_given_back_once():
    evaluation = make_submission(
        make_user("Alice"), make_competition(trainings=1)
    ).evaluations.get()
    (lease,) = claim(evaluation)
    fault = {"outcome": Attempt.Exit.INFRASTRUCTURE, "error": "A full disk."}
    outcomes = at_once(5, lambda: leases.fail(lease, **fault))
    assert sorted(outcomes) == [False, False, False, False, True]
    assert QuotaEntry.objects.refunds().count() == 1


def test_two_trainings_that_fail_at_once_give_back_one_submission():
    evaluation = make_submission(make_user("Alice"), make_competition()).evaluations.get()
    held = claim(evaluation)
    fault = {"outcome": Attempt.Exit.INFRASTRUCTURE, "error": "A full disk."}
    assert at_once(2, lambda: leases.fail(held.pop(), **fault)) == [True, True]
    assert QuotaEntry.objects.refunds().count() == 1


def test_a_button_pressed_twice_is_one_submission():
    alice, competition = make_user("Alice"), make_competition()
    source = SMALL % 1000
    outcomes = at_once(2, lambda: submit(alice, competition, source=source, config=parse(source)))
    assert outcomes[0] == outcomes[1]
    assert Submission.objects.count() == QuotaEntry.objects.count() == 1


def test_thirty_submissions_of_ten_participants_at_once_are_all_in_line_once():
    competition = make_competition(quota=3)
    clients = [client_of(make_user(f"Driver {number}")) for number in range(10)]
    waiting = [(client, SMALL % (1000 + number)) for number, client in enumerate(clients * 3)]

    def one():
        client, source = waiting.pop()
        form = {"source": source, "title": "", "note": "", "action": "submit"}
        return client.post("/c/spring/submit/", form).status_code

    assert at_once(len(waiting), one) == [302] * 30
    assert Submission.objects.values("config_hash").distinct().count() == 30
    evaluations = Evaluation.objects.values_list("submission", flat=True)
    assert sorted(evaluations) == sorted(Submission.objects.values_list("pk", flat=True))
    for user in User.objects.all():
        assert quota_of(user, competition).used == 3
