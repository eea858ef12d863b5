"""The main job in a real browser: the page follows the grading by itself and has no complaints."""

import re
import shutil
from collections.abc import Iterator

import pytest
from playwright.sync_api import Page, Request, expect, sync_playwright

from tests.end_to_end.pace import lasting
from tests.end_to_end.visitor import PASSWORD
from tests.processes import PATIENCE

CHROMIUM = shutil.which("chromium") or shutil.which("google-chrome") or ""
PATIENT = PATIENCE * 1000  # [ms]
expect.set_options(timeout=PATIENT)
ENOUGH = 5  # [s] of computing: the page asks every two, and has to see it running


@pytest.fixture
def page(site) -> Iterator[Page]:
    """A fresh browser; whatever it complains of fails the test."""
    assert CHROMIUM, "no Chromium: apt-get install chromium"
    complaints: list[str] = []
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(
            executable_path=CHROMIUM,
            args=["--no-sandbox", "--disable-background-networking", "--disable-sync"],
        )
        page = browser.new_page(base_url=site.url)
        page.set_default_timeout(PATIENT)
        page.on("console", lambda said: complaints.append(said.text) if said.type == "error" else 0)
        page.on("pageerror", lambda error: complaints.append(str(error)))
        page.on("requestfailed", lambda request: complaints.append(failure_of(request)))
        yield page
        browser.close()
    # a form with an error is answered with 422, which Chromium mentions; a page that is left while
    # it asks for news aborts the question
    expected = ("422", "ERR_ABORTED")
    assert [said for said in complaints if not any(word in said for word in expected)] == []


def failure_of(request: Request) -> str:
    return f"failed: {request.url}: {request.failure}"


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
