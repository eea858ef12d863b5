"""Every page in a real browser: axe finds nothing, nothing moves, and the first view is light."""

import re
from dataclasses import dataclass

import pytest
from playwright.sync_api import Page, expect

from tests.end_to_end.axe import found_on
from tests.end_to_end.browser import browser_page
from tests.end_to_end.first_view import first_view, watched
from tests.end_to_end.results import finished
from tests.end_to_end.visitor import PASSWORD, SMALL

HEAVIEST = 150  # [kB]
STILLEST = 0.01
# the last is what a wide window becomes at four times its size
WIDTHS = {"wide": (1280, 800), "phone": (390, 844), "narrow": (320, 256)}
LOOKS = [*((width, scheme) for width in ("wide", "phone") for scheme in ("light", "dark"))]
LOOKS += [("narrow", "light")]


@dataclass(frozen=True)
class Seen:
    """Submissions in every state, and whose they are."""

    graded: str
    compared: str
    failed: str
    queued: str
    person: str


@pytest.fixture(scope="module")
def seen(site):
    """Of Zoe, who has handed in four."""
    zoe = site.visitor()
    zoe.sign_up("Zoe")
    graded = [zoe.submit("spring", SMALL % (2000 + it), title=f"net {it}") for it in range(2)]
    calm = (SMALL % 2100).replace("relu", "linear").rstrip().removesuffix("}")
    wild = calm + ', "trainer": {"learning_rate": 10.0, "momentum": 0.9}}'
    failed = zoe.submit("spring", wild, title="too wild")
    with site.worker():
        for path in (*graded, failed):
            finished(zoe, path)
    queued = zoe.submit("spring", SMALL % 2200, title="waits")
    person = re.search(r'"(/p/\d+/)"', zoe.get("/mine/").text)[1]
    numbers = [path.strip("/").split("/")[-1] for path in graded]
    compared = "/compare/?" + "&".join(f"s={it}" for it in numbers)
    yield Seen(graded[-1], compared, failed, queued, person)
    zoe.cancel(queued)


def addresses(seen: Seen) -> dict[str, list[str]]:
    """Of every kind of page, by who looks at it."""
    return {
        "": [
            "/c/spring/",
            "/c/spring/explore/",
            seen.graded,
            f"{seen.graded}replay/?at=60",
            seen.person,
            f"{seen.graded}replay/?run=1",
            seen.compared,
            "/compare/",
            "/accounts/login/",
            "/accounts/signup/",
            "/accounts/password/reset/",
            "/how/",
            "/no/such/page/",
        ],
        "zoe": [
            "/c/spring/",
            "/c/spring/submit/",
            "/c/spring/submit/?way=text",
            "/c/spring/submit/?way=file",
            f"/c/spring/submit/?from={seen.graded.strip('/').split('/')[-1]}",
            seen.graded,
            seen.failed,
            seen.queued,
            f"{seen.graded}withdraw/",
            f"{seen.graded}cancel/",
            "/mine/",
            seen.compared,
            "/c/spring/explore/?x=gamma&c=trainer.method",
            "/compare/?s=nothing",
            seen.person,
            "/accounts/car/",
            "/accounts/email/",
            "/accounts/password/change/",
            "/accounts/2fa/",
            "/accounts/2fa/totp/activate/",
            "/how/?lanes_side=4&patches_ahead=56&patches_behind=20&temporal_window=2&key=2",
            "/accounts/logout/",
        ],
        "olga": [seen.graded, f"{seen.graded}again/", "/mine/"],
    }


def log_in(page: Page, login: str) -> None:
    page.goto("/accounts/login/")
    page.locator("input[name=login]").fill(login)
    page.locator("input[name=password]").fill(PASSWORD)
    page.locator("main button[type=submit]").click()
    page.wait_for_url(lambda url: "/accounts/login/" not in url)


