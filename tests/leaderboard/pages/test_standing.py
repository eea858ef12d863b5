"""What pages and the CSV say of how sure a rank is: read from the newest Standing."""

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from leaderboard import leases, standings
from leaderboard.export import COLUMNS, rows
from leaderboard.models import Baseline, Standing, StandingRow
from leaderboard.ranking import places
from leaderboard.remembered import Remembered
from leaderboard.tasks import queue_evaluation
from leaderboard.templatetags.overtake import chance
from tests.leaderboard.makers import claim, grade, graded_submission, make_submission, make_user
from tests.leaderboard.pages.reading import Page, text_of

pytestmark = pytest.mark.django_db


def board(client, query=""):
    return Page(client.get(f"/c/spring/{query}"))


def polled(page):
    """What htmx asks again and again."""
    (facts,) = [it for it in page.having("hx-get") if it.tag == "ul"]
    return facts.attributes["hx-get"]


def ends_of_groups(page):
    return [
        it.attributes["data-participant"]
        for it in page.having("data-participant")
        if "ends-group" in it.attributes["class"]
    ]


def wavering_submission(user, competition, *speeds):
    """One whose trainings, of three runs each, went differently well."""
    submission = make_submission(user, competition)
    (evaluation,) = submission.evaluations.all()
    for lease, mph in zip(claim(evaluation), speeds, strict=True):
        result = {"engine": "compiled", "seconds": 1.0, "runs": [mph] * 3, "curve": []}
        assert leases.succeed(lease, result)
    return submission


@pytest.fixture
def three(competition, alice, bob):
    """Alice and Bob, whose trainings differ more than their scores, and Dora, who is far behind."""
    made = [
        wavering_submission(alice, competition, 60.0, 70.0),
        wavering_submission(bob, competition, 61.0, 68.0),
        graded_submission(make_user("Dora"), competition, 40),
    ]
    standings.refresh(competition.pk)
    return made


def test_without_a_standing_ranks_stand_alone(client, graded):
    page = board(client)
    assert page.values("data-rank") == ["1"]
    assert page.values("data-rank-interval") == page.values("data-standing") == []
    assert "chance" not in text_of(client.get("/c/spring/"))


def test_a_rank_shows_its_interval_and_its_chance_to_be_first(client, three):
    page, text = board(client), text_of(client.get("/c/spring/"))
    assert page.values("data-rank") == ["1", "2", "3"]
    assert page.values("data-rank-interval") == ["1 2", "1 2", "3 3"]
    assert page.values("data-standing") == ["current"]
    assert text.count("1\N{EN DASH}2</small>") == 2
    assert "3</small>" in text
    chances = [it.text for it in page.elements if it.attributes.get("class") == "first"][1:]
    mine, bobs, doras = StandingRow.objects.order_by("rank").values_list("first", flat=True)
    assert chances == [chance(mine), chance(bobs), ""]
    assert mine + bobs == pytest.approx(1)
    assert doras == 0


def test_a_group_that_cannot_be_told_apart_ends_with_a_line(client, three):
    page = board(client)
    assert page.values("data-group") == ["1", "1", "2"]
    assert ends_of_groups(page) == ["Bob"]


def test_baselines_have_no_place_in_it(client, competition, three):
    baseline = Baseline.objects.create(competition=competition, name="Still", driver="no-action")
    grade(queue_evaluation(baseline), 51.8)
    page = board(client)
    assert page.values("data-standing") == ["current"]
    assert ends_of_groups(page) == ["Bob"]


def test_scores_that_are_newer_are_said_to_be_and_have_no_interval(client, competition, three):
    graded_submission(make_user("Emil"), competition, 50)
    page = board(client)
    assert page.values("data-standing") == ["older"]
    assert page.values("data-rank") == ["1", "2", "3", "4"]
    assert page.values("data-rank-interval") == ["1 2", "1 2", "3 3"]
    assert ends_of_groups(page) == []
    standings.refresh(competition.pk)
    assert board(client).values("data-standing") == ["current"]


def test_a_claim_that_is_not_computed_yet_is_not_shown(client, competition, graded):
    Standing.objects.create(competition=competition, board_hash="", seed="", grader_version="")
    assert board(client).values("data-standing") == []


def test_the_line_below_the_last_row_of_a_page_knows_the_next_page(client, competition):
    for number in range(51):
        graded_submission(make_user(f"Driver {number}x"), competition, 70 - number / 2)
    standings.refresh(competition.pk)
    first, second = board(client), board(client, "?page=2")
    assert ends_of_groups(first)[-1] == "Driver 49x"
    assert ends_of_groups(second) == []
    assert first.values("data-rank-interval")[49] == "50 50"
    assert "chance" not in text_of(client.get("/c/spring/?page=2"))


def test_a_new_standing_is_news_to_htmx(client, competition, graded):
    ask = {"path": polled(board(client)), "headers": {"HX-Request": "true"}}
    assert client.get(**ask).status_code == 204
    standings.refresh(competition.pk)
    assert Page(client.get(**ask)).values("data-rank-interval") == ["1 1"]


def test_it_asks_as_little_of_the_database_for_many_rows_as_for_few(client, competition, three):
    def queries():
        Remembered.forget_all()
        with CaptureQueriesContext(connection) as captured:
            assert client.get("/c/spring/").status_code == 200
        return len(captured)

    few = queries()
    for number in range(20):
        graded_submission(make_user(f"Driver {number}x"), competition, 50 + number)
    standings.refresh(competition.pk)
    assert queries() == few <= 18


def test_a_submission_says_how_sure_its_rank_is(client, three):
    for submission, words in zip(three, ["1 to 2", "1 to 2", "3 to 3"], strict=True):
        assert f"<small>{words}</small>" in text_of(client.get(submission.get_absolute_url()))


def test_the_csv_has_it_for_whom_it_is_known(competition, three):
    graded_submission(make_user("Emil"), competition, 50)
    alice, _, emil, dora = (dict(zip(COLUMNS, row, strict=True)) for row in rows(competition))
    known = ("rank_low", "rank_high", "chance_to_be_first", "tie_group")
    row = StandingRow.objects.get(evaluation=places(competition)[0].evaluation)
    assert [alice[name] for name in known] == [1, 2, row.first, 1]
    assert [emil[name] for name in known] == [None] * 4
    assert [dora[name] for name in known] == [3, 3, 0.0, 2]


@pytest.mark.parametrize(
    ("share", "words"),
    [
        (None, ""),
        (0.0, ""),
        (0.001, "< 1 %"),
        (0.0149, "1 %"),
        (0.5, "50 %"),
        (0.999, "> 99 %"),
        (1.0, "100 %"),
    ],
)
def test_chances_are_said_in_whole_per_cent_and_never_rounded_to_certainty(share, words):
    assert chance(share) == words
