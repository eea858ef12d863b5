"""Shoot every page at two widths, light and dark: make screenshots ARGS="--only board"

The site runs by `manage.py serve`, its data and the pictures lie in build/screenshots. The first
time it grades a season, which takes some minutes; later runs find it there.
"""

import argparse
import json
import os
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import httpx
from PIL import Image
from playwright.sync_api import Browser, BrowserContext, Page, sync_playwright

from tests.end_to_end.browser import CHROMIUM
from tests.end_to_end.conftest import SERVE, free_port
from tests.end_to_end.visitor import PASSWORD
from tests.processes import ROOT, eventually, started
from tests.screenshots.pages import SHOTS, Shot

FOLDER = ROOT / "build" / "screenshots"
PICTURES = ROOT / "docs" / "pictures"
WIDTHS = {"wide": 1280, "phone": 390}
HEIGHTS = {"wide": 800, "phone": 844}
KEPT = {
    "board-own-wide-light": "leaderboard",
    "submission-wide-dark": "submission",
    "submit-wide-light": "submit",
    "participant-wide-dark": "participant",
    "explore-wide-light": "explore",
    "compare-wide-dark": "compare",
}
"""Pictures that the documentation shows, by what they are called there."""
LONGEST = 900.0
"""What grading a season may take [s]."""
COLOURS = 256
HIGHEST = 1000
"""Of a picture in the documentation [px]: the top of the page says what it is."""


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--only", default="", help="pages with this in their name")
    parser.add_argument("--keep", action="store_true", help="renew docs/pictures as well")
    given = parser.parse_args()
    assert CHROMIUM, "no Chromium: apt-get install chromium"
    FOLDER.mkdir(parents=True, exist_ok=True)
    shots = [shot for shot in SHOTS if given.only in shot.name]
    with site() as (url, known), sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=CHROMIUM, args=["--no-sandbox"])
        said = [
            line
            for width in WIDTHS
            for scheme in ("light", "dark")
            for line in shoot(browser, url, shots, known, width, scheme)
        ]
        browser.close()
    print(*said, sep="\n")
    if given.keep:
        keep()
    return 1 if any("BROKEN" in line for line in said) else 0


@contextmanager
def site() -> Iterator[tuple[str, dict[str, Any]]]:
    """The address of a running site, and what there is on it."""
    port = free_port()
    env = {"OVERTAKE_DATA": str(FOLDER / "data"), "DATABASE_URL": "", "CELERY_BROKER_URL": ""}
    with started(
        [*SERVE, "--port", str(port)],
        env={name: value or None for name, value in env.items()},
        ready="Overtake is at",
        name="serve",
    ):
        url = f"http://127.0.0.1:{port}"
        known = plant(env["OVERTAKE_DATA"])
        eventually(lambda: is_graded(url, known), timeout=LONGEST, what="the season is graded")
        yield url, known


def plant(data: str) -> dict[str, Any]:
    env = {k: v for k, v in os.environ.items() if k not in {"DATABASE_URL", "CELERY_BROKER_URL"}}
    command = [sys.executable, "-m", "tests.screenshots.season"]
    said = subprocess.run(
        command, cwd=ROOT, env={**env, "OVERTAKE_DATA": data}, stdout=subprocess.PIPE, check=True
    )
    known: dict[str, Any] = json.loads(said.stdout)
    return known


def is_graded(url: str, known: dict[str, Any]) -> bool:
    """What was handed in last is being trained, and what was before it is done."""
    wanted = {"running": "running", "graded": "succeeded"}
    return all(
        f'data-status="{status}"' in httpx.get(url + known[name]).text
        for name, status in wanted.items()
    )


def shoot(
    browser: Browser, url: str, shots: list[Shot], known: dict[str, Any], width: str, scheme: str
) -> Iterator[str]:
    contexts: dict[str, BrowserContext] = {}
    for shot in shots:
        if shot.login not in contexts:
            contexts[shot.login] = entered(browser, url, shot.login, width, scheme)
        page = contexts[shot.login].new_page()
        name = f"{shot.name}-{width}-{scheme}"
        yield f"{name}: {take(page, shot, known, FOLDER / f'{name}.png')}"
        page.close()


def entered(browser: Browser, url: str, login: str, width: str, scheme: str) -> BrowserContext:
    """A browser of its own, logged in."""
    size = {"width": WIDTHS[width], "height": HEIGHTS[width]}
    context = browser.new_context(base_url=url, viewport=size, color_scheme=scheme)  # type: ignore[arg-type]
    if login:
        page = context.new_page()
        page.goto("/accounts/login/")
        page.locator("input[name=login]").fill(login)
        page.locator("input[name=password]").fill(PASSWORD)
        page.locator("main button[type=submit]").click()
        page.wait_for_url(lambda at: "/accounts/login/" not in at)
        page.close()
    return context


def take(page: Page, shot: Shot, known: dict[str, Any], file: Path) -> str:
    if shot.name == "500":  # no address breaks: the page is put where one would have
        fault = {"status": 500, "content_type": "text/html", "body": known["fault"]}
        page.route("**/500", lambda route: route.fulfill(**fault))
    answer = page.goto(shot.path.format_map(known))
    page.wait_for_load_state("load")
    page.screenshot(path=file, full_page=True)
    status = answer.status if answer else 0
    wide = page.evaluate("document.documentElement.scrollWidth > innerWidth")
    ok = status == int(shot.name) if shot.name.isdigit() else status == 200
    return f"{status}{', wider than the window' if wide else ''}{'' if ok else ' BROKEN'}"


def keep() -> None:
    """In few colours: they are small then, and look the same."""
    for name, kept in KEPT.items():
        with Image.open(FOLDER / f"{name}.png") as picture:
            top = picture.crop((0, 0, picture.width, min(HIGHEST, picture.height)))
            few = top.convert("RGB").quantize(
                COLOURS, Image.Quantize.MAXCOVERAGE, dither=Image.Dither.NONE
            )
            few.save(PICTURES / f"{kept}.png", optimize=True)


if __name__ == "__main__":
    sys.exit(main())
