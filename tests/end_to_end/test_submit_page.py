"""The submit page in a real browser: live, in every way of writing, and losing nothing."""

import re

from playwright.sync_api import expect

from tests.end_to_end.browser import browser_page

URL = "/c/spring/submit/"


def log_in(site, page, name):
    visitor = site.visitor()
    visitor.sign_up(name)
    page.context.add_cookies(
        [{"name": it.name, "value": it.value, "url": site.url} for it in visitor.cookies.jar]
    )


def test_a_form_is_drawn_and_checked_live_becomes_a_text_and_outlives_its_tab(site, page):
    log_in(site, page, "Hedda")
    page.goto(URL)

    # drawn and checked at every key, without a button
    field = {name: page.locator(f"[id='{name}']") for name in ("lanes_side", "gamma")}
    beside = page.locator("#beside")
    field["lanes_side"].fill("3")
    expect(beside).to_contain_text(re.compile("7 . 10 view"))
    expect(beside.locator("svg.sight")).to_have_attribute("aria-label", re.compile("7 lanes"))
    field["lanes_side"].press("ArrowUp")
    expect(beside).to_contain_text(re.compile("9 . 10 view"))
    field["gamma"].fill("4")
    expect(page.locator("[data-fault=gamma]")).to_have_text("must be at most 1, not 4")
    expect(field["gamma"]).to_have_attribute("aria-invalid", "true")
    expect(page.locator("#stale")).to_be_visible()

    # a layer more, with the keyboard alone: it has the focus
    page.locator("#add-layer").focus()
    page.keyboard.press("Enter")
    expect(page.locator("[id='layers[1].units']")).to_be_focused()
    page.keyboard.type("6")
    expect(field["gamma"]).to_have_value("4")

    # the same as a text, the fault in its line
    page.get_by_role("button", name="Text", exact=True).click()
    source = page.locator("#source")
    expect(source).to_have_value(re.compile(r'"units": 6'))
    wrong = page.locator(".editor .wrong")
    expect(wrong).to_contain_text("gamma: must be at most 1, not 4")
    page.locator("#faults a").click()
    page.keyboard.press("End")
    page.keyboard.press("ArrowLeft")
    page.keyboard.press("Backspace")
    page.keyboard.type("0.25")
    expect(wrong).to_have_count(0)
    expect(beside).to_contain_text(re.compile("9 . 10 view . 10.6 relu"))

    # the tab is closed; whoever comes back is offered it, and only offered
    tab = page.context.new_page()
    page.close(run_before_unload=True)
    tab.goto(f"{URL}?preset=smooth")
    expect(tab.locator("#draft")).to_be_visible()
    expect(tab.locator("#source")).to_have_value(re.compile("^# Tanh"))
    tab.get_by_role("button", name="Take it back").click()
    expect(tab.locator("#source")).to_have_value(re.compile(r'"gamma": 0.25'))
    expect(tab.locator("#draft")).to_be_hidden()

    tab.get_by_role("button", name="Submit", exact=True).click()
    expect(tab).to_have_url(re.compile(r"/submissions/\d+/$"))
    tab.goto(URL)
    expect(tab.locator("#draft")).to_be_hidden()
    assert tab.evaluate("localStorage.length") == 0


def test_without_javascript_its_buttons_do_the_same(site):
    with browser_page(site.url, java_script_enabled=False) as page:
        log_in(site, page, "Ida")
        page.goto(URL)
        gamma, add = page.locator("#gamma"), page.locator("#add-layer")
        gamma.fill("4")
        add.click()
        expect(page.locator("[data-fault=gamma]")).to_have_text("must be at most 1, not 4")
        gamma.fill("0.25")
        # the Enter key checks, and hands nothing in
        page.locator("[id='layers[1].units']").fill("6")
        page.keyboard.press("Enter")
        expect(page.locator("#verdict")).to_contain_text("This can be submitted")
        expect(page.locator("#beside")).to_contain_text(re.compile("10.6 relu"))
        page.get_by_role("button", name="Text", exact=True).click()
        expect(page.locator("#source")).to_have_value(re.compile(r'"units": 6'))
        page.get_by_role("button", name="Submit", exact=True).click()
        expect(page).to_have_url(re.compile(r"/submissions/\d+/$"))
