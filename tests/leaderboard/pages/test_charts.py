"""The plots' arithmetic: round axes, places in percent, and words that fit the numbers."""

import pytest

from grader.errors import Problem
from leaderboard.charts import Axis, learning_curves, run_strips
from leaderboard.listing import listing


@pytest.mark.parametrize(
    ("values", "low", "high"),
    [
        ([51.8, 72.4], 50, 75),
        ([66.1, 66.2], 66.1, 66.2),
        ([66.0], 66, 66.2),
        ([0, 0], 0, 0.2),
        ([], 0, 1),
        ([None, 60, float("nan"), 70], 60, 70),
    ],
)
def test_an_axis_has_round_ends_that_hold_every_value(values, low, high):
    axis = Axis.around(values)
    assert axis.low == pytest.approx(low)
    assert axis.high == pytest.approx(high)
    assert 2 <= len(axis.ticks) <= 8


def test_places_are_percent_of_the_axis():
    axis = Axis(50, 75, 5)
    assert axis.at(50) == "0.00%"
    assert axis.at(62.5) == "50.00%"
    assert axis.bar(60, 55, 65) == ("40.00%", "20.00%", "40.00%")
    assert axis.bar(60, None, None) == ("40.00%", "40.00%", "0.00%")
    assert [tick.label for tick in axis.ticks] == ["50", "55", "60", "65", "70", "75"]
    assert [tick.at for tick in axis.heights][::5] == ["100.00%", "0.00%"]


def test_an_axis_up_to_a_number_ends_there():
    assert [tick.label for tick in Axis.up_to(109_600, ticks=4).ticks] == ["0", "50k", "100k"]


def curve(*values, key="mph"):
    return [{"iteration": 100 * at, key: value} for at, value in enumerate(values, start=1)]


def test_curves_leave_out_points_without_a_value():
    drawn = learning_curves([curve(None, 50, 60), curve(40, 50, 55)], iterations=300)
    assert drawn is not None
    assert drawn.unit == "mph"
    assert len(drawn.lines[0].points.split()) == 2
    assert "40.0 to 50.0 mph at first, 55.0 to 60.0 mph at last" in drawn.says
    assert [row.values for row in drawn.rows] == [[None, 40], [50, 50], [60, 55]]


def test_curves_show_the_reward_where_no_speed_is_known():
    drawn = learning_curves([curve(1, 2, key="reward")], iterations=200)
    assert drawn is not None
    assert drawn.unit == "reward"


@pytest.mark.parametrize("curves", [[], [[]], [curve(50)], [curve(None, None)]])
def test_there_is_no_plot_without_a_line(curves):
    assert learning_curves(curves, iterations=100) is None


def test_a_long_curve_has_a_short_table_that_ends_with_the_last_point():
    drawn = learning_curves([curve(*range(40, 77), *range(40, 77))], iterations=7400)
    assert drawn is not None
    assert len(drawn.rows) <= 25
    assert drawn.rows[-1].iteration == 7400


def test_strips_have_a_dot_a_run_and_say_where_half_of_them_lie():
    drawn = run_strips([[60, 61, 62], [64, 65, 66]], [61, 65], numbers=[1, 2])
    assert [strip.dots.count("M") for strip in drawn.strips] == [3, 3]
    assert "Medians from 61.00 to 65.00 mph" in drawn.says
    assert "half of the 6 runs lie between 61.2 and 64.8 mph" in drawn.says
    assert len(drawn.rows) == 3


def test_a_thousand_runs_are_drawn_and_listed_as_quantiles():
    drawn = run_strips([[60 + at / 100 for at in range(1000)]], [65], numbers=[1])
    assert drawn.strips[0].dots.count("M") == 200
    assert (drawn.rows[0].name, drawn.rows[-1].name) == ("Slowest", "Fastest")
    assert drawn.rows[0].values == [60]


@pytest.mark.parametrize(
    ("medians", "said"), [([60, 60.5], ""), ([60, 64], "90 of 100"), ([60, 70], "86 of 100")]
)
def test_trainings_that_differ_a_lot_bring_a_warning(medians, said):
    warns = run_strips([[it] * 3 for it in medians], medians, numbers=[1, 2]).warns
    assert said in warns
    assert bool(said) == bool(warns)


def test_a_short_text_is_listed_whole_and_a_long_one_around_its_faults():
    fault = Problem("gamma", "is wrong", 50, 1)
    assert len(listing("\n" * 99, [fault])) == 100
    shown = listing("\n" * 999, [fault, Problem("x", "is wrong", 52)])
    assert [line.number for line in shown] == list(range(47, 56))
    assert shown[0].follows_gap
    assert not shown[1].follows_gap


def test_a_fault_beyond_the_last_line_stands_at_the_last():
    (line,) = listing("x", [Problem("", "is wrong", 7)])
    assert line.problems


def test_a_very_long_line_is_cut_around_its_fault():
    (line,) = listing("x" * 5000 + "HERE" + "x" * 5000, [Problem("", "is wrong", 1, 5001)])
    assert "HERE" in line.text
    assert len(line.text) <= 202


def test_faults_without_a_line_list_nothing():
    assert listing("x", [Problem("", "is wrong")]) == []
