"""The board: order, ties, baselines, pages, and how much it asks of the database."""

import math
from datetime import timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from leaderboard import facts, tasks
from leaderboard.models import Baseline, Competition, Evaluation, Submission, User
from leaderboard.remembered import Remembered
from tests.leaderboard.makers import (
    grade,
    graded_submission,
    make_competition,
    make_submission,
    make_user,
)
from tests.leaderboard.pages.reading import Page, text_of

pytestmark = pytest.mark.django_db


def board(client, query=""):
    return Page(client.get(f"/c/spring/{query}"))


def polled(page):
    """What htmx asks again and again."""
    (asking,) = [it for it in page.having("hx-get") if it.tag == "ul"]
    return asking.attributes["hx-get"]


def make_crowd(competition, count, *, first=0):
    """Many participants at once, already graded: only to see how the page grows."""
    numbers = range(first, first + count)
    users = User.objects.bulk_create(
        User(username=f"u{n}", display_name=f"Driver {n}", display_skeleton=f"driver{n}")
        for n in numbers
    )
    submissions = Submission.objects.bulk_create(
        Submission(
            competition=competition, participant=user, source="{}", config={}, config_hash="0" * 64
        )
        for user in users
    )
    now = timezone.now()
    Evaluation.objects.bulk_create(
        Evaluation(
            competition=competition,
            submission=submission,
            protocol_fields=competition.protocol.to_dict(),
            bootstrap_seed="0" * 16,
            grader_version="0",
            status="succeeded",
            score=70 - number / 100,
            interval_low=69 - number / 100,
            interval_high=71 - number / 100,
            finished_at=now,
            applied_at=now,
        )
        for number, submission in zip(numbers, submissions, strict=True)
    )


def test_the_fastest_stand_first_and_equal_scores_share_the_rank(client, competition):
    for name, mph in (("Alice", 66), ("Bob", 70), ("Dora", 66), ("Emil", 60)):
        graded_submission(make_user(name), competition, mph)
    page = board(client)
    assert page.values("data-participant") == ["Bob", "Alice", "Dora", "Emil"]
    assert page.values("data-rank") == ["1", "2", "2", "4"]
    assert page.values("data-score") == ["70.0", "66.0", "66.0", "60.0"]


def test_baselines_stand_at_their_height_without_a_rank(client, competition, alice, bob):
    graded_submission(alice, competition, 70)
    graded_submission(bob, competition, 60)
    for name, mph in (("Gap seeker", 69), ("No action", 51)):
        baseline = Baseline.objects.create(competition=competition, name=name, driver=name)
        grade(tasks.queue_evaluation(baseline), mph)
    page = board(client)
    assert [float(score) for score in page.values("data-score")] == [70, 69, 60, 51]
    assert len(page.values("data-rank")) == 2
    dashes = [it for it in page.elements if it.attributes.get("class") == "dash"]
    assert len(dashes) == 2
    assert page.values("href").count("#marks") == 4  # both go through all rows


def test_a_baseline_alone_is_shown_and_the_first_place_is_free(client, competition):
    baseline = Baseline.objects.create(competition=competition, name="No action", driver="none")
    grade(tasks.queue_evaluation(baseline), 51)
    response = client.get("/c/spring/")
    assert "No action" in text_of(response)
    assert "The first place is free" in text_of(response)


def test_withdrawn_and_unfinished_submissions_are_not_shown(client, competition, alice, graded):
    graded.withdraw()
    assert board(client).values("data-participant") == []


def test_the_own_row_is_marked_and_found_from_other_pages(client, as_alice, alice, competition):
    make_crowd(competition, 60)
    graded_submission(alice, competition, 20)
    assert "you are <b>61st</b>" in text_of(as_alice.get("/c/spring/"))
    assert "?page=2" in board(as_alice).values("href")
    rows = board(as_alice, "?page=2").having("data-participant")
    (mine,) = [row for row in rows if row.attributes.get("class") == "mine"]
    assert mine.attributes["data-participant"] == "Alice"
    assert "you are" not in text_of(client.get("/c/spring/"))


def test_every_page_has_fifty_rows_and_a_baseline_once(client, competition):
    make_crowd(competition, 120)
    baseline = Baseline.objects.create(competition=competition, name="Gap seeker", driver="gap")
    grade(tasks.queue_evaluation(baseline), 69.5)  # level with the participant at index 50
    pages = [board(client, f"?page={number}") for number in (1, 2, 3)]
    assert [len(page.having("data-participant")) for page in pages] == [50, 50, 20]
    assert [len(page.having("data-baseline")) for page in pages] == [0, 1, 0]
    assert pages[1].values("data-rank")[0] == "51"


