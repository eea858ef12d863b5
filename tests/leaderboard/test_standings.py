"""Standings: computed once for many changes, after every kind of change, by whoever is there."""

from datetime import timedelta

import pytest
from django.db import IntegrityError, connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from grader.joint_bootstrap import Entrant, in_hundredths
from grader.seeds import standing_seed
from grader.standing import standing as compute
from leaderboard import standings, tasks, worker
from leaderboard.celery import app
from leaderboard.models import Baseline, Board, Competition, Run, Standing
from leaderboard.ranking import places
from leaderboard.reruns import rerun
from leaderboard.standings import StoppedError
from tests.leaderboard.makers import (
    grade,
    graded_submission,
    make_competition,
    make_submission,
    make_user,
)

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.both_databases]


@pytest.fixture(autouse=True)
def empty_broker():
    with app.connection_for_write() as connection:
        connection.default_channel.client.flushdb()


@pytest.fixture
def competition() -> Competition:
    return make_competition()


@pytest.fixture
def two(competition):
    """Submissions of Alice and Bob: 60 and 65 mph."""
    return [
        graded_submission(make_user(name), competition, mph)
        for name, mph in (("Alice", 60), ("Bob", 65))
    ]


def refresh(competition) -> Standing | None:
    return standings.refresh(competition.pk)


def later(**ago) -> None:
    """As if the newest Standings had been computed some time ago."""
    for standing in Standing.objects.all():
        standing.started_at -= timedelta(**ago)
        standing.computed_at -= timedelta(**ago)
        standing.save()


def test_it_holds_what_the_grader_computes_of_the_runs(competition, two):
    made = refresh(competition)
    entrants = []
    for place in places(competition):
        runs = Run.objects.filter(training__evaluation=place.evaluation)
        table = [
            list(runs.filter(training__index=index).values_list("average_mph", flat=True))
            for index in range(competition.trainings)
        ]
        (evaluation,) = competition.evaluations.filter(pk=place.evaluation)
        entrants.append(Entrant(int(evaluation.bootstrap_seed, 16), in_hundredths(table)))
    expected = compute(entrants, seed=standing_seed(competition.key))
    rows = list(made.rows.order_by("rank"))
    assert [row.evaluation.submission for row in rows] == two[::-1]
    for name, column in expected._asdict().items():
        assert [getattr(row, name) for row in rows] == column.tolist()
    assert [str(row) for row in rows] == ["1 (1 to 1)", "2 (2 to 2)"]


def test_a_board_with_scores_and_no_standing_is_due(competition):
    assert standings.due() == []
    make_submission(make_user("Alice"), competition)
    assert standings.due() == []
    graded_submission(make_user("Bob"), competition, 60)
    assert standings.due() == [(competition, Board.CONFIGS)]


def test_baselines_alone_need_no_standing(competition):
    baseline = Baseline.objects.create(competition=competition, name="Still", driver="no-action")
    grade(tasks.queue_evaluation(baseline), 51.8)
    assert standings.due() == []


def test_a_new_score_is_ranked_after_a_while_and_only_once(competition, two):
    refresh(competition)
    graded_submission(make_user("Charlie"), competition, 62)
    assert standings.due() == []  # more may be coming
    later(minutes=1)
    assert standings.due() == [(competition, Board.CONFIGS)]
    assert refresh(competition).rows.count() == 3
    later(minutes=1)
    assert standings.due() == []
    assert refresh(competition) is None


def test_a_board_that_takes_long_is_ranked_at_most_a_tenth_of_the_time(competition, two):
    made = refresh(competition)
    made.started_at = made.computed_at - timedelta(seconds=20)
    assert made.may_be_renewed_at == made.computed_at + timedelta(seconds=180)


def test_a_withdrawal_changes_the_board(competition, two):
    refresh(competition)
    later(minutes=1)
    two[1].withdraw()
    assert standings.due() == [(competition, Board.CONFIGS)]
    (row,) = refresh(competition).rows.all()
    assert (row.evaluation.submission, row.rank, row.first) == (two[0], 1, 1.0)


def test_a_withdrawal_of_the_last_leaves_an_empty_standing(competition, two):
    refresh(competition)
    later(minutes=1)
    for submission in two:
        submission.withdraw()
    assert refresh(competition).rows.count() == 0
    later(minutes=1)
    assert standings.due() == []


def test_a_rerun_changes_the_board_when_it_is_applied(competition, two):
    refresh(competition)
    later(minutes=1)
    (again,) = rerun(two[0].evaluations.all(), reason="a new grader", by=two[0].participant)
    grade(again, 70)
    assert standings.due() == []
    again.apply()
    assert standings.due() == [(competition, Board.CONFIGS)]
    assert refresh(competition).rows.get(rank=1).evaluation == again


