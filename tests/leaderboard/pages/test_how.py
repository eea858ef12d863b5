"""How it works: every claim that can be checked is, and every link leads somewhere."""

import json
import re
import subprocess
from datetime import timedelta
from random import Random

import numpy as np
import pytest
from django.urls import reverse
from django.utils import timezone

from grader import scoring, seeds
from grader.fields import fields
from grader.joint_bootstrap import in_hundredths
from grader.schedule import epsilon_at, mean_epsilon
from grader.schema import NetworkConfig
from leaderboard.how import grid
from leaderboard.how.exploring import curve, exploring
from leaderboard.how.pieces import FOLDER, piece
from leaderboard.how.resampling import resampling
from leaderboard.how.words import WORDS, chapters
from leaderboard.how.worth import worth
from leaderboard.models import Board, Competition
from simulator.policies import Moment, by_name
from simulator.recording import unpacked
from simulator.traffic import Traffic, View
from tests.leaderboard.makers import make_competition
from tests.leaderboard.pages.reading import Page, text_of

pytestmark = pytest.mark.django_db

URL = "/how/"
SMALL = grid.View(1, 10, 0, 0)


@pytest.mark.both_databases
def test_a_site_without_a_competition_explains_itself(client):
    response = client.get(URL)
    assert response.status_code == 200
    page = Page(response)
    assert page.refused_by_a_strict_policy() == []
    assert not [it for it in page.values("href") if it.startswith("/c/")]
    ids = page.values("id")
    assert len(ids) == len(set(ids))
    assert reverse("how") == URL


def test_every_setting_has_a_place_its_own_words_and_what_it_does(client):
    page = text_of(client.get(URL))
    notes = fields()
    assert {it.name for it in notes} == set(WORDS)
    listed = [it.note.name for part in chapters() for it in part.fields]
    assert sorted(listed) == sorted(it.name for it in notes)
    for note in notes:
        anchor = note.name.replace("[]", "").replace(".", "-")
        (block,) = re.findall(rf'<div class="setting" id="{anchor}">(.*?)</dl>', page)
        assert note.help.replace("'", "&#x27;") in block, note.name
        assert f"<code>{note.name}</code>" in block


def test_links_lead_to_places_that_are_there(as_alice, competition):
    page = Page(as_alice.get(URL))
    ids = set(page.values("id"))
    for href in set(page.values("href")):
        path, _, anchor = href.partition("#")
        if not path or path.startswith(("/how/", "?")):
            assert not anchor or anchor in ids, href
        if path.startswith("/") and not path.startswith("/static/"):
            assert as_alice.get(path, follow=True).status_code == 200, href


def test_others_link_here(client, as_alice, graded):
    for path in ("/c/spring/", "/c/spring/submit/", graded.get_absolute_url()):
        hrefs = Page(as_alice.get(path)).values("href")
        assert any(it.startswith("/how/#") for it in hrefs), path


def test_an_empty_site_points_here(client):
    hrefs = Page(client.get("/")).values("href")
    assert hrefs.count(URL) == 3  # its header, its footer, and what it says


def test_its_presets_can_be_submitted_while_the_competition_is_open(client, competition):
    page = text_of(client.get(URL))
    assert "/c/spring/submit/?preset=patient" in page
    assert "is trained 2 times and drives 3 runs each time" in page


def test_a_closed_competition_is_only_shown(client):
    past = timezone.now() - timedelta(days=1)
    make_competition(opens_at=past - timedelta(days=9), closes_at=past)
    page = text_of(client.get(URL))
    assert "?preset=" not in page
    assert 'href="/c/spring/"' in page


def test_where_networks_come_trained_nobody_is_told_of_trainings(client):
    make_competition(accepts=Competition.Accepts.WEIGHTS)
    assert Board.WEIGHTS in Competition.objects.get().boards
    page = text_of(client.get(URL))
    assert "networks come trained and drive 3 runs" in page
    assert "?preset=" not in page


