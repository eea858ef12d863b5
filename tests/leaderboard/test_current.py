"""A board that is remembered is never an old one, whatever changes it and whoever does."""

from datetime import timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from leaderboard import current
from leaderboard.models import Board, Competition, Evaluation, Submission, User
from leaderboard.ranking import places
from leaderboard.tasks import queue_evaluation
from tests.leaderboard.makers import grade, graded_submission, make_trained

pytestmark = [pytest.mark.django_db, pytest.mark.both_databases]


def seen(competition, board=None, moment=None):
    """The board as pages show it, which has to be the one that ranking it again gives."""
    shown = current.ranked(competition, board, moment=moment)
    assert shown.places == places(competition, board, moment=moment)
    return shown


def names(shown):
    return [User.objects.get(pk=place.participant).display_name for place in shown.places]


def test_it_is_ranked_once_for_all_who_ask(competition, graded):
    first = current.ranked(competition)
    with CaptureQueriesContext(connection) as captured:
        assert current.ranked(competition) is first
    assert not [query for query in captured if "RANK()" in query["sql"]]


def test_a_new_score_is_there_at_once(competition, graded, bob):
    assert names(seen(competition)) == ["Alice"]
    graded_submission(bob, competition, 68)
    assert names(seen(competition)) == ["Bob", "Alice"]


def test_a_withdrawn_submission_is_gone_at_once(competition, graded, bob):
    graded_submission(bob, competition, 68)
    assert names(seen(competition)) == ["Bob", "Alice"]
    Submission.objects.get(participant=bob).withdraw()
    assert names(seen(competition)) == ["Alice"]


def test_what_a_hand_brings_back_is_there_at_once(competition, graded):
    graded.withdraw()
    assert names(seen(competition)) == []
    Submission.objects.filter(pk=graded.pk).update(withdrawn_at=None)
    assert names(seen(competition)) == ["Alice"]


def test_one_withdrawn_and_another_brought_back_are_two_changes(competition, graded, bob):
    graded_submission(bob, competition, 68).withdraw()
    assert names(seen(competition)) == ["Alice"]
    Submission.objects.filter(participant=bob).update(withdrawn_at=None)
    graded.withdraw()
    assert names(seen(competition)) == ["Bob"]


def test_a_rerun_counts_at_once_and_so_does_the_first_again(competition, graded):
    first = graded.evaluations.get()
    rerun = grade(queue_evaluation(graded), 60)
    assert [place.evaluation for place in seen(competition).places] == [first.pk]
    rerun.apply()
    assert [place.evaluation for place in seen(competition).places] == [rerun.pk]
    first.refresh_from_db()
    first.apply()
    assert [place.evaluation for place in seen(competition).places] == [first.pk]


def test_what_is_applied_again_gets_a_later_moment_also_by_a_clock_set_back(competition, graded):
    first = graded.evaluations.get()
    ahead = timezone.now() + timedelta(hours=1)
    Evaluation.objects.filter(pk=first.pk).update(applied_at=ahead)
    rerun = grade(queue_evaluation(graded), 60)
    Evaluation.objects.filter(pk=rerun.pk).update(applied_at=ahead + timedelta(hours=1))
    first.refresh_from_db()
    first.apply()
    assert first.applied_at > ahead


def test_a_moment_that_has_not_come_counts_once_it_comes(competition, graded):
    soon = timezone.now() + timedelta(hours=1)
    graded.evaluations.update(applied_at=soon)
    assert names(seen(competition)) == []
    assert names(seen(competition, moment=soon)) == ["Alice"]
    assert names(seen(competition)) == []


def test_each_board_and_each_competition_is_remembered_by_itself(graded, alice, bob):
    both = Competition.objects.create(
        slug="both", title="Both", accepts="both", trainings=2, runs=3, frames=300
    )
    graded_submission(bob, both, 61)
    brought = make_trained(alice, both)
    grade(brought.evaluations.get(), 62)
    for _ in range(2):
        assert names(seen(both, Board.CONFIGS)) == ["Bob"]
        assert names(seen(both, Board.WEIGHTS)) == ["Alice"]
        assert names(seen(graded.competition)) == ["Alice"]
