"""Finding somebody on the board, the own place on it, and the board of an earlier moment."""

from datetime import timedelta

import pytest
from django.utils import timezone

from leaderboard import standings
from leaderboard.models import Baseline, Submission
from leaderboard.tasks import queue_evaluation
from tests.leaderboard.conftest import client_of
from tests.leaderboard.makers import grade, graded_submission, make_user
from tests.leaderboard.pages.reading import Page, text_of
from tests.leaderboard.pages.test_board import board, make_crowd, polled

pytestmark = pytest.mark.django_db


def names(page):
    return page.values("data-participant")


@pytest.fixture
def crowd(competition):
    """In this order, from 70 mph down."""
    found = ["nightbus", "José María", "Night Owl", "Ωmega", "100 % luck"]
    for at, name in enumerate(found):
        user = make_user(f"{name} {at}")
        user.display_name = name
        user.save()
        graded_submission(user, competition, 70 - at)
    return found


@pytest.mark.both_databases
@pytest.mark.parametrize(
    ("written", "found"),
    [
        ("night", ["nightbus", "Night Owl"]),
        ("NIGHT", ["nightbus", "Night Owl"]),
        ("  night   owl ", ["Night Owl"]),
        ("jose", ["José María"]),
        ("ωmega", ["Ωmega"]),
        ("%", ["100 % luck"]),
        ("_", []),
        ("nobody", []),
        ("night\x00bus", ["nightbus"]),
        ("'; --", []),
        ("x" * 5000, []),
    ],
)
def test_a_name_is_found_as_people_type_it(client, crowd, written, found):
    response = client.get("/c/spring/", {"q": written})
    assert response.status_code == 200
    page = Page(response)
    assert names(page) == found
    ranks = {name: str(at) for at, name in enumerate(crowd, start=1)}
    assert page.values("data-rank") == [ranks[name] for name in found]
    if not found:
        assert "Nobody on this board matches" in text_of(response)


@pytest.mark.parametrize("written", ["%ED%A0%80", "%FF", "%", "a&q=b", "[]", "%00"])
def test_what_is_no_text_finds_nobody(client, crowd, written):
    assert client.get(f"/c/spring/?q={written}&at=&page={written}").status_code == 200


def test_nothing_searched_for_is_everybody(client, crowd):
    assert names(board(client, "?q=++&at=&page=")) == crowd


def test_what_is_found_comes_in_pages_too(client, competition):
    make_crowd(competition, 70)
    graded_submission(make_user("Alice"), competition, 71)
    page = board(client, "?q=driver")
    assert len(names(page)) == 50
    assert "?q=driver&page=2" in page.values("href")
    assert len(names(board(client, "?q=driver&page=2"))) == 20
    assert "<b>70</b> of 71 match" in client.get("/c/spring/?q=driver").text


def test_htmx_gets_what_was_found_and_asks_for_it_again(client, crowd):
    part = client.get("/c/spring/?q=owl&at=", headers={"HX-Request": "true"})
    assert "<html" not in part.text
    again = client.get(polled(Page(part)), headers={"HX-Request": "true"})
    assert again.status_code == 204


def test_a_baseline_is_nobody_to_be_found_but_its_mark_stays(client, competition, crowd):
    baseline = Baseline.objects.create(competition=competition, name="Gap seeker", driver="gap")
    grade(queue_evaluation(baseline), 69.99)
    page = board(client, "?q=nightbus")
    assert page.values("data-baseline") == []
    assert page.values("class").count("dash") == 1


def test_marks_go_across_pages_that_their_baseline_does_not_stand_on(client, competition):
    make_crowd(competition, 120)  # each within a mile an hour of its interval's ends
    baseline = Baseline.objects.create(competition=competition, name="Gap seeker", driver="gap")
    grade(queue_evaluation(baseline), 69.3)
    slow = Baseline.objects.create(competition=competition, name="No action", driver="none")
    grade(queue_evaluation(slow), 30)
    pages = [board(client, f"?page={number}") for number in (1, 2, 3)]
    assert [page.values("data-baseline") for page in pages] == [[], ["gap"], ["none"]]
    assert [page.values("class").count("dash") for page in pages] == [1, 1, 2]