def test_a_score_that_shows_up_late_is_not_missed(competition, two):
    # its transaction took long: it bears a moment from before the Standing
    refresh(competition)
    evaluation = graded_submission(make_user("Charlie"), competition, 62).evaluations.get()
    evaluation.applied_at -= timedelta(minutes=5)
    evaluation.save()
    later(minutes=1)
    assert standings.due() == [(competition, Board.CONFIGS)]


def test_a_worse_try_changes_nothing(competition, two):
    refresh(competition)
    later(minutes=1)
    graded_submission(two[1].participant, competition, 40)
    assert standings.due() == []


def test_while_one_is_computed_no_other_is(competition, two):
    claimed = []

    def look_around():
        claimed.append((standings.due(), standings.refresh(competition.pk)))

    assert standings.refresh(competition.pk, pause=look_around) is not None
    assert claimed
    assert all(found == ([], None) for found in claimed)
    assert Standing.objects.count() == 1


def test_the_database_holds_one_claim_a_board(competition):
    claim = {"competition": competition, "board_hash": "", "seed": "", "grader_version": ""}
    Standing.objects.create(**claim)
    with pytest.raises(IntegrityError):
        Standing.objects.create(**claim)


def test_a_worker_that_is_told_to_stop_leaves_it_to_others(competition, two):
    def stop():
        raise StoppedError

    with pytest.raises(StoppedError):
        standings.refresh(competition.pk, pause=stop)
    assert standings.due() == [(competition, Board.CONFIGS)]
    assert refresh(competition) is not None


def test_what_a_dead_worker_claimed_is_due_again_and_its_late_result_dropped(competition, two):
    def die_and_rise_again():
        if Standing.objects.filter(computed_at=None).update(
            started_at=timezone.now() - 2 * standings.ABANDONED
        ):
            assert standings.due() == [(competition, Board.CONFIGS)]
            assert standings.refresh(competition.pk) is not None

    assert standings.refresh(competition.pk, pause=die_and_rise_again) is None
    (kept,) = Standing.objects.all()
    assert kept.computed_at
    assert kept.rows.count() == 2


def test_a_fault_is_not_tried_again_before_a_while(competition, two):
    Run.objects.filter(training__evaluation__submission=two[0]).delete()
    with pytest.raises(KeyError):
        refresh(competition)
    assert standings.due() == []
    Standing.objects.update(started_at=timezone.now() - 2 * standings.ABANDONED)
    assert standings.due() == [(competition, Board.CONFIGS)]


def test_the_last_few_are_kept(competition, two):
    for mph in range(50, 56):
        graded_submission(make_user(f"Driver {mph}x"), competition, mph)
        refresh(competition)
    kept = competition.standings.all()
    assert [standing.rows.count() for standing in kept] == [8, 7, 6]


def test_every_board_has_its_own(competition, two):
    autumn = make_competition(slug="autumn")
    graded_submission(two[0].participant, autumn, 66)
    assert {found for found, _ in standings.due()} == {competition, autumn}
    refresh(autumn)
    assert standings.due() == [(competition, Board.CONFIGS)]


def test_one_message_is_sent_for_a_board_until_a_worker_has_taken_it(competition, two):
    assert tasks.send_due_standings() == 1
    assert tasks.send_due_standings() == 0
    assert tasks.messages_in(tasks.STANDINGS) == 1
    with app.connection_for_write() as connection:
        connection.default_channel.client.flushdb()
    assert tasks.send_due_standings() == 1  # it was lost


def test_the_task_computes_it_and_a_second_message_does_nothing(competition, two):
    for _ in range(2):
        tasks.refresh_standing(competition.pk)
    assert Standing.objects.get().computed_at


def test_a_stopping_worker_computes_none(competition, two):
    worker._stopping.set()
    try:
        tasks.refresh_standing(competition.pk)
    finally:
        worker._stopping.clear()
    assert not Standing.objects.exists()


def test_it_takes_as_many_queries_for_twelve_as_for_three(competition, two):
    def queries():
        with CaptureQueriesContext(connection) as captured:
            assert refresh(competition).rows.exists()
        return len(captured)

    refresh(competition)
    graded_submission(make_user("Charlie"), competition, 70)
    few = queries()
    for number in range(9):
        graded_submission(make_user(f"Driver {number}x"), competition, 50 + number)
    assert queries() == few
