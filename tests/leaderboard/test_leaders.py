"""Who led when: what the board itself says at each of these moments."""

from datetime import UTC, datetime, timedelta
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from leaderboard import current
from leaderboard.charts import Held, best_over_time
from leaderboard.leaders import Score, leads, taken
from leaderboard.models import Board, Evaluation
from leaderboard.ranking import places
from leaderboard.tasks import queue_evaluation
from tests.leaderboard.makers import grade, graded_submission, make_trained, make_user

BEGIN = datetime(2026, 11, 1, tzinfo=UTC)


def names(competition, board=Board.CONFIGS):
    found = leads(competition, board, current.seen(competition, board))
    return [(lead.name, lead.score) for lead in found]


@pytest.mark.django_db
@pytest.mark.both_databases
def test_whoever_is_faster_takes_the_lead_and_whoever_is_not_does_not(competition, alice, bob):
    for user, mph in ((alice, 60), (bob, 58), (bob, 62), (alice, 61), (bob, 63)):
        graded_submission(user, competition, mph)
    assert names(competition) == [("Alice", 60.0), ("Bob", 62.0), ("Bob", 63.0)]
    found = leads(competition, Board.CONFIGS, current.seen(competition))
    for lead in found:
        (first, *_) = places(competition, moment=lead.since)
        assert first.participant == lead.participant
        before = places(competition, moment=lead.since - timedelta(microseconds=1))
        assert not before or before[0].evaluation != first.evaluation


@pytest.mark.django_db
def test_what_was_withdrawn_never_led(competition, alice, bob):
    graded_submission(alice, competition, 60)
    fast = graded_submission(bob, competition, 70)
    assert names(competition)[-1] == ("Bob", 70.0)
    fast.withdraw()
    assert names(competition) == [("Alice", 60.0)]


@pytest.mark.django_db
def test_a_rerun_that_is_applied_can_give_the_lead_back(competition, alice, bob):
    graded_submission(alice, competition, 60)
    fast = graded_submission(bob, competition, 70)
    rerun = grade(queue_evaluation(fast), 50)
    assert names(competition)[-1] == ("Bob", 70.0)
    rerun.apply()
    assert names(competition)[-1] == ("Alice", 60.0)


@pytest.mark.django_db
@pytest.mark.both_databases
def test_a_lead_stays_in_the_past_when_its_score_counts_again(competition, alice, bob):
    fast = graded_submission(alice, competition, 60)
    first = fast.evaluations.get()
    grade(queue_evaluation(fast), 50).apply()
    graded_submission(bob, competition, 55)
    Evaluation.objects.get(pk=first.pk).apply()
    led = [("Alice", 60.0), ("Alice", 50.0), ("Bob", 55.0), ("Alice", 60.0)]
    assert names(competition) == led
    found = leads(competition, Board.CONFIGS, current.seen(competition))
    for lead in found:
        assert places(competition, moment=lead.since)[0].participant == lead.participant


@pytest.mark.django_db
def test_each_board_has_leaders_of_its_own(competition, alice, bob):
    competition.accepts = "both"
    competition.save()
    graded_submission(alice, competition, 60)
    grade(make_trained(bob, competition).evaluations.get(), 70)
    assert names(competition) == [("Alice", 60.0)]
    assert names(competition, Board.WEIGHTS) == [("Bob", 70.0)]


@given(
    st.lists(st.tuples(st.integers(0, 5), st.integers(50, 60)), max_size=30),
)
def test_at_every_moment_the_highest_score_that_counts_leads(graded):
    """Of few submissions that are graded again and again, the newest counting."""
    scores = [
        Score(BEGIN + timedelta(hours=at), float(mph), BEGIN + timedelta(seconds=it), at, it, it)
        for at, (it, mph) in enumerate(graded)
    ]
    found = list(taken(scores))
    counting: dict[int, Score] = {}
    for score in scores:
        counting[score.submission] = score
        best = min(counting.values(), key=lambda it: (-it.score, it.created_at, it.evaluation))
        lead = [it for it in found if it.since <= score.applied_at][-1]
        assert (lead.submission, lead.score) == (best.submission, best.score)
    assert all(a[1:] != b[1:] for a, b in pairwise(found))


def held(*scores, hours=12):
    moments = [BEGIN + timedelta(hours=hours * at) for at in range(len(scores) + 1)]
    return [
        Held(since, score, f"Driver {at}", at, until)
        for at, (score, since, until) in enumerate(zip(scores, moments, moments[1:], strict=False))
    ]


def test_the_line_goes_up_in_steps_from_edge_to_edge():
    drawn = best_over_time(held(60, 62, 64), marks=[51.8, 61])
    corners = [tuple(map(float, it.split(","))) for it in drawn.points.split()]
    assert [x for x, _ in corners] == pytest.approx([0, 333.3, 333.3, 666.7, 666.7, 1000])
    heights = [y for _, y in corners]
    assert heights == sorted(heights, reverse=True)
    assert drawn.dashes == ["75.00%"]  # the slow driver is below the plot
    assert [row.score for row in drawn.rows] == [64, 62, 60]
    assert "From 60.00 mph to 64.00 mph in 3 steps by 3 participants" in drawn.says


@pytest.mark.parametrize("hours", [0.1, 1, 5, 24, 100, 1000, 9000])
def test_its_axis_has_some_moments_and_not_too_many(hours):
    drawn = best_over_time(held(60, 61, 62, hours=hours))
    assert len(drawn.across) <= 6
    assert all(tick.label for tick in drawn.across)


def test_one_score_is_no_line():
    assert best_over_time([]) is None
    assert best_over_time(held(60)) is None


@pytest.mark.django_db
def test_the_board_draws_it_with_its_numbers_and_the_boards_of_then(client, competition):
    assert "Best score over time" not in client.get("/c/spring/").text
    for at, name in enumerate(("Alice", "Bob", "Dora")):
        graded_submission(make_user(name), competition, 60 + at)
    page = client.get("/c/spring/")
    assert 'id="over-time"' in page.text
    assert "From 60.00 mph to 62.00 mph in 3 steps by 3 participants; Dora holds" in page.text
    moments = [it.since for it in leads(competition, Board.CONFIGS, current.seen(competition))]
    for at, moment in enumerate(moments):
        written = moment.isoformat().replace("+00:00", "Z")
        assert f"?at={written}" in page.text
        then = client.get(f"/c/spring/?at={written}").text
        assert then.count("data-participant") == at + 1
    assert 'id="over-time"' not in client.get("/c/spring/?page=2&q=x").text