@pytest.mark.parametrize(
    "query",
    [
        "lanes_side=7",
        "lanes_side=-1",
        "lanes_side=%00",
        "lanes_side=" + "9" * 5000,
        "lanes_side=1.5&patches_ahead=0&patches_behind=x&temporal_window=11",
        "lanes_side=%D9%A3",
        "key=%00",
        "key=7",
        "key=" + "x" * 5000,
    ],
)
def test_what_is_no_view_shows_the_usual_one(client, query):
    asked, usual = (client.get(it).text.partition("<main") for it in (f"{URL}?{query}", URL))
    assert asked[2] == usual[2]


@pytest.mark.parametrize("method", ["post", "put", "delete"])
def test_it_is_only_read(client, method):
    assert getattr(client, method)(URL).status_code == 405


def test_it_asks_the_database_for_the_way_around_alone(client, django_assert_max_num_queries):
    client.get(URL)
    with django_assert_max_num_queries(1):
        client.get(URL)


def test_the_sliders_work_without_a_script(client):
    response = client.get(f"{URL}?lanes_side=3&patches_ahead=60&patches_behind=5&temporal_window=1")
    page = Page(response)
    config = grid.View(3, 60, 5, 1).config
    (inputs,) = [it for it in page.having("id") if it.attributes["id"] == "inputs"]
    assert inputs.text == f"{config.num_inputs:,}"
    assert page.named("patches_ahead").attributes["value"] == "60"
    assert "7 lanes, 60 rows ahead and 5 behind: 455 cells" in text_of(response)


@pytest.mark.parametrize("view", [View(1, 10, 0), View(6, 70, 70), View(0, 1, 0), View(3, 52, 18)])
def test_the_numbers_are_what_a_network_gets_there(view):
    """Driven again: the same run to the same decision, and each of the ten before it."""
    driver = by_name(piece("road")["driver"])
    seen = Traffic(1, view=view)
    seen.reset([seeds.run_seed("0", 0, 0)])
    driven = Traffic(1, view=driver.view)
    driven.reset([seeds.run_seed("0", 0, 0)])
    moments, shown = [], piece("road")["moments"]
    while len(moments) < 38:
        moment = Moment(driven.seeds, driven.frame, 0)
        action = driver.act(driven.observations, moment)
        moments.append((seen.observations[0].copy(), int(action[0])))
        driven.step(action)
        seen.step(action)
    for (observation, action), moment in zip(reversed(moments), shown, strict=False):
        cells = np.array(grid.cells(grid.View(*view, 0), moment)).ravel() / grid.FREE
        assert np.abs(cells - observation).max() <= 0.5 / grid.FREE
        assert action == moment["action"]


def test_the_picture_has_every_cell_once():
    drawn = grid.drawn(grid.View(6, 70, 70, 0))
    boxes = re.findall(r"M(-?\d+ -?\d+)h10v20h-10z", drawn.free + drawn.taken + drawn.off)
    assert len(boxes) == len(set(boxes)) == 13 * 140
    # seven lanes of 52 rows ahead and 18 behind are road
    assert drawn.off.count("M") == 13 * 140 - 7 * 70


def test_the_recording_is_the_run_whose_moment_is_shown():
    recorded = unpacked((FOLDER / "run.bin").read_bytes())
    assert (recorded.rules, recorded.frames, recorded.other_agents) == ("open", 2000, 0)
    actions = [it["action"] for it in piece("road")["moments"]]
    assert recorded.decisions[37 - 10 : 37 + 1][::-1].tolist() == actions


@pytest.mark.parametrize("key", ["0", "1", "2"])
def test_the_bootstrap_is_the_graders(key):
    found = piece("runs")["keys"][key]
    speeds = np.array(found["runs"]) / 100
    seed = seeds.bootstrap_seed(key, NetworkConfig().config_hash)
    score = scoring.score(speeds, seed=seed)
    assert (score.score, list(score.interval)) == (found["score"], found["interval"])
    assert sum(found["counts"]) == scoring.RESAMPLES
    assert in_hundredths(speeds).tolist() == found["runs"]
    shown = resampling(key)
    # of the histogram as a table, 2.5 % lie below the interval
    below = dict(shown.counts)
    assert below.get(float(np.floor(shown.low)), 0) <= 250 <= below[float(np.ceil(shown.low))]
    assert list(below.values())[-1] == scoring.RESAMPLES


