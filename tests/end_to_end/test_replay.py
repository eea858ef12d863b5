"""Replays in a browser: on the road is what the simulator has there; quick, light, by keys too."""

import random
import re
from itertools import pairwise
from statistics import median
from urllib.parse import parse_qs, urlsplit

import httpx
import numpy as np
import pytest
from playwright.sync_api import expect

from grader.seeds import run_seed
from grader.trace import trace as trace_of
from simulator.again import frames
from simulator.recording import unpacked
from simulator.road import MPH_PER_PIXEL
from simulator.rules import OPEN
from tests.end_to_end.browser import browser_page
from tests.end_to_end.first_view import first_view, watched
from tests.end_to_end.results import finished
from tests.processes import eventually

KEY = "0"  # of the competition
MOMENTS = 20
HEAVIEST = 100  # [kB] of what a click on a replay brings, the stylesheet being there already
SLOWEST = 900  # [ms] from the click to the first picture; it takes 300 where nobody else works
PICTURES = 150
MOST_WORK = 8  # [ms] of a frame, at the median: half of what there is at 60 frames a second
ACTIONS = ["Keep on", "Accelerate", "Brake", "Turn left", "Turn right"]
NET = """{"lanes_side": 1, "patches_ahead": 10, "patches_behind": 2, "other_agents": %d,
 "layers": [{"type": "fc", "units": 4, "activation": "relu"}], "training_iterations": 3000,
 "learning_steps_total": 1000, "learning_steps_burnin": 100}
"""
COUNTED = """
window.work = [];
window.turns = [];
const ask = window.requestAnimationFrame.bind(window);
window.requestAnimationFrame = (draw) => ask((now) => {
  const before = performance.now();
  draw(now);
  window.work.push(performance.now() - before);
  window.turns.push(now);
});
"""
CARS = """(frame) => {
  const road = document.querySelector(".track").drive.at(frame);
  return [road.x, road.y, road.throttle, road.follow].map((part) => [...part]);
}"""

FIRST_DOT = """(svg) => {
  const { a, d, e, f } = svg.getScreenCTM();
  const [, across, down] = svg.querySelector(".dots").getAttribute("d").match(/^M(\\d+) (\\d+)/);
  return [e + across * a, f + down * d];
}"""


@pytest.fixture(scope="module")
def rosa(site):
    """Her submission, with three other agents, and that of Ravi; every run has been driven."""
    people = [site.visitor(), site.visitor()]
    paths = []
    for person, name, agents in zip(people, ("Rosa", "Ravi"), (3, 0), strict=True):
        person.sign_up(name)
        paths.append(person.submit("spring", NET % agents, title=f"net of {name}"))
    with site.worker():
        for person, path in zip(people, paths, strict=True):
            assert finished(person, path)["status"] == "succeeded"
        yield paths


def ready(page):
    expect(page.locator("#replay")).to_have_attribute("data-ready", "")


def near(speed):
    """A speed as it is told: a half is rounded to either side."""
    return f"^({round(speed - 1e-4)}|{round(speed + 1e-4)})$"


def traces(site, submission):
    """The hash of each run's decisions, as it was stored with its grading."""
    found = site.ask(
        """
        SELECT training.index + 1, run.index + 1, run.trace, run.average_mph
        FROM leaderboard_run run
        JOIN leaderboard_training training ON training.id = run.training_id
        JOIN leaderboard_evaluation evaluation ON evaluation.id = training.evaluation_id
        WHERE evaluation.submission_id = %s
        """,
        int(submission.strip("/").split("/")[-1]),
    )
    return {(training, run): (trace, mph) for training, run, trace, mph in found}


