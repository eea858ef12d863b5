"""The main job in a real browser: the page follows the grading by itself and has no complaints."""

import re

from playwright.sync_api import expect

from tests.end_to_end.pace import lasting
from tests.end_to_end.visitor import PASSWORD, SMALL

ENOUGH = 5  # [s] of computing: the page asks every two, and has to see it running


def test_sign_up_mend_an_error_submit_and_watch_it_being_graded(site, page):
    page.goto("/")
    page.get_by_role("link", name=re.compile("sign up", re.IGNORECASE)).first.click()
    page.get_by_label("Username").fill("nina")
    page.get_by_label("Display name").fill("Nina")
    page.locator("input[name=password1]").fill(PASSWORD)
    page.locator("input[name=password2]").fill(PASSWORD)
    page.locator("main button[type=submit]").click()

    page.goto("/c/spring/submit/")
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
    asked = []
    page.on("request", lambda request: asked.append(request.url))
    with site.worker():
        # nobody presses anything: the page changes under the reader's eyes
        page.evaluate("window.stayed = true")
        status = page.locator("[data-status]").first
        expect(status).to_have_attribute("data-status", "running")
        expect(page.locator("progress").first).to_be_visible()
        expect(page.locator("#left")).to_have_text(re.compile(r"\d (s|min|h) .*left"))
        expect(page.locator("#curves polyline").first).to_be_attached()
        expect(status).to_have_attribute("data-status", "succeeded")
        expect(page.locator("[data-score]").first).to_be_visible()
        assert page.evaluate("window.stayed"), "it was never loaded anew"
        assert not [url for url in asked if url.endswith("/live/")], "the stream told all of it"
    score = page.locator("[data-score]").first.get_attribute("data-score")
    page.goto("/c/spring/")
    row = page.locator("tr[data-participant=Nina]")
    expect(row).to_have_attribute("data-score", score)


def test_where_no_stream_comes_through_the_page_asks(site, page):
    owner = site.visitor()
    owner.sign_up("noah")
    address = owner.submit("spring", SMALL % 1000)
    page.route("**/events/", lambda route: route.fulfill(status=204))
    with page.expect_response("**/live/"):
        page.goto(address)
    page.evaluate("window.stayed = true")
    status = page.locator("[data-status]").first
    expect(status).to_have_attribute("data-status", "queued")
    owner.cancel(address)
    expect(status).to_have_attribute("data-status", "cancelled")
    assert page.evaluate("window.stayed")
