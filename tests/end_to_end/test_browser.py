"""The main job in a real browser: by mouse; by the keyboard alone; without JavaScript."""

from urllib.parse import urlsplit

import pytest
from playwright.sync_api import expect

from tests.end_to_end.browser import browser_page
from tests.end_to_end.hands import Keyboard, Mouse
from tests.end_to_end.pace import lasting
from tests.end_to_end.visitor import SMALL
from tests.end_to_end.walk import (
    find_on_board,
    hand_in,
    log_in,
    log_out,
    look_again,
    run_again_and_apply,
    sign_up,
    watch,
)

ENOUGH = 5  # [s] of computing: the page asks every two, and has to see it running
LITTLE = 1


def walk(site, page, hands, name, folder, *, live=True):
    sign_up(page, hands, name)
    hand_in(page, hands, lasting(ENOUGH if live else LITTLE), folder)
    submission = urlsplit(page.url).path
    with site.worker():
        score = watch(page) if live else look_again(page, hands)
        find_on_board(page, hands, name, score)
        log_out(page, hands)
        log_in(page, hands, "olga")
        run_again_and_apply(page, hands, site, submission)


def test_sign_up_mend_an_error_submit_a_file_watch_it_and_an_organiser_runs_it_again(
    site, page, tmp_path
):
    walk(site, page, Mouse(), "Nina", tmp_path)


@pytest.mark.deep
def test_the_same_with_the_keyboard_alone(site, page, tmp_path):
    walk(site, page, Keyboard(), "Kira", tmp_path)


@pytest.mark.deep
def test_the_same_without_javascript(site, tmp_path):
    with browser_page(site.url, java_script_enabled=False) as page:
        walk(site, page, Mouse(), "Noah", tmp_path, live=False)


@pytest.mark.deep
def test_the_keyboard_skips_to_the_content_and_folds_the_menu(site, page):
    page.goto("/accounts/login/")
    page.keyboard.press("Tab")
    skip = page.get_by_role("link", name="Skip to the content")
    expect(skip).to_be_focused()
    expect(skip).to_be_in_viewport()
    page.keyboard.press("Enter")
    page.keyboard.press("Tab")
    page.keyboard.press("Tab")
    expect(page.get_by_label("Username or email")).to_be_focused()

    sign_up(page, Keyboard(), "Esra")
    menu = page.get_by_role("banner").locator("details")
    Keyboard().press(menu.locator("summary"))
    expect(menu).to_have_attribute("open", "")
    page.keyboard.press("Tab")
    page.keyboard.press("Escape")
    expect(menu).not_to_have_attribute("open", "")
    expect(menu.locator("summary")).to_be_focused()


def test_where_no_stream_comes_through_the_page_asks(site, page):
    owner = site.visitor()
    owner.sign_up("nora")
    address = owner.submit("spring", SMALL % 1000)
    page.route("**/events/", lambda route: route.fulfill(status=204))
    with page.expect_response("**/live/"):
        page.goto(address)
    page.evaluate("window.stayed = true")
    status = page.locator("#grading")
    expect(status).to_have_attribute("data-status", "queued")
    owner.cancel(address)
    expect(status).to_have_attribute("data-status", "cancelled")
    assert page.evaluate("window.stayed")
