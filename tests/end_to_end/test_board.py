"""The board in a real browser: found as one types, the own row in sight, a phone's rows unfold."""

import re

import pytest
from playwright.sync_api import expect

from leaderboard.models import Baseline
from leaderboard.tasks import queue_evaluation
from tests.end_to_end.browser import browser_page
from tests.leaderboard.conftest import client_of
from tests.leaderboard.makers import grade, graded_submission, make_competition, make_user
from tests.leaderboard.pages.test_board import make_crowd

pytestmark = pytest.mark.django_db(transaction=True)
PHONE = {"width": 390, "height": 800}
IS_BARE = """() => {
  const { activeElement: it } = document, box = it.getBoundingClientRect();
  const top = document.elementFromPoint(box.left + box.width / 2, box.top + box.height / 2);
  return Boolean(top) && (it.contains(top) || top.contains(it));
}"""
"""Whether nothing lies over the middle of what has the focus."""


@pytest.fixture
def as_alice(live_server):
    """Options of a browser in which Alice is logged in: 61st of 61."""
    competition = make_competition(configs_visible="always")
    make_crowd(competition, 60)
    alice = make_user("Alice")
    graded_submission(alice, competition, 20)
    baseline = Baseline.objects.create(competition=competition, name="Gap seeker", driver="gap")
    grade(queue_evaluation(baseline), 69.5)
    session = client_of(alice).cookies["sessionid"].value
    cookie = {"name": "sessionid", "value": session, "url": live_server.url}
    return {"storage_state": {"cookies": [cookie]}}


def in_sight(page, row):
    """Whether all of it is within the window and nothing lies over its middle."""
    box = row.bounding_box()
    height = page.viewport_size["height"]
    x, y = box["x"] + box["width"] / 2, box["y"] + box["height"] / 2
    on_top = "([row, x, y]) => row.contains(document.elementFromPoint(x, y))"
    return (
        box["y"] >= -1
        and box["y"] + box["height"] <= height + 1
        and page.evaluate(on_top, [row.element_handle(), x, y])
    )


def widest(page):
    return page.evaluate("document.documentElement.scrollWidth - window.innerWidth")


def test_the_own_row_stays_in_sight_and_others_are_found_as_one_types(live_server, as_alice):
    with browser_page(live_server.url, **as_alice) as page:
        page.goto("/c/spring/")
        own = page.locator("tr.mine")
        expect(own).to_have_attribute("data-participant", "Alice")
        page.locator(".board").scroll_into_view_if_needed()
        for share in (0.1, 0.5, 0.9):
            page.evaluate(
                "share => { const box = document.querySelector('.board').getBoundingClientRect();"
                " scrollTo(0, scrollY + box.top + share * box.height - innerHeight / 2); }",
                share,
            )
            assert in_sight(page, own.locator(".rank"))

        page.evaluate("window.stayed = true")
        page.get_by_label("Participant").press_sequentially("driver 17")
        rows = page.locator("tr[data-participant]:not(.mine)")
        expect(rows).to_have_count(1)
        expect(rows).to_have_attribute("data-rank", "18")
        expect(page).to_have_url(re.compile(r"\?q=driver(\+|%20)17&at="))
        expect(page.get_by_label("Participant")).to_be_focused()
        assert page.evaluate("window.stayed")
        page.get_by_label("Participant").fill("")
        expect(rows).to_have_count(50)

        page.get_by_role("link", name="show my place").click()
        expect(own).to_have_class("mine")
        expect(own.locator("time")).to_have_text(
            re.compile("just now|min ago")
        )  # the server says the day


def test_on_a_phone_the_rest_of_a_row_unfolds_without_scripts_too(live_server, as_alice):
    for java_script_enabled in (True, False):
        with browser_page(
            live_server.url, **as_alice, viewport=PHONE, java_script_enabled=java_script_enabled
        ) as page:
            page.goto("/c/spring/")
            row = page.locator("tr[data-participant='Driver 3']")
            for shown in (".rank", "th.who a", "td.score"):
                expect(row.locator(shown)).to_be_visible()
            expect(row.locator(".tries")).to_be_hidden()
            more = row.locator("summary")
            box = more.bounding_box()
            assert min(box["width"], box["height"]) >= 24
            more.focus()
            page.keyboard.press("Enter")
            expect(row.locator(".tries")).to_be_visible()
            expect(row.locator(".when")).to_be_visible()
            assert widest(page) <= 0
            for _ in range(24):
                page.keyboard.press("Tab")
                assert page.evaluate(IS_BARE), "the own row lies over what has the focus"
            page.get_by_label("Participant").fill("driver 3")
            page.get_by_label("Participant").press("Enter")
            expect(page.locator("tr[data-participant]:not(.mine)")).to_have_count(11)
            page.get_by_role("button", name="Show").click()
            expect(page).to_have_url(re.compile(r"q=driver\+3&at="))
