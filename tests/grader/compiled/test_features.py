"""What the network is told of a view is what the view shows."""

import numpy as np
import pytest

from grader.compiled.glimpses import GLIMPSE, glance, most_entries, spell
from grader.compiled.layout import shape_of
from grader.compiled.vectors import WIDTH
from grader.config import validate
from simulator.compiled import compiled
from simulator.rules import OPEN
from simulator.sight import new_sight
from simulator.traffic import Traffic, View

ROWS_OF_A_CAR = 4
VIEWS = [(1, 10, 0), (0, 1, 0), (3, 50, 10), (6, 70, 70), (2, 3, 5), (3, 1, 1), (0, 70, 0)]


@compiled
def tell(road, car, view, shape, sight, glimpses, places, shares) -> int:
    glance(road, car, view, shape, sight, glimpses[0])
    return spell(shape, glimpses[0], 0, 0, places, shares)


def cells_of(shape) -> np.ndarray:
    """By the definition in words: for each feature, in which cells of [rows, width] it is 1."""
    features = np.zeros((shape.features, shape.rows, shape.width))
    for its_lane in range(7):
        for column in range(shape.width):
            if 0 <= its_lane + column - shape.lanes_side <= 6:
                features[its_lane, :, column] = 1
    place = shape.windows
    for column in range(shape.width):
        for first in range(1 - ROWS_OF_A_CAR, shape.rows):
            features[place, max(0, first) : first + ROWS_OF_A_CAR, column] = 1
            place += 1
    assert place == shape.cells
    for column in range(shape.width):
        for row in range(shape.rows):
            features[place, row, column] = 1
            place += 1
    assert place == shape.actions
    return features


@pytest.mark.parametrize("view", VIEWS)
def test_the_features_of_a_view_add_up_to_its_observation(view):
    config = validate({"lanes_side": view[0], "patches_ahead": view[1], "patches_behind": view[2]})
    shape = shape_of(config)
    features = cells_of(shape)
    traffic = Traffic(40, view=View(*view), other_agents=5, frames=200, rules=OPEN)
    traffic.reset(range(40))
    sight, glimpses = new_sight(1), np.zeros(1, GLIMPSE).view(np.recarray)
    places, shares = (np.zeros(most_entries(shape), kind) for kind in (np.int32, np.float32))
    random, kinds = np.random.default_rng(1), set()
    while not traffic.finished:
        for road in range(40):
            count = tell(
                traffic.roads[road], traffic.agent, traffic.view, shape, sight, glimpses,
                places, shares,
            )  # fmt: skip
            told = places[:count] // WIDTH
            seen = (features[told] * shares[:count, None, None]).sum(axis=0)
            np.testing.assert_allclose(seen.ravel(), traffic.observations[road], atol=1e-6)
            kinds |= {"whole" if glimpses[0].lane >= 0 else "partly"}
            kinds |= {"loose" for feature in told if feature >= shape.cells}
        traffic.step(random.integers(0, 5, 40))
    # the ego's front is in row 52 of 70, so that this much of its view is on the road
    if view[1] <= 52 and view[2] <= 18:
        assert "whole" in kinds
    if view[1] + view[2] >= 60:
        assert {"partly", "loose"} <= kinds