@pytest.fixture
def far_behind(competition, alice):
    """Alice, 61st of 61."""
    make_crowd(competition, 60)
    graded_submission(alice, competition, 20)
    return competition


def own_row(page):
    (row,) = [it for it in page.having("data-rank") if "mine" in it.attributes["class"].split()]
    return row.attributes


def test_the_own_row_stands_on_every_page(as_alice, client, far_behind):
    first = board(as_alice)
    assert own_row(first)["data-participant"] == names(first)[-1] == "Alice"
    assert own_row(first)["class"] == "mine elsewhere"
    assert len(names(first)) == 51
    assert "?page=2" in first.values("href")
    assert own_row(board(as_alice, "?page=2"))["class"] == "mine"
    assert "mine" not in "".join(board(client).values("class"))


def test_the_own_row_stands_above_a_page_of_slower_ones(competition, far_behind):
    fast = make_user("Fast")
    graded_submission(fast, competition, 75)
    page = board(client_of(fast), "?page=2")
    assert names(page)[0] == "Fast"
    assert own_row(page)["data-rank"] == "1"


def test_the_own_row_stands_beside_what_was_found(as_alice, far_behind):
    page = board(as_alice, "?q=driver+7")
    assert names(page)[:-1] == ["Driver 7"]
    assert names(page)[-1] == "Alice"
    # its score is not on the axis of what is shown
    assert [it.text for it in page.elements if it.attributes.get("class") == "below"] == [
        "19.99 to 20.01"
    ]


def test_one_reader_never_sees_the_row_of_another_as_the_own(
    as_alice, as_bob, alice, bob, competition
):
    for user, mph in ((alice, 60), (bob, 62)):
        graded_submission(user, competition, mph)
    for _ in range(2):
        assert own_row(board(as_alice))["data-participant"] == "Alice"
        assert own_row(board(as_bob))["data-participant"] == "Bob"
    assert "your" not in as_alice.get("/c/spring/").text.split("<tbody>")[1].split("</tbody>")[0]


def test_only_the_own_network_is_told_where_others_are_hidden(as_alice, alice, bob, competition):
    mine, other = (graded_submission(it, competition, 60) for it in (alice, bob))
    assert mine.phrase != other.phrase
    for _ in range(2):
        text = as_alice.get("/c/spring/").text
        assert mine.phrase in text
        assert other.phrase not in text


@pytest.mark.both_databases
def test_the_board_of_a_moment_has_its_ranks_scores_and_tries(client, competition, alice, bob):
    graded_submission(alice, competition, 60)
    graded_submission(bob, competition, 55)
    then = timezone.now().isoformat()
    standings.refresh(competition.pk)
    graded_submission(bob, competition, 65)
    page = Page(client.get("/c/spring/", {"at": then}))
    assert names(page) == ["Alice", "Bob"]
    assert page.values("data-score") == ["60.0", "55.0"]
    assert page.values("data-rank-interval") == []  # nobody kept how sure it was
    tries = [it.text.strip() for it in page.elements if it.attributes.get("class") == "tries"]
    assert tries == ["Tries", "1", "1"]
    assert names(board(client)) == ["Bob", "Alice"]
    assert [it.tag for it in page.having("hx-get")] == ["input"]  # it stays as it was


