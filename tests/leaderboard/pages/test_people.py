"""A participant's page, the list of one's own, and the colour of a car."""

import re
from pathlib import Path

import pytest
from django.conf import settings
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from leaderboard.models import Colour, User
from leaderboard.reruns import rerun
from tests.leaderboard.makers import (
    grade,
    graded_submission,
    make_competition,
    make_submission,
    make_trained,
    make_user,
)
from tests.leaderboard.pages.reading import Page, text_of
from tests.leaderboard.planting import plant_graded

pytestmark = pytest.mark.django_db

STYLE = Path(settings.BASE_DIR, "leaderboard/static/leaderboard/style.css").read_text()


def shown(response):
    return Page(response).values("data-submission")


def page_of(user, query=""):
    return f"/p/{user.pk}/{query}"


def test_it_shows_scores_the_best_and_its_rank_and_says_how_the_best_climbed(
    client, alice, bob, competition
):
    for mph in (60.0, 58.0, 64.5):
        graded_submission(alice, competition, mph)
    graded_submission(bob, competition, 70.0)
    response = client.get(page_of(alice))
    newest_first = alice.submissions.values_list("pk", flat=True)
    assert shown(response) == [str(pk) for pk in newest_first]
    page, text = Page(response), text_of(response)
    assert page.values("data-score") == ["64.5"]
    assert page.values("data-rank") == ["2"]
    assert "From 60.00 mph to 64.50 mph: improved once in 3 scores." in text
    assert "<bdi>Alice</bdi>" in text


def test_nothing_hidden_is_on_it(client, as_alice, alice, competition):
    alice.email = "alice@example.org"
    alice.save()
    phrase = graded_submission(alice, competition, 61.0).phrase
    gone = graded_submission(alice, competition, 69.0)
    gone.withdraw()
    waiting = make_submission(alice, competition, title="not graded yet")
    for one in (client, as_alice):
        response = one.get(page_of(alice))
        text = text_of(response)
        assert str(gone.pk) not in shown(response)
        assert "69.00" not in text
        assert "alice@example.org" not in text
        assert "not graded yet" not in text
        assert str(waiting.pk) not in shown(response)
    assert phrase not in client.get(page_of(alice)).text
    assert phrase in as_alice.get(page_of(alice)).text


def test_networks_in_a_phrase_are_shown_where_configurations_are(client, alice):
    competition = make_competition(configs_visible="always")
    submission = graded_submission(alice, competition, 61.0)
    assert submission.phrase in client.get(page_of(alice)).text


def test_a_rerun_counts_once_it_is_applied(client, alice, charlie, competition):
    submission = graded_submission(alice, competition, 61.0)
    (again,) = rerun(submission.evaluations.all(), reason="to look", by=charlie)
    grade(again, 63.0)
    assert Page(client.get(page_of(alice))).values("data-score") == ["61.0"]
    again.refresh_from_db()
    again.apply()
    assert Page(client.get(page_of(alice))).values("data-score") == ["63.0"]


def test_who_has_nothing_public_has_no_page_but_for_themselves_and_organisers(
    client, as_alice, as_charlie, alice
):
    assert client.get(page_of(alice)).status_code == 404
    assert "Nobody but you and the organisers can see" in text_of(as_alice.get(page_of(alice)))
    assert "Nothing of theirs" in text_of(as_charlie.get(page_of(alice)))


def test_each_board_of_each_competition_is_a_tab(client, alice):
    both = make_competition(slug="both", title="Both ways", accepts="both")
    other = make_competition(slug="other", title="Other season")
    for submission in (
        graded_submission(alice, both, 55.0),
        make_trained(alice, both),
        graded_submission(alice, other, 57.0),
    ):
        first = submission.evaluations.get()
        if not first.is_final:
            grade(first, 66.0)
    scores = {
        query: Page(client.get(page_of(alice, query))).values("data-score")
        for query in ("?c=both&board=configs", "?c=both&board=weights", "?c=other&board=configs")
    }
    assert list(scores.values()) == [["55.0"], ["66.0"], ["57.0"]]
    links = Page(client.get(page_of(alice))).values("href")
    assert set(scores) <= set(links)


def test_it_opens_at_the_board_that_one_came_from_or_at_one_with_a_score(
    client, alice, competition, graded
):
    waits = make_competition(slug="newer", title="Newer", opens_at=timezone.now())
    make_submission(alice, waits)
    (from_board,) = {
        it for it in Page(client.get("/c/spring/")).values("href") if it and it.startswith("/p/")
    }
    for address in (from_board, page_of(alice)):
        assert shown(client.get(address)) == [str(graded.pk)]
    assert shown(client.get(page_of(alice, "?c=newer"))) == []


@pytest.mark.parametrize(
    "query", ["?c=no", "?c=%00", "?page=-1", f"?page={10**30}", "?board=x", "?c=spring&board=%FF"]
)
def test_what_nobody_has_is_answered_by_what_there_is(client, as_alice, alice, competition, query):
    graded_submission(alice, competition, 61.0)
    assert len(shown(client.get(page_of(alice, query)))) == 1
    assert len(shown(as_alice.get(f"/mine/{query}"))) == 1


