"""What is drawn beside the form is to scale, and says in words what it shows."""

import re

import pytest

from grader.config import validate
from leaderboard.charts import network_drawing, road_view
from leaderboard.charts.view import HEIGHT, WIDTH

VIEWS = [(0, 1, 0), (1, 10, 0), (3, 50, 10), (6, 70, 70), (6, 1, 0), (0, 70, 70)]


def view_of(side, ahead, behind, **more):
    fields = {"lanes_side": side, "patches_ahead": ahead, "patches_behind": behind, **more}
    return road_view(validate({**fields, "layers": [{"units": 4}]}))


@pytest.mark.parametrize(("side", "ahead", "behind"), VIEWS)
def test_the_whole_view_and_the_car_stand_within_the_picture(side, ahead, behind):
    drawn = view_of(side, ahead, behind)
    scale, right, down = map(float, re.findall(r"-?[\d.]+", drawn.transform))
    for box in (drawn.view, (drawn.own.x, drawn.own.y, 34, 12)):
        x, y, width, height = box
        assert scale * (x + right) >= 0
        assert scale * (x + width + right) <= WIDTH
        assert scale * (y + down) >= 0
        assert scale * (y + height + down) <= HEIGHT
    assert scale * drawn.road.width == pytest.approx(WIDTH, abs=1)


def test_the_view_is_as_many_cells_as_the_network_sees():
    drawn = view_of(1, 10, 4)
    assert (drawn.view.width, drawn.view.height) == (140, 60)
    assert drawn.view.x == -40  # behind the own front bumper
    assert drawn.cells.count("h") == 2
    assert drawn.cells.count("V") == 13
    assert "3 lanes, 10 rows ahead and 4 behind, 42 cells" in drawn.says


def test_cars_are_seen_only_within_the_view():
    drawn = view_of(1, 20, 0)
    seen = [car for car in drawn.cars if car.kind == "seen"]
    assert seen
    for car in seen:
        assert drawn.view.y <= car.y <= drawn.view.y + drawn.view.height
        assert car.x + 34 > drawn.view.x
        assert car.x < drawn.view.x + drawn.view.width
    assert {car.kind for car in drawn.cars} == {"seen", "unseen"}
    agents = view_of(1, 20, 0, other_agents=3)
    assert sum(car.kind == "agent" for car in agents.cars) == 3
    assert "The same network drives 3 other cars" in agents.says


def test_a_network_is_drawn_layer_by_layer_with_its_numbers():
    layers = [{"units": 64}, {"units": 8, "activation": "tanh"}]
    drawing = network_drawing(validate({"layers": layers}))
    assert [(it.units, it.name) for it in drawing.columns] == [
        ("30", "inputs"),
        ("64", "relu"),
        ("8", "tanh"),
        ("5", "actions"),
    ]
    assert len(drawing.links) == 3
    heights = [it.height for it in drawing.columns]
    assert sorted(heights) == [heights[3], heights[2], heights[0], heights[1]]
    assert [row.parameters for row in drawing.rows] == [31 * 64, 65 * 8, 9 * 5]
    assert "30 inputs, 64 relu, 8 tanh, 5 linear outputs: 2,549 weights" in drawing.says