def test_a_day_is_meant_to_its_end(client, competition, alice, bob):
    first, second = (graded_submission(it, competition, 60) for it in (alice, bob))
    midnight = timezone.now().replace(hour=0, minute=0, second=0, microsecond=0)
    day = midnight - timedelta(days=3)
    first.evaluations.update(applied_at=day + timedelta(hours=23, minutes=59))
    second.evaluations.update(applied_at=day + timedelta(hours=24))
    assert names(board(client, f"?at={day:%Y-%m-%d}")) == ["Alice"]
    assert names(board(client, f"?at={day + timedelta(days=1):%Y-%m-%d}")) == ["Alice", "Bob"]
    before = client.get(f"/c/spring/?at={day - timedelta(days=1):%Y-%m-%d}")
    assert "Nobody was graded by then" in text_of(before)
    today = board(client, f"?at={midnight:%Y-%m-%d}")
    assert names(today) == ["Alice", "Bob"]
    assert len(today.having("hx-get")) == 2  # the board of now


@pytest.mark.parametrize(
    "written",
    [
        "2026-13-01",
        "2026-02-30T10:00",
        "yesterday",
        "9999-12-31",
        "0001-01-01T00:00+23:00",
        "2026-11-01T25:00Z",
        "1e9",
        "\x00",
        "-1",
        "9" * 400,
        "<script>",
        "2026-11-01\x00",
    ],
)
def test_a_date_that_is_none_is_explained_and_never_a_fault(client, graded, written):
    response = client.get("/c/spring/", {"at": written})
    assert response.status_code in {200, 422}
    for name in ("board.csv", "board.json"):
        assert client.get(f"/c/spring/{name}", {"at": written}).status_code == response.status_code
    if response.status_code == 422:
        assert "Write a day, like" in text_of(response)
        assert names(Page(response)) == ["Alice"]  # the board of now
        assert "<script>" not in response.text


@pytest.mark.parametrize("written", ["T00:00Z", "T00:00", " 00:00", "T02:00+02:00", "T02:00 02:00"])
def test_a_moment_is_read_in_its_zone(client, competition, graded, written):
    now = timezone.now()
    graded.evaluations.update(applied_at=now.replace(hour=0, minute=0, second=0, microsecond=0))
    assert names(board(client, f"?at={now:%Y-%m-%d}{written}".replace("+", "%2B"))) == ["Alice"]


def test_what_has_been_withdrawn_since_keeps_its_rank_and_nothing_else(
    client, as_bob, as_alice, as_charlie, competition, alice, bob
):
    competition.configs_visible = "always"
    competition.save()
    gone = graded_submission(alice, competition, 66.12)
    graded_submission(bob, competition, 60)
    then = timezone.now().isoformat()
    gone.withdraw()
    for reader in (client, as_bob):
        for path in ("/c/spring/", "/c/spring/board.csv", "/c/spring/board.json"):
            text = reader.get(path, {"at": then}).text
            assert "Bob" in text
            for secret in ("Alice", "66.12", gone.phrase, f"/submissions/{gone.pk}/"):
                assert secret not in text, (path, secret)
        assert Page(reader.get("/c/spring/", {"at": then})).values("data-rank") == ["1", "2"]
    for reader in (as_alice, as_charlie):
        assert names(Page(reader.get("/c/spring/", {"at": then}))) == ["Alice", "Bob"]
    assert Submission.objects.get(pk=gone.pk).withdrawn_at


def test_ranks_gained_and_lost_since_yesterday_are_told(client, competition, alice, bob):
    two_days_ago = timezone.now() - timedelta(days=2)
    for user, mph in ((alice, 60), (bob, 62)):
        graded_submission(user, competition, mph).evaluations.update(applied_at=two_days_ago)
    assert "yesterday" not in client.get("/c/spring/").text  # nothing has moved
    graded_submission(alice, competition, 64)
    graded_submission(make_user("Dora"), competition, 63)
    page = board(client)
    moved = {
        it.attributes["title"]: it
        for it in page.having("title")
        if "since" in it.attributes["title"]
    }
    assert set(moved) == {"up since yesterday", "down since yesterday"}
    assert moved["up since yesterday"].text.strip() == "1"  # Alice, from the second place
    assert moved["down since yesterday"].text.strip() == "2"  # Bob, now behind Dora too
    assert "<small>new</small>" in client.get("/c/spring/").text