@pytest.mark.both_databases
def test_many_submissions_ask_no_more_of_the_database_and_come_in_pages(
    client, as_alice, alice, competition
):
    def queries(one, path):
        one.get(path)
        with CaptureQueriesContext(connection) as captured:
            assert one.get(path).status_code == 200
        return len(captured)

    plant_graded(competition, [alice], 3)
    paths = [(client, page_of(alice)), (as_alice, page_of(alice)), (as_alice, "/mine/")]
    few = [queries(*it) for it in paths]
    plant_graded(competition, [alice], 600)
    assert [queries(*it) for it in paths] == few
    assert max(few) <= 14
    numbers = range(1, 14)
    seen = [pk for number in numbers for pk in shown(client.get(page_of(alice, f"?page={number}")))]
    assert len(seen) == len(set(seen)) == 603
    assert len(client.get(page_of(alice)).content) < 150_000


def test_ones_own_list_says_what_became_of_each(as_alice, alice, bob, competition):
    graded_submission(bob, competition, 70.0)
    best, second = (graded_submission(alice, competition, mph) for mph in (62.0, 60.0))
    gone = graded_submission(alice, competition, 65.0)
    gone.withdraw()
    waiting = make_submission(alice, competition)
    text = text_of(as_alice.get("/mine/"))
    words = {
        int(pk): re.sub("<[^>]*>", "", cell)
        for pk, cell in re.findall(
            r'data-submission="(\d+)".*?<td class="what">(.*?)</td>', text, re.DOTALL
        )
    }
    assert words == {
        best.pk: "2nd",
        second.pk: "graded",
        gone.pk: "withdrawn",
        waiting.pk: "in line",
    }
    assert "<b>4 of 50</b> submissions used in 24 hours" in text


def test_the_list_follows_by_itself_only_while_something_goes_on(as_alice, alice, competition):
    graded_submission(alice, competition, 62.0)
    assert "hx-trigger" not in as_alice.get("/mine/").text
    make_submission(alice, competition)
    assert "hx-trigger" in as_alice.get("/mine/").text
    part = as_alice.get("/mine/", headers={"HX-Request": "true"}).text
    assert part.lstrip().startswith('<section id="mine"')


def test_the_list_of_one_competition(as_alice, alice, competition):
    here = graded_submission(alice, competition, 62.0)
    there = graded_submission(alice, make_competition(slug="other", title="Other"), 63.0)
    assert shown(as_alice.get("/mine/")) == [str(there.pk), str(here.pk)]
    assert shown(as_alice.get("/mine/?c=spring")) == [str(here.pk)]


def test_an_empty_list_says_how_to_fill_it(as_alice, competition):
    page = Page(as_alice.get("/mine/"))
    assert page.values("href").count("/c/spring/submit/") == 2  # in the frame, and in the middle


def test_a_car_is_painted_and_seen_by_everybody(client, as_alice, alice, competition):
    graded_submission(alice, competition, 61.0)
    response = as_alice.post("/accounts/car/", {"colour": "teal"}, follow=True)
    assert "Your car is teal now." in text_of(response)
    assert 'value="teal" checked' in text_of(response)
    assert "car-teal" in client.get(page_of(alice)).text


def test_there_is_no_paint_of_ones_own(as_alice, alice):
    for colour in ("#ff0000", "", "red;}", "\0"):
        response = as_alice.post("/accounts/car/", {"colour": colour})
        assert response.status_code == 422
        assert Page(response).refused_by_a_strict_policy() == []
    alice.refresh_from_db()
    assert alice.car_colour == ""
    assert "Select a valid choice" in text_of(response)


def test_cars_without_a_choice_differ_from_their_neighbours(db):
    cars = [make_user(f"Driver {number}").colour for number in range(len(Colour))]
    assert set(cars) == set(Colour)


@pytest.mark.parametrize("colour", Colour)
def test_every_colour_is_seen_on_the_road_by_day_and_by_night(colour):
    (paint,) = re.findall(rf"\.car-{colour} {{ --car: (#\w{{6}}); }}", STYLE)
    for road in re.search(r"--road: light-dark\((#\w+), (#\w+)\)", STYLE).groups():
        assert contrast(paint, road) >= 3


def contrast(one, other):
    """As WCAG 2.2 defines it."""
    lighter, darker = sorted((luminance(one), luminance(other)), reverse=True)
    return (lighter + 0.05) / (darker + 0.05)


def luminance(colour):
    shares = [int(colour[at : at + 2], 16) / 255 for at in (1, 3, 5)]
    linear = [it / 12.92 if it <= 0.04045 else ((it + 0.055) / 1.055) ** 2.4 for it in shares]
    return sum(part * it for part, it in zip((0.2126, 0.7152, 0.0722), linear, strict=True))


def test_times_are_written_out_for_whoever_keeps_the_page(client, alice, competition):
    submission = graded_submission(alice, competition, 61.0)
    times = [it for it in Page(client.get(page_of(alice))).elements if it.tag == "time"]
    assert times
    assert f"{submission.created_at:%-d %b, %H:%M} UTC" in {it.text for it in times}
    assert all(it.attributes["datetime"].endswith("+00:00") for it in times)
    assert timezone.now().year == submission.created_at.year
    assert User.objects.get(pk=alice.pk).get_absolute_url() == page_of(alice)
