"""Scores that are committed in another order than that of their moments, on PostgreSQL.

SQLite has one writer at a time, so that there is no other order.
"""

import threading

import pytest
from django.db import connection, transaction

from leaderboard import current
from leaderboard.models import User
from tests.leaderboard.makers import graded_submission, make_competition, make_user

pytestmark = pytest.mark.django_db(transaction=True)


def test_a_score_that_is_committed_late_is_on_the_board_once_it_is():
    competition = make_competition()
    alice, bob = make_user("Alice"), make_user("Bob")
    is_written, may_commit = threading.Event(), threading.Event()

    def store() -> None:
        try:
            with transaction.atomic():
                graded_submission(alice, competition, 60)
                is_written.set()
                may_commit.wait()
        finally:
            is_written.set()
            connection.close()

    def shown() -> list[User]:
        return [it.participant for it in current.ranked(competition).places]

    late = threading.Thread(target=store)
    late.start()
    is_written.wait()
    try:
        graded_submission(bob, competition, 50)
        assert shown() == [bob.pk]
    finally:
        may_commit.set()
        late.join()
    assert shown() == [alice.pk, bob.pk]
