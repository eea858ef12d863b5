"""How it works in a real browser: its pieces follow the hand, and are pictures without a script."""

import re

from playwright.sync_api import expect

from tests.end_to_end.browser import browser_page

SHOWN = """() => [
  ...document.querySelectorAll('#grid svg :is(.free, .taken, .off)'),
].map((it) => it.getAttribute('d'))"""
# the time from a move of a slider to the new picture, in the page itself [ms]
MOVED = """async () => {
  const slider = document.querySelector('#how-patches_ahead');
  const took = [];
  for (let rows = 1; rows <= 70; rows += 3) {
    const begun = performance.now();
    slider.value = rows;
    slider.dispatchEvent(new Event('input', { bubbles: true }));
    await new Promise((done) => setTimeout(done));
    took.push(performance.now() - begun);
  }
  return took.sort((a, b) => a - b)[Math.floor(took.length / 2)];
}"""


def numbers(page):
    text = page.locator("#grid pre").inner_text()
    return [line.split() for line in text.splitlines()]


def test_the_road_drives_and_stands_still_when_asked(site, page):
    page.goto("/how/")
    film = page.locator("#road [data-film]")
    expect(film).to_have_class(re.compile("driven"))
    film.get_by_role("button", name="Pause").click()
    expect(film.get_by_role("button", name="Play")).to_be_visible()


def test_sliders_move_the_grid_and_the_bootstrap_resamples(site, page, record_property):
    page.goto("/how/")
    expect(page.locator(".how[data-live]")).to_be_visible()
    expect(page.locator("#inputs")).to_have_text("30")
    # with the keyboard, as with a mouse
    page.locator("#how-lanes_side").focus()
    page.keyboard.press("ArrowRight")
    page.keyboard.press("ArrowRight")
    page.locator("#how-patches_behind").fill("6")
    page.locator("#how-temporal_window").fill("1")
    expect(page.locator("#inputs")).to_have_text(str(7 * 16 + 7 * 16 + 5))
    assert [len(line) for line in numbers(page)[:7]] == [16] * 7
    drawn = page.evaluate(SHOWN)
    record_property("a slider's move, drawn", f"{page.evaluate(MOVED):.1f} ms")
    other = page.context.new_page()
    other.goto("/how/?lanes_side=3&patches_behind=6&temporal_window=1")
    assert other.evaluate(SHOWN) == drawn
    other.close()

    # one step of learning
    page.locator("#t-mph").fill("80")
    page.locator("#t-g").fill("0")
    expect(page.locator("#t-target")).to_have_text("3.00")
    page.locator("#g-gamma").fill("0.9")
    expect(page.locator("#gamma-says")).to_contain_text("59.0 %")
    page.locator("#e-learning_steps_burnin").fill("12000")
    expect(page.locator("#e-says")).to_contain_text("less than learning_steps_total")

    # the bootstrap: one falls, the others follow
    panel = page.locator("#resampling")
    said = panel.locator("[data-says]")
    # as quick as one clicks, none is lost
    panel.get_by_role("button", name="Draw one", exact=True).click(click_count=3)
    expect(said).to_contain_text("3 resamples, the last with a median of")
    times = [int(it.strip("\u00d7 ")) for it in panel.locator(".times").all_text_contents()]
    assert sum(times) == 5
    panel.get_by_role("button", name="Draw 10,000").click()
    expect(said).to_contain_text("10,003 resamples: 95 % of their medians lie from")
    low, high = map(float, re.findall(r"\d\d\.\d\d", said.inner_text()))
    assert abs(low - 64.62) < 0.2
    assert abs(high - 66.95) < 0.2
    panel.get_by_label("Runs alone").check()
    expect(said).to_have_text("Nothing is drawn yet.")

    # ranks of everybody's resamples
    board = page.locator("#ranking")
    board.get_by_role("button", name="100 times").click()
    expect(board.locator("[data-says]")).to_contain_text("100 of the first 100")
    counts = [int(it) for it in board.locator("td.count span").all_text_contents()]
    assert sum(counts) == 5 * 100


def test_without_javascript_it_is_all_there(site):
    with browser_page(site.url, java_script_enabled=False) as page:
        page.goto("/how/")
        expect(page.locator("#target .sliders")).to_be_hidden()
        expect(page.locator("#resampling")).to_contain_text("64.62 to 66.95")
        page.locator("#how-lanes_side").press("ArrowRight")
        page.get_by_role("button", name="Draw it").click()
        expect(page.locator("#inputs")).to_have_text("50")
        assert [len(line) for line in numbers(page)] == [10] * 5


def test_who_asks_for_less_motion_sees_the_end_at_once(site):
    with browser_page(site.url, reduced_motion="reduce") as page:
        page.goto("/how/")
        expect(page.locator(".how[data-live]")).to_be_visible()
        panel = page.locator("#resampling")
        panel.get_by_role("button", name="Draw one", exact=True).click()
        expect(panel.locator("[data-says]")).to_contain_text("1 resample")
        assert panel.locator(".drop").get_attribute("visibility") == "hidden"
