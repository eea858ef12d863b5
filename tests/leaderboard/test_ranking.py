"""The board: who stands where, and which of many gradings counts."""

from datetime import timedelta

import pytest
from django.utils import timezone

from leaderboard import line
from leaderboard.models import Baseline, Evaluation, User
from leaderboard.ranking import baselines, entries, places
from leaderboard.reruns import rerun
from leaderboard.tasks import queue_evaluation
from tests.leaderboard.makers import (
    grade,
    graded_submission,
    make_competition,
    make_submission,
    make_user,
)

pytestmark = [pytest.mark.django_db, pytest.mark.both_databases]


@pytest.fixture
def competition():
    return make_competition()


@pytest.fixture
def alice() -> User:
    return make_user("Alice")


@pytest.fixture
def bob() -> User:
    return make_user("Bob")


def board(competition, **moment):
    chosen = places(competition, **moment)
    return [(entry.rank, entry.name, entry.score) for entry in entries(competition, chosen)]


def test_the_faster_one_is_first(competition, alice, bob):
    graded_submission(alice, competition, 60)
    graded_submission(bob, competition, 65)
    assert board(competition) == [(1, "Bob", 65.0), (2, "Alice", 60.0)]


def test_equal_scores_share_a_rank_and_the_earlier_stands_first(competition, alice, bob):
    graded_submission(bob, competition, 65)
    graded_submission(alice, competition, 65)
    graded_submission(make_user("Charlie"), competition, 60)
    assert board(competition) == [(1, "Bob", 65.0), (1, "Alice", 65.0), (3, "Charlie", 60.0)]


def test_a_participant_counts_by_the_best_submission(competition, alice):
    graded_submission(alice, competition, 64)
    graded_submission(alice, competition, 66)
    graded_submission(alice, competition, 65)
    (entry,) = entries(competition, places(competition))
    assert (entry.rank, entry.score, entry.tries) == (1, 66.0, 3)


def test_what_is_withdrawn_stands_on_no_board(competition, alice):
    graded_submission(alice, competition, 66).withdraw()
    graded_submission(alice, competition, 64)
    assert board(competition) == [(1, "Alice", 64.0)]


def test_what_is_unfinished_failed_or_cancelled_stands_on_no_board(competition, alice, bob):
    make_submission(alice, competition)
    make_submission(bob, competition).evaluations.get().cancel()
    assert board(competition) == []


def test_another_competition_has_a_board_of_its_own(competition, alice):
    graded_submission(alice, make_competition(slug="autumn"), 66)
    assert board(competition) == []


def test_a_rerun_counts_only_once_it_is_applied(competition, alice):
    submission = graded_submission(alice, competition, 66)
    (again,) = rerun(submission.evaluations.all(), reason="a new grader", by=alice)
    grade(again, 61)
    assert board(competition) == [(1, "Alice", 66.0)]
    again.apply()
    assert board(competition) == [(1, "Alice", 61.0)]
    assert submission.evaluations.count() == 2


def test_applying_what_has_no_score_is_refused(competition, alice):
    evaluation = make_submission(alice, competition).evaluations.get()
    with pytest.raises(ValueError, match="no score to apply: it is queued"):
        evaluation.apply()


def test_applying_what_was_graded_by_an_older_protocol_is_refused(competition, alice):
    submission = graded_submission(alice, competition, 66)
    (again,) = rerun(submission.evaluations.all(), reason="a try", by=alice)
    grade(again, 61)
    competition.frames = 600
    competition.save()
    with pytest.raises(ValueError, match="Run it again first"):
        Evaluation.objects.get(pk=again.pk).apply()


def test_what_was_graded_by_a_protocol_that_has_changed_meanwhile_does_not_count_by_itself(
    competition, alice
):
    evaluation = make_submission(alice, competition).evaluations.get()
    competition.frames = 600
    competition.save()
    grade(evaluation, 66)
    assert evaluation.score == 66.0
    assert board(competition) == []