@pytest.mark.parametrize("number", ["0", "-1", "99", "x", "1e9", "\x00", "9" * 400])
def test_a_page_that_is_none_shows_the_nearest(client, competition, number):
    make_crowd(competition, 60)
    assert client.get("/c/spring/", {"page": number}).status_code == 200


def test_it_asks_as_little_of_the_database_for_500_rows_as_for_10(as_alice, competition):
    def queries():
        Remembered.forget_all()
        with CaptureQueriesContext(connection) as captured:
            assert as_alice.get("/c/spring/").status_code == 200
        return len(captured)

    make_crowd(competition, 10)
    few = queries()
    make_crowd(competition, 490, first=10)
    assert queries() == few
    assert few <= 18  # of a process that has not seen it before


def test_a_board_that_was_seen_before_is_hardly_asked_for(
    client, as_alice, competition, graded, monkeypatch
):
    monkeypatch.setattr(facts._remembered, "seconds", math.inf)
    polling = polled(board(client))
    board(as_alice)
    for reader, queries in ((client, 3), (as_alice, 5)):  # the session and the user are two
        with CaptureQueriesContext(connection) as captured:
            assert reader.get("/c/spring/").status_code == 200
        assert len(captured) == queries
        with CaptureQueriesContext(connection) as captured:
            assert reader.get(polling, headers={"HX-Request": "true"}).status_code == 204
        assert len(captured) == queries - 1


def test_a_score_on_another_page_leaves_the_rows_of_this_one_as_they_are(
    client, competition, alice, bob
):
    make_crowd(competition, 60)
    slow, fast = (make_submission(who, competition).evaluations.get() for who in (alice, bob))

    def names_asked_for():
        with CaptureQueriesContext(connection) as captured:
            page = board(client)
        return page, sum("display_name" in query["sql"] for query in captured)

    before, asked = names_asked_for()
    assert asked
    grade(slow, 20)
    after, asked = names_asked_for()
    assert not asked
    assert after.values("data-participant") == before.values("data-participant")
    grade(fast, 75)
    after, asked = names_asked_for()
    assert asked
    assert after.values("data-participant")[:2] == ["Bob", "Driver 0"]


def test_htmx_is_told_when_nothing_changed(client, competition, alice, graded):
    url = polled(board(client))
    assert client.get(url, headers={"HX-Request": "true"}).status_code == 204
    graded_submission(alice, competition, 71)
    partial = client.get(url, headers={"HX-Request": "true"})
    assert partial.status_code == 200
    assert "<html" not in partial.content.decode()
    assert Page(partial).values("data-score") == ["71.0"]


def test_htmx_gets_the_counts_alone_where_no_row_has_changed(
    client, competition, alice, bob, graded, monkeypatch
):
    monkeypatch.setattr(facts._remembered, "seconds", 0)
    make_crowd(competition, 60, first=1000)  # from 60 mph down: the second page begins here
    asked = {"path": polled(board(client)), "headers": {"HX-Request": "true"}}
    graded_submission(bob, competition, 20)
    answer = client.get(**asked)
    assert answer["HX-Retarget"] == "#facts"
    assert len(answer.content) < 1000
    assert "<b>62</b> participants" in text_of(answer)
    asked["path"] = polled(Page(answer))
    assert client.get(**asked).status_code == 204
    graded_submission(bob, competition, 68)
    answer = client.get(**asked)
    assert "HX-Retarget" not in answer
    assert Page(answer).values("data-participant")[:2] == ["Bob", "Alice"]


def test_home_leads_to_the_newest_open_competition(client, competition):
    now = timezone.now()
    make_competition(slug="next", opens_at=now + timedelta(days=1))
    make_competition(
        slug="past", opens_at=now - timedelta(days=9), closes_at=now - timedelta(days=1)
    )
    assert client.get("/").url == "/c/spring/"
    Competition.objects.filter(slug="spring").delete()
    assert client.get("/").url == "/c/next/"


def test_home_without_a_competition_says_so(client, db):
    assert "No competition yet" in text_of(client.get("/"))


def test_boards_that_are_not_open_say_when(client, db):
    now = timezone.now()
    make_competition(slug="next", opens_at=now + timedelta(days=1))
    make_competition(
        slug="past", opens_at=now - timedelta(days=9), closes_at=now - timedelta(days=1)
    )
    assert "Submissions open" in text_of(client.get("/c/next/"))
    assert "Nobody was graded" in text_of(client.get("/c/past/"))


def test_tries_count_every_submission(client, competition, alice):
    graded_submission(alice, competition, 60)
    graded_submission(alice, competition, 50)
    (tries,) = [
        it
        for it in board(client).elements
        if it.attributes.get("class") == "tries" and it.tag == "td"
    ]
    assert tries.text.strip() == "2"
