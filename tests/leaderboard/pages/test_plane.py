"""Columns, scales, colours, cells, groups: pure functions behind the page that explores."""

import math
import re

import numpy as np
import pytest
from django.conf import settings
from hypothesis import given
from hypothesis import strategies as st

from grader.config import validate
from leaderboard.charts import (
    moment_scale,
    number_colours,
    number_scale,
    scatter,
    tries_per_day,
    word_colours,
    word_scale,
)
from leaderboard.charts.days import MOST_BARS
from leaderboard.charts.scatter import COLOURS, MOST_DOTS
from leaderboard.columns import choosable, configured
from leaderboard.config_fields import notes
from leaderboard.trends import GROUPS, grouped, says
from tests.leaderboard.pages.test_people import contrast

CONFIG = validate(
    {
        "lanes_side": 2,
        "patches_ahead": 20,
        "temporal_window": 1,
        "layers": [{"units": 16, "activation": "tanh"}, {"units": 8}],
        "trainer": {"method": "nesterov", "momentum": 0.9},
        "target_update_interval": 100,
        "double_q": True,
    }
)


def array(*values):
    return np.array(values, dtype=np.float64)


def test_every_field_of_the_schema_is_a_column_or_of_a_layer():
    named = {name for name in notes() if not name.startswith("layers[]")}
    assert named <= set(configured())
    driven = set(choosable(driven=True))
    assert {"cells", "submitted", "cost"} <= driven < set(choosable(driven=False))
    assert not any("train" in name or name == "gamma" for name in driven)


def test_columns_say_what_the_configuration_says():
    values = {name: it.of(CONFIG) for name, it in configured().items()}
    assert values["cells"] == CONFIG.num_states == 100
    assert values["inputs"] == CONFIG.num_inputs
    assert values["parameters"] == CONFIG.parameters
    assert (values["hidden"], values["units"]) == (2, 24)
    assert values["trainer.momentum"] == 0.9
    words = {name: it.words[int(values[name])] for name, it in configured().items() if it.words}
    assert words["trainer.method"] == "nesterov"
    assert words["activation"] == "tanh"
    assert words["double_q"] == "true"
    flat = validate({"layers": []})
    assert configured()["activation"].words[int(configured()["activation"].of(flat))] == "none"


def test_what_spans_orders_of_magnitude_is_logarithmic():
    logs = {name for name, it in configured().items() if it.is_log}
    assert {
        *("training_iterations", "trainer.learning_rate", "trainer.l2_decay", "replay_size"),
        *("parameters", "cells", "target_update_interval", "trainer.batch_size"),
    } <= logs
    assert not logs & {"gamma", "lanes_side", "patches_ahead", "trainer.momentum", "epsilon_min"}


NUMBERS = st.lists(st.floats(0, 1e7, allow_subnormal=False), min_size=1, max_size=50)


@given(NUMBERS, st.booleans(), st.booleans())
def test_all_values_stand_within_the_plane_in_their_order(values, is_log, is_whole):
    known = np.floor(array(*values)) if is_whole else array(*values)
    scale = number_scale(known, is_log=is_log, is_whole=is_whole)
    unmoved = np.zeros(len(known), dtype=np.int64)
    # the number whose mix is half of all: it is not moved at all
    shares = scale.shares(known, unmoved) + scale.spread / 2
    assert (shares >= -1e-9).all()
    assert (shares <= 1 + 1e-9).all()
    order = np.argsort(known, kind="stable")
    assert (np.diff(shares[order]) >= -1e-9).all()
    assert all(-1e-9 <= it.at <= 1 + 1e-9 for it in scale.marks)