def test_applying_what_counts_already_is_refused_and_the_past_stays(competition, alice):
    evaluation = graded_submission(alice, competition, 66).evaluations.get()
    applied = evaluation.applied_at
    with pytest.raises(ValueError, match="counts already"):
        evaluation.apply()
    evaluation.refresh_from_db()
    assert evaluation.applied_at == applied


def test_the_board_can_be_read_as_of_any_instant(competition, alice, bob):
    graded_submission(alice, competition, 60)
    before_bob = timezone.now()
    graded_submission(bob, competition, 65)
    assert board(competition, moment=before_bob) == [(1, "Alice", 60.0)]
    assert board(competition, moment=before_bob - timedelta(days=1)) == []


def test_a_score_that_counts_again_still_counted_before(competition, alice):
    submission = graded_submission(alice, competition, 60)
    first = submission.evaluations.get()
    moments = [timezone.now()]
    second = grade(queue_evaluation(submission), 65)
    for it in (second, first, second):
        Evaluation.objects.get(pk=it.pk).apply()
        moments.append(timezone.now())
    scores = [60.0, 65.0, 60.0, 65.0]
    assert [board(competition, moment=it) for it in moments] == [
        [(1, "Alice", it)] for it in scores
    ]
    assert board(competition) == [(1, "Alice", 65.0)]
    assert board(competition, moment=moments[0] - timedelta(days=1)) == []


def test_so_did_a_baselines(competition):
    baseline = Baseline.objects.create(competition=competition, name="Idle", driver="no-action")
    first = grade(queue_evaluation(baseline), 50)
    moments = [timezone.now()]
    second = grade(queue_evaluation(baseline), 52)
    for it in (second, first):
        Evaluation.objects.get(pk=it.pk).apply()
        moments.append(timezone.now())
    found = [baselines(competition, moment=it) for it in moments]
    assert [[it.score for it in then] for then in found] == [[50.0], [52.0], [50.0]]
    assert [it.score for it in baselines(competition)] == [50.0]
    assert baselines(competition, moment=moments[0] - timedelta(days=1)) == []


def test_a_rerun_of_several_makes_one_new_evaluation_for_each_submission(competition, alice, bob):
    first = graded_submission(alice, competition, 60)
    second = graded_submission(bob, competition, 61)
    made = rerun(Evaluation.objects.all(), reason="all again", by=alice)
    assert {evaluation.submission for evaluation in made} == {first, second}
    assert {evaluation.queue for evaluation in made} == {Evaluation.Queue.BULK}
    assert {evaluation.reason for evaluation in made} == {"all again"}


def test_new_submissions_stand_before_reruns_in_the_line(competition, alice, bob):
    submission = graded_submission(alice, competition, 60)
    (again,) = rerun(submission.evaluations.all(), reason="again", by=alice)
    new = make_submission(bob, competition).evaluations.get()
    assert line.first() == new.pk
    assert [line.spot(it).place for it in (new, again)] == [1, 2]


def test_an_identical_submission_gets_the_same_seeds_and_so_the_same_score(competition, alice, bob):
    first = make_submission(alice, competition)
    evaluation = first.evaluations.get()
    (again,) = rerun([evaluation], reason="again", by=bob)
    seeds = [list(it.trainings.values_list("seed", flat=True)) for it in (evaluation, again)]
    assert seeds[0] == seeds[1]
    assert len(set(seeds[0])) == 2


def test_a_baseline_has_a_score_and_no_rank(competition, alice):
    baseline = Baseline.objects.create(competition=competition, name="Still", driver="no-action")
    grade(queue_evaluation(baseline), 51.8)
    assert [evaluation.baseline.name for evaluation in baselines(competition)] == ["Still"]
    assert board(competition) == []


def test_the_board_takes_two_queries_beside_the_ranking_however_long_it_is(
    competition, alice, bob, django_assert_num_queries
):
    graded_submission(alice, competition, 60)
    with django_assert_num_queries(3):
        board(competition)
    for number in range(10):
        graded_submission(make_user(f"Driver {number}x"), competition, 50 + number)
    with django_assert_num_queries(3):
        board(competition)
