"""A real browser on a real site: whatever it complains of fails the test."""

import shutil
from collections.abc import Iterator
from contextlib import contextmanager

from playwright.sync_api import Page, Request, expect, sync_playwright

from tests.processes import PATIENCE

CHROMIUM = shutil.which("chromium") or shutil.which("google-chrome") or ""
PATIENT = PATIENCE * 1000  # [ms]
# a form with an error is answered with 422, which Chromium mentions; a page that is left while it
# asks for news aborts the question
EXPECTED = ("422", "ERR_ABORTED")
expect.set_options(timeout=PATIENT)


@contextmanager
def browser_page(url: str, *, expected: tuple[str, ...] = (), **context: object) -> Iterator[Page]:
    """A fresh browser, its context made with the given options (java_script_enabled, viewport).

    It may complain of what is expected.
    """
    assert CHROMIUM, "no Chromium: apt-get install chromium"
    complaints: list[str] = []
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(
            executable_path=CHROMIUM,
            args=["--no-sandbox", "--disable-background-networking", "--disable-sync"],
        )
        page = browser.new_context(base_url=url, **context).new_page()  # type: ignore[arg-type]
        page.set_default_timeout(PATIENT)
        page.on("console", lambda said: complaints.append(said.text) if said.type == "error" else 0)
        page.on("pageerror", lambda error: complaints.append(str(error)))
        page.on("requestfailed", lambda request: complaints.append(_failure_of(request)))
        yield page
        browser.close()
    words = (*EXPECTED, *expected)
    complaints = [said for said in complaints if not any(word in said for word in words)]
    assert not complaints, "\n".join(complaints)


def _failure_of(request: Request) -> str:
    return f"failed: {request.url}: {request.failure}"