@pytest.mark.parametrize(
    ("values", "is_log", "labels"),
    [
        ([1000, 1_000_000], True, ["1k", "10k", "100k", "1M"]),
        ([0, 0.001, 0.01], True, ["0", "0.001", "0.002", "0.005", "0.01"]),
        ([0, 0], True, ["0"]),
        ([3, 3], True, ["1", "2", "5"]),
        ([0, 3], False, ["0", "1", "2", "3"]),
        ([0.5, 0.99], False, ["0.5", "0.6", "0.7", "0.8", "0.9", "1"]),
    ],
)
def test_labels_are_round(values, is_log, labels):
    whole = all(float(it).is_integer() for it in values)
    scale = number_scale(array(*values), is_log=is_log, is_whole=whole)
    assert [it.label for it in scale.marks] == labels


# the same cases as tests/js/explore.test.js
@pytest.mark.parametrize(
    ("fields", "value", "number", "share"),
    [
        (("even", 0, 10, 0, 0), 2.5, 7, 0.25),
        (("even", -0.5, 3.5, 0, 0.125), 1, 1, 0.389754),
        (("log", 0, 4, 0.08, 0), 100, 3, 0.54),
        (("log", 0, 4, 0.08, 0), 0, 3, 0.04),
    ],
)
def test_a_value_stands_where_the_browser_puts_it(fields, value, number, share):
    from leaderboard.charts.scale import Scale

    (found,) = Scale(*fields, ()).shares(array(value), np.array([number]))
    assert found == pytest.approx(share, abs=1e-6)


def test_like_values_are_moved_apart_but_never_into_their_neighbours():
    scale = word_scale(("sgd", "nesterov", "adam"))
    shares = scale.shares(np.repeat(array(0, 1, 2), 1000), np.arange(3000))
    for at in range(3):
        of_one = shares[1000 * at : 1000 * at + 1000]
        assert of_one.min() > at / 3
        assert of_one.max() < (at + 1) / 3
        assert np.ptp(of_one) > 0.15


def test_a_moment_alone_has_a_scale_too():
    scale = moment_scale(array(1.8e9))
    assert scale.low < 1.8e9 < scale.high


def test_times_of_day_tell_their_moment_for_the_readers_clock_and_days_do_not():
    for hours, is_told in ((3, True), (24 * 90, False)):
        marks = moment_scale(array(1.8e9, 1.8e9 + 3600 * hours)).to_json()["marks"]
        assert len(marks) > 1
        assert all(bool(when) == is_told for _, _, when in marks)


def test_colours_are_steps_with_as_many_in_each():
    values = np.arange(1000.0)
    colours = number_colours(values)
    assert np.bincount(colours.of(values)).tolist() == [200] * COLOURS
    assert colours.steps[0].label == "0 to 199"
    few = number_colours(array(1, 1, 1, 1, 2))
    assert [it.label for it in few.steps] in (["1", "2"], ["1 to 2"])
    assert [it.label for it in number_colours(array(5, 5)).steps] == ["5"]
    words = word_colours(("sgd", "adam"))
    assert words.of(array(1, 0)).tolist() == [1, 0]


@given(NUMBERS)
def test_no_step_of_colour_is_empty(values):
    colours = number_colours(array(*values))
    counts = np.bincount(colours.of(array(*values)), minlength=len(colours.steps))
    assert len(counts) == len(colours.steps) <= COLOURS
    assert counts.min() > 0


def test_few_are_dots_and_many_are_cells_with_the_colour_of_most():
    assert not scatter(array(0.5), array(0.5), None).cells
    count = MOST_DOTS + 100
    places = np.full(count, 0.5)
    colours = np.array([1] * 100 + [0] * (count - 100))
    drawn = scatter(places, places, colours)
    assert drawn.cells
    (layer,) = drawn.layers
    assert layer.colour == "0"
    assert layer.shade == 4
    assert layer.path.count("M") == 1
    hidden = scatter(places, places, np.full(count, -1))
    assert [it.colour for it in hidden.layers] == [""]
    corners = scatter(np.linspace(0, 1, count), np.linspace(0, 1, count), None)
    assert sum(it.path.count("M") for it in corners.layers) <= 60 + 34


