"""The whole way through the site: sign up, an error, a file, the grading, the board, a rerun."""

import re
from pathlib import Path

from playwright.sync_api import Locator, Page, expect

from tests.end_to_end.conftest import Site
from tests.end_to_end.hands import Hands
from tests.end_to_end.visitor import PASSWORD
from tests.processes import eventually

STATUS = "#grading"


def sign_up(page: Page, hands: Hands, name: str) -> None:
    page.goto("/")
    hands.press(page.get_by_role("link", name="Sign up"))
    hands.fill(page.get_by_label("Username"), name.lower())
    hands.fill(page.get_by_label("Display name"), name)
    hands.fill(page.get_by_label("Password", exact=True), PASSWORD)
    hands.fill(page.get_by_label("Password (again)"), PASSWORD)
    hands.press(page.locator("main").get_by_role("button", name="Sign up"))
    expect(page.get_by_role("banner")).to_contain_text(name)


def log_out(page: Page, hands: Hands) -> None:
    menu = page.get_by_role("banner").locator("details")
    hands.press(menu.locator("summary"))
    hands.press(menu.get_by_role("button", name="Log out"))
    expect(page.get_by_role("banner").get_by_role("link", name="Log in")).to_be_visible()


def log_in(page: Page, hands: Hands, login: str) -> None:
    page.goto("/accounts/login/")
    hands.fill(page.get_by_label("Username or email"), login)
    hands.fill(page.get_by_label("Password", exact=True), PASSWORD)
    hands.press(page.locator("main").get_by_role("button", name="Log in"))
    page.wait_for_url(lambda url: "/accounts/login/" not in url)


def hand_in(page: Page, hands: Hands, right: str, folder: Path) -> None:
    """A text with a mistake first, then what is right as a file."""
    hands.press(page.get_by_role("banner").get_by_role("link", name="Submit"))
    expect(page.get_by_role("heading", level=1)).to_have_text("Submit a network")
    wrong = right.replace('"units": 2', '"units": 0')
    assert wrong != right
    way(page, hands, "Text")
    hands.fill(page.get_by_label("Configuration", exact=True), wrong)
    hands.press(button(page, "Submit"))
    expect(page.get_by_role("alert").first).to_contain_text("layers[0].units")
    typed = page.get_by_label("Configuration", exact=True).input_value()
    assert typed.split() == wrong.split()
    file = folder / "right.json"
    file.write_text(right)
    way(page, hands, "File")
    hands.give(page.locator("input[name=file]"), file)
    hands.press(button(page, "Submit"))
    expect(page).to_have_url(re.compile(r"/submissions/\d+/$"))
    expect(page.locator(STATUS)).to_have_attribute("data-status", "queued")


def way(page: Page, hands: Hands, name: str) -> None:
    """Of writing a configuration."""
    hands.press(button(page, name))
    expect(button(page, name)).to_have_attribute("aria-pressed", "true")


def button(page: Page, name: str) -> Locator:
    return page.locator("main").get_by_role("button", name=name, exact=True)


def watch(page: Page) -> str:
    """Nobody presses anything: the page changes under the reader's eyes. The score at the end."""
    page.evaluate("window.stayed = true")
    asked: list[str] = []
    page.on("request", lambda request: asked.append(request.url))
    expect(page.locator(STATUS)).to_have_attribute("data-status", "running")
    expect(page.locator("progress").first).to_be_visible()
    expect(page.locator("#left")).to_have_text(re.compile(r"\d (s|min|h) .*left"))
    expect(page.locator("#curves polyline").first).to_be_attached()
    expect(page.locator(STATUS)).to_have_attribute("data-status", "succeeded")
    assert page.evaluate("window.stayed"), "it was never loaded anew"
    assert not [url for url in asked if url.endswith("/live/")], "the stream told all of it"
    return score_on(page)


def look_again(page: Page, hands: Hands) -> str:
    """Without JavaScript the page says how to look again."""

    def ended() -> bool:
        if page.locator(STATUS).get_attribute("data-status") == "succeeded":
            return True
        hands.press(page.get_by_role("link", name="Look again"))
        return False

    eventually(ended, what="the grading is seen to end")
    return score_on(page)


def score_on(page: Page) -> str:
    shown = page.locator("[data-score]").first
    expect(shown).to_be_visible()
    score = shown.get_attribute("data-score")
    assert score
    return score


def find_on_board(page: Page, hands: Hands, name: str, score: str) -> None:
    hands.press(page.get_by_role("banner").get_by_role("link", name="Leaderboard"))
    row = page.locator(f"tr[data-participant='{name}']").first
    expect(row).to_have_attribute("data-score", score)


def run_again_and_apply(page: Page, hands: Hands, site: Site, submission: str) -> None:
    """As an organiser, on the submission's page."""
    reason = f"to see {submission} twice"
    page.goto(submission)
    hands.press(page.get_by_role("link", name="Run again"))
    hands.fill(page.get_by_label("Reason"), reason)
    hands.press(button(page, "Run it again"))
    _, again = eventually(
        lambda: len(found := evaluations(site, submission, "succeeded")) > 1 and found,
        what="the rerun is graded",
    )
    page.goto(submission)
    hands.press(page.locator(f"[data-grading='{again}']").get_by_role("link", name="Apply"))
    hands.press(page.locator("main").get_by_role("button", name="Apply"))
    expect(page.get_by_role("status").first).to_contain_text("counts now")
    row = page.locator(f"[data-grading='{again}']")
    expect(row).to_contain_text(reason)
    expect(row.locator(".counts")).to_have_text("counts")


def evaluations(site: Site, submission: str, *statuses: str) -> list[int]:
    number = int(submission.strip("/").split("/")[-1])
    wanted = statuses or ("queued", "running", "succeeded")
    rows = site.ask(
        "SELECT id FROM leaderboard_evaluation WHERE submission_id = %s AND status = ANY(%s)"
        " ORDER BY id",
        number,
        list(wanted),
    )
    return [number for (number,) in rows]