def test_ranks_add_up_and_lie_within_their_intervals():
    ranks = piece("ranks")
    for entrant in ranks["entrants"]:
        counts = entrant["ranks"]
        assert sum(counts) == ranks["replicates"]
        inside = sum(counts[entrant["low"] - 1 : entrant["high"]])
        assert inside >= 0.95 * ranks["replicates"], entrant["name"]


def test_the_experience_adds_up():
    step = worth()
    assert step.target == pytest.approx(0.075 * step.mph - 3 + 0.5 * max(step.after))
    assert f"{step.now - step.target:.2f} too high" in step.says
    assert [it.kind for it in step.parts] == ["reward", "later", "target", "now"]


def test_epsilon_is_drawn_through_its_own_values():
    config = NetworkConfig(epsilon_min=0.1, learning_steps_burnin=0)
    points = [tuple(map(float, it.split(","))) for it in curve(config).split()]
    for x, y in points:
        age = x * config.training_iterations / 1000
        assert 1 - y / 1000 == pytest.approx(epsilon_at(config, age), abs=2e-3)
    assert "5,500 of 30,000" in exploring().says


SCRIPT = """
import {{ readFileSync }} from "node:fs";
import {{ drawn }} from "{folder}/grid.js";
import * as learning from "{folder}/learning.js";
const {{ moments }} = JSON.parse(readFileSync("{folder}/road.json"));
const {{ views, configs, ages, step }} = JSON.parse(readFileSync(0));
console.log(JSON.stringify({{
  views: views.map((view) => drawn(view, moments)),
  epsilons: configs.map((config) => ages.map((age) => learning.epsilonAt(config, age))),
  means: configs.map(learning.meanEpsilon),
  curves: configs.map(learning.curve),
  epsilon: learning.epsilonSays(configs[0]),
  step: learning.stepSays(learning.target(step)),
  gamma: [learning.weights(step.gamma), learning.gammaSays(step.gamma)],
}}));
"""


def test_scripts_and_pictures_are_the_same(tmp_path):
    """The page's own modules, run by node, against the server's drawings and the grader."""
    random = Random(8)
    views = [
        grid.View(*(random.randint(low, high) for low, high in ((0, 6), (1, 70), (0, 70), (0, 10))))
        for _ in range(12)
    ]
    configs = [NetworkConfig()]
    for _ in range(12):
        total = random.randint(2, 50_000)
        configs.append(
            NetworkConfig(
                training_iterations=random.randint(1, 100_000),
                learning_steps_total=total,
                learning_steps_burnin=random.randint(0, total - 1),
                epsilon_min=random.choice([0, 0.05, random.random(), 1]),
            )
        )
    ages = [1, 2, 999, 5500, 10_000, 70_000]
    names = (
        "training_iterations",
        "learning_steps_total",
        "learning_steps_burnin",
        "epsilon_min",
    )
    step = worth()
    asked = {
        "views": [view._asdict() for view in views],
        "configs": [{name: getattr(it, name) for name in names} for it in configs],
        "ages": ages,
        "step": {"mph": step.mph, "gamma": step.gamma, "now": step.now, "after": step.after},
    }
    script = tmp_path / "ask.mjs"
    script.write_text(SCRIPT.format(folder=FOLDER))
    said = subprocess.run(
        ["node", str(script)], input=json.dumps(asked), capture_output=True, text=True, check=True
    )
    answer = json.loads(said.stdout)
    for view, drawn in zip(views, answer["views"], strict=True):
        assert drawn == grid.drawn(view)._asdict(), view
    for at, config in enumerate(configs):
        expected = [epsilon_at(config, age) for age in ages]
        assert answer["epsilons"][at] == pytest.approx(expected)
        assert answer["means"][at] == pytest.approx(mean_epsilon(config))
        assert answer["curves"][at] == curve(config)
    assert answer["step"] == step.says
    assert answer["gamma"] == [step.weights, step.reach]
    assert answer["epsilon"] == exploring().says


@pytest.mark.deep
def test_the_pieces_are_what_their_script_makes(tmp_path):
    from scripts import how_pieces

    for name, make in how_pieces.PIECES.items():
        assert make() == (FOLDER / name).read_bytes(), name