def test_days_are_counted_and_many_are_put_together():
    day = 86_400
    drawn = tries_per_day(array(0, 10, day, 3 * day))
    assert [it.tries for it in drawn.bars] == [2, 1, 0, 1]
    assert drawn.path.count("M") == 3
    assert "4 graded submissions in 4 days; the most on one day were 2, on 1 Jan 1970" in drawn.says
    long = tries_per_day(np.arange(500.0) * day)
    assert len(long.bars) <= MOST_BARS
    assert sum(it.tries for it in long.bars) == 500
    assert tries_per_day(array(1, 2)) is None
    assert tries_per_day(array()) is None


GAMMA, METHOD = configured()["gamma"], configured()["trainer.method"]


def test_groups_hold_everybody_once():
    random = np.random.default_rng(1)
    values, scores = random.uniform(0, 1, 1000), random.uniform(50, 70, 1000)
    groups = grouped(GAMMA, values, scores)
    assert len(groups) == GROUPS
    assert sum(it.size for it in groups) == 1000
    assert max(it.best for it in groups) == scores.max()
    few = grouped(GAMMA, array(0.5, 0.9, 0.5), array(60, 61, 64))
    assert [it[:3] for it in few] == [("0.5", 2, 62.0), ("0.9", 1, 61.0)]
    words = grouped(METHOD, array(2, 0, 2), array(60, 61, 64))
    assert [(it.label, it.median) for it in words] == [("sgd", 61.0), ("adam", 62.0)]
    assert grouped(choosable(driven=False)["submitted"], values, scores) == []


@pytest.mark.parametrize(
    ("column", "values", "scores", "said"),
    [
        (GAMMA, np.arange(20), np.arange(20), "Higher values of gamma go with higher scores"),
        (GAMMA, np.arange(20), -np.arange(20), "Lower values of gamma go with higher scores"),
        (GAMMA, np.arange(20), np.tile([1, 2, 2, 1], 5), "No trend can be told over 20"),
        (GAMMA, np.arange(3), np.arange(3), "With 3 submissions no trend can be told yet"),
        (GAMMA, np.full(30, 0.5), np.arange(30), "All 30 have the same gamma: 0.5."),
        (METHOD, np.zeros(3), np.arange(3), "All 3 have the same method: sgd."),
        (METHOD, array(0, 2), array(60, 65), "adam 65.00 mph (1), sgd 60.00 mph (1)"),
        (choosable(driven=False)["submitted"], np.arange(20), np.arange(20), "Later submissions"),
    ],
)
def test_trends_are_said_in_words(column, values, scores, said):
    told = says(column, values.astype(float), scores.astype(float))
    assert said in told
    assert "cause" not in told
    assert math.isfinite(len(told))


SHEETS = settings.BASE_DIR / "leaderboard/static/leaderboard"
STYLE = "".join((SHEETS / name).read_text() for name in ("style.css", "explore.css"))
PAIRS = dict(re.findall(r"--([\w-]+): light-dark\((#\w+, #\w+)\)", STYLE))


@pytest.mark.parametrize("name", sorted(it for it in PAIRS if it.startswith(("step-", "word-"))))
def test_every_colour_of_a_point_is_seen_by_day_and_by_night(name):
    panel = re.search(r"--panel: light-dark\(#fff, (#\w+)\)", STYLE)[1]
    by_day, by_night = PAIRS[name].split(", ")
    assert contrast(by_day, "#ffffff") >= 3
    assert contrast(by_night, panel) >= 3


def test_there_is_a_colour_for_every_step_and_every_word():
    most = max(len(it.words) for it in configured().values())
    assert {f"step-{at}" for at in range(COLOURS)} <= set(PAIRS)
    assert {f"word-{at}" for at in range(most)} <= set(PAIRS)
    for kind, count in (("step", COLOURS), ("word", most)):
        assert all(f".{kind}-{at} {{ --hue: var(--{kind}-{at}); }}" in STYLE for at in range(count))
