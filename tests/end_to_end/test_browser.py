"""The main job in a real browser: the page follows the grading by itself and has no complaints."""

import re

from playwright.sync_api import expect

from tests.end_to_end.pace import lasting
from tests.end_to_end.visitor import PASSWORD

ENOUGH = 5  # [s] of computing: the page asks every two, and has to see it running


def test_sign_up_mend_an_error_submit_and_watch_it_being_graded(site, page):
    page.goto("/")
    page.get_by_role("link", name=re.compile("sign up", re.IGNORECASE)).first.click()
    page.get_by_label("Username").fill("nina")
    page.get_by_label("Display name").fill("Nina")
    page.locator("input[name=password1]").fill(PASSWORD)
    page.locator("input[name=password2]").fill(PASSWORD)
    page.locator("main button[type=submit]").click()

    page.goto("/c/spring/submit/?way=text")
    right = lasting(ENOUGH)
    wrong = right.replace('"units": 2', '"units": 0')
    page.locator("textarea[name=source]").fill(wrong)
    page.locator("button[name=action][value=submit]").click()
    expect(page.locator("main")).to_contain_text("layers[0].units")
    assert page.locator("textarea[name=source]").input_value().split() == wrong.split()

    page.locator("textarea[name=source]").fill(right)
    page.locator("button[name=action][value=submit]").click()
    expect(page).to_have_url(re.compile(r"/submissions/\d+/$"))
    expect(page.locator("[data-status]").first).to_have_attribute("data-status", "queued")
    with site.worker():
        # nobody presses anything: the page changes under the reader's eyes
        page.evaluate("window.stayed = true")
        status = page.locator("[data-status]").first
        expect(status).to_have_attribute("data-status", "running")
        expect(page.locator("progress").first).to_be_visible()
        assert page.evaluate("window.stayed")
        expect(status).to_have_attribute("data-status", "succeeded")
        expect(page.locator("[data-score]").first).to_be_visible()
    score = page.locator("[data-score]").first.get_attribute("data-score")
    page.goto("/c/spring/")
    row = page.locator("tr[data-participant=Nina]")
    expect(row).to_have_attribute("data-score", score)