def test_cars_speeds_and_actions_on_the_road_are_those_of_the_graded_run(site, rosa, page):
    """Ten runs, recorded with the grading or by the worker now; of each two moments."""
    chance = random.Random(8)
    seen = 0
    for (training, run), (trace, mph) in traces(site, rosa[0]).items():
        address = f"{rosa[0]}runs/{training}-{run}"
        page.goto(f"{rosa[0]}replay/?run={training}-{run}&at=1")
        ready(page)
        kept = unpacked(httpx.get(f"{site.url}{address}").content)
        assert trace_of(kept.decisions) == trace
        seed = run_seed(KEY, training - 1, run - 1)
        driven = frames(
            OPEN,
            seed=seed,
            length=kept.frames,
            other_agents=kept.other_agents,
            decisions=kept.decisions,
        )
        assert driven.average_mph() == mph
        of_the_ego = kept.decisions[:: kept.other_agents + 1]  # it decides first in every cycle
        slider = page.get_by_label("Frame", exact=True)
        for moment in chance.sample(range(1, kept.frames + 1), 2):
            slider.fill(str(moment))
            shown = page.evaluate(CARS, moment)
            expected = [part[moment].tolist() for part in driven[:4]]
            assert shown == expected, f"run {training}-{run}, frame {moment}"
            speed = MPH_PER_PIXEL * driven.throttle[moment, 0] * driven.follow[moment, 0]
            expect(page.locator("[data-reading=speed]")).to_have_text(re.compile(near(speed)))
            action = ACTIONS[of_the_ego[(moment - 1) // 30]]
            expect(page.locator("[data-reading=decision]")).to_have_text(re.compile(f"^{action}"))
            average = np.floor(driven.total[moment] / moment * 2000) / 100
            expect(page.locator("[data-reading=average]")).to_have_text(f"{average:.2f}")
            seen += 1
    assert seen == MOMENTS


def test_a_replay_is_there_at_once(rosa, page, record_property):
    times = []
    for _ in range(5):
        page.goto(rosa[0])
        page.get_by_role("link", name="Watch it drive").click()
        ready(page)
        (mark,) = page.evaluate(
            "performance.getEntriesByName('replay is there').map((it) => it.startTime)"
        )
        times.append(mark)
    record_property("replay from the click", f"{min(times):.0f} to {max(times):.0f} ms")
    assert min(times) < SLOWEST, times


def test_it_is_light_and_nothing_moves_but_the_road(rosa, page, record_property):
    watched(page)
    with first_view(page) as view:
        page.goto(f"{rosa[0]}replay/")
        ready(page)
    brought = {url: size for url, size in view.sent.items() if not url.endswith(".css")}
    kilobytes = sum(brought.values()) / 1000
    record_property("replay", f"{kilobytes:.0f} kB in {len(brought)} answers")
    assert kilobytes < HEAVIEST, brought
    assert view.shift < 0.01, view.moved


def test_it_draws_sixty_pictures_a_second_with_every_overlay(site, rosa, record_property):
    with browser_page(site.url, viewport={"width": 1280, "height": 800}) as page:
        page.add_init_script(COUNTED)
        page.goto(f"{rosa[0]}replay/?run=1-1")
        ready(page)
        for box in page.locator("[name=overlay]").all():
            box.check()
        page.evaluate("window.work.length = window.turns.length = 0")
        turned = "window.turns.length"
        eventually(lambda: page.evaluate(turned) > PICTURES, what=f"{PICTURES} pictures are drawn")
        work, turns = page.evaluate("[window.work, window.turns]")
    between = [after - before for before, after in pairwise(turns)]
    words = f"{median(work):.2f} ms of work a picture, {1000 / median(between):.0f} a second"
    record_property("replay with overlays, 1280 px", words)
    assert median(work) < MOST_WORK


def test_keys_turn_it_and_the_address_leads_back_to_the_moment(site, rosa, page):
    page.goto(f"{rosa[0]}replay/?run=1-1&at=100")
    ready(page)
    frame = page.locator("[data-told=frame]")
    expect(frame).to_have_text("100 / 600")
    for key, there in [(".", 101), (",", 100), ("ArrowRight", 121), ("ArrowLeft", 91)]:
        page.keyboard.press(key)
        expect(frame).to_have_text(f"{there} / 600")
    page.wait_for_url(lambda url: parse_qs(urlsplit(url).query) == {"run": ["1-1"], "at": ["91"]})
    page.keyboard.press("Space")
    button = page.locator("[data-do=play]")
    expect(button).to_have_accessible_name("Pause")
    page.keyboard.press("Space")
    expect(button).to_have_accessible_name("Play")
    page.reload()
    ready(page)
    assert int(page.get_by_label("Frame", exact=True).input_value()) >= 91
    page.get_by_text("The run in numbers").click()
    expect(page.locator("[data-numbers] tbody tr")).to_have_count(20)


def test_a_click_on_a_dot_shows_its_run(rosa, page):
    page.goto(rosa[0])
    strip = page.locator("[data-runs]").last
    strip.scroll_into_view_if_needed()
    # the slowest run of training 2 is the first of its dots
    name = strip.get_attribute("data-runs").split()[0]
    x, y = strip.evaluate(FIRST_DOT)
    page.mouse.move(x + 3, y + 3)
    expect(page.locator(".strips > title")).to_have_text(f"Watch run {name}")
    page.mouse.click(x + 3, y + 3)
    ready(page)
    expect(page.get_by_role("heading", level=1)).to_contain_text(f"Run {name}")


def test_two_drive_side_by_side_on_the_same_road(site, rosa, page):
    mine, other = rosa
    page.goto(f"{mine}replay/?run=2-3&beside={other.strip('/').split('/')[-1]}&at=0")
    ready(page)
    starts = page.evaluate(
        "[...document.querySelectorAll('.track')].map((it) => [...it.drive.at(0).x])"
    )
    assert len(starts) == 2
    assert starts[0] == starts[1]
    expect(page.locator(".readings h2")).to_have_text(["Rosa", "Ravi"])


def test_where_motion_is_unwelcome_it_waits(site, rosa):
    with browser_page(site.url, reduced_motion="reduce") as page:
        page.goto(f"{rosa[0]}replay/")
        ready(page)
        expect(page.locator("[data-do=play]")).to_have_accessible_name("Play")
        expect(page.locator("[data-told=frame]")).to_have_text(re.compile(r"^0 /"))


def test_the_leader_drives_on_top_of_the_board_until_it_is_stopped(site, rosa, page):
    page.goto("/c/spring/")
    road = page.locator("[data-film]")
    expect(road).to_have_class(re.compile("driven"))
    picture = "document.querySelector('[data-film] canvas').toDataURL()"
    first = page.evaluate(picture)
    eventually(lambda: page.evaluate(picture) != first, what="the road moves")
    road.get_by_role("button", name="Pause").click()
    expect(road.get_by_role("button", name="Play")).to_be_visible()
    road.get_by_role("link", name="Watch it").click()
    ready(page)