def wrong_on(site, width, scheme, pages, heaviest):
    """What is wrong on some pages of some readers, a line each."""
    wrong = []
    size = dict(zip(("width", "height"), WIDTHS[width], strict=True))
    for login, paths in pages.items():
        with browser_page(
            site.url, expected=("404", "405"), viewport=size, color_scheme=scheme
        ) as page:
            if login:
                log_in(page, login)
            watched(page)
            for path in paths:
                with first_view(page) as view:
                    page.goto(path)
                heaviest[path] = max(view.kilobytes, heaviest.get(path, 0))
                # what unfolds is looked at as well
                page.evaluate("for (const it of document.querySelectorAll('details')) it.open = 1")
                found = found_on(page)
                if view.kilobytes > HEAVIEST:
                    found.append(f"{view.kilobytes:.0f} kB: {view.sent}")
                if view.shift > STILLEST:
                    found.append(f"moves by {view.shift:.3f}: {view.moved}")
                if page.evaluate("document.documentElement.scrollWidth > innerWidth"):
                    found.append("is wider than the window")
                wrong += [f"{path} as {login or 'a visitor'}: {it}" for it in found]
    return wrong


def test_the_measures_see_what_they_are_for(site, page):
    """Or nothing would be found for ever after."""
    watched(page)
    with first_view(page) as view:
        page.goto("/accounts/login/")
        assert found_on(page) == []
        assert page.evaluate("matchMedia('(prefers-color-scheme: light)').matches")
        page.evaluate("for (const it of document.querySelectorAll('label')) it.remove()")
        page.evaluate("document.querySelector('h1').style.color = '#eee'")
        page.evaluate("document.querySelector('h1').style.paddingTop = '20rem'")
    assert view.shift > STILLEST
    assert 10 < view.kilobytes < HEAVIEST
    rules = {it.partition(":")[0] for it in found_on(page)}
    assert {"label", "color-contrast"} <= rules


def test_two_are_marked_compared_and_found_among_the_points(site, seen):
    """By real gradings, from one's own list to the points and back to a submission."""
    with browser_page(site.url) as page:
        log_in(page, "zoe")
        page.goto("/mine/")
        for title in ("net 0", "net 1"):
            page.get_by_label(f"Compare {title}").check()
        page.get_by_role("button", name="Compare side by side").click()
        expect(page).to_have_url(re.compile(r"/compare/\?s=\d+&s=\d+$"))
        expect(page.locator("[data-gap]")).to_have_count(1)
        expect(page.locator("mark").first).to_be_visible()
        expect(page.get_by_role("heading", name="Learning curves")).to_be_visible()

        page.get_by_role("link", name="Explore").click()
        stage = page.locator("#stage.live")
        expect(stage).to_have_attribute("data-drawn", "training_iterations parameters")
        expect(page.locator("#stage > svg")).to_have_css("opacity", "0")
        page.get_by_text("The points as a table").click()
        row = page.locator("#explored tr[data-submission]").first
        row.get_by_role("link").focus()
        expect(page.locator("#pointed")).to_contain_text("Training iterations: ")
        page.get_by_label("Score over", exact=True).select_option("Gamma")
        expect(page.locator("#stage")).to_have_attribute("data-drawn", "gamma parameters")
        expect(page).to_have_url(re.compile(r"\?x=gamma&c=parameters$"))
        expect(page.locator("#explored")).to_have_attribute("data-x", "gamma")
        expect(page.locator("details.points")).to_have_attribute("open", "")


@pytest.mark.parametrize(("width", "scheme", "first"), [("wide", "light", 0), ("phone", "dark", 1)])
def test_every_page_is_for_everybody_light_and_still(
    site, seen, width, scheme, first, record_property
):
    """Each second page by day on a desk, the others by night on a phone."""
    pages = {login: paths[first::2] for login, paths in addresses(seen).items()}
    heaviest: dict[str, float] = {}
    wrong = wrong_on(site, width, scheme, pages, heaviest)
    assert not wrong, "\n".join(wrong)
    path = max(heaviest, key=heaviest.__getitem__)
    record_property(f"heaviest first view, {width}", f"{heaviest[path]:.0f} kB, {path}")


@pytest.mark.deep
@pytest.mark.parametrize(("width", "scheme"), LOOKS)
def test_every_page_in_every_look(site, seen, width, scheme):
    wrong = wrong_on(site, width, scheme, addresses(seen), {})
    assert not wrong, "\n".join(wrong)
