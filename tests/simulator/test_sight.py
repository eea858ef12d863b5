"""What a car sees car by car: exactly as much as what it sees cell by cell."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from simulator.driving import see_all
from simulator.rules import OPEN, ORIGINAL, Rules
from simulator.sight import MOST_PARTS, Sight, new_sight
from simulator.traffic import Traffic, View
from tests.simulator.compiled_road import CompiledRoad
from tests.simulator.examples import examples
from tests.simulator.oracle import Oracle
from tests.simulator.random_numbers import KeyedDraws
from tests.simulator.states import Crowd, crowds

SEEDS = st.integers(0, 2**64 - 1)
VIEWS = st.builds(View, st.integers(0, 6), st.integers(1, 70), st.integers(0, 70))


def less_one(sight: Sight, view: View, road: int) -> np.ndarray:
    """The observation less 1 that a sight stands for; it has -1 off the road."""
    rows = view.patches_ahead + view.patches_behind
    cells = np.full((rows, view.width), -1.0)
    left, right, top, bottom = sight.road[road]
    cells[top:bottom, left:right] = 0.0
    covered = np.zeros((rows, view.width), int)
    for part in range(sight.number[road]):
        column, row, length = sight.parts[road, part].astype(int)
        assert 1 <= length <= 5
        assert left <= column < right
        assert top <= row
        assert row + length <= bottom
        cells[row : row + length, column] = sight.excess[road, part]
        covered[row : row + length, column] += 1
    assert covered.max(initial=0) <= 1
    return cells.ravel()


@pytest.mark.parametrize("rules", [OPEN, ORIGINAL], ids=lambda rules: rules.name)
@examples(40)
@given(seeds=st.lists(SEEDS, min_size=1, max_size=5), other_agents=st.integers(0, 10), view=VIEWS)
def test_it_is_the_observation(
    rules: Rules, seeds: list[int], other_agents: int, view: View
) -> None:
    traffic = Traffic(len(seeds), view=view, other_agents=other_agents, frames=100, rules=rules)
    traffic.reset(seeds)
    while not traffic.finished:
        sight = traffic.sight()
        for road in range(len(seeds)):
            assert (less_one(sight, view, road) == traffic.observations[road] - 1.0).all()
        traffic.step(np.arange(len(seeds)) % 5)


@examples(150)
@given(other_agents=st.integers(0, 10), deciding=st.integers(0, 10), view=VIEWS, crowd=crowds())
def test_of_cars_that_cover_each_other_it_has_what_is_left(
    other_agents: int, deciding: int, view: View, crowd: Crowd
) -> None:
    oracle = Oracle(KeyedDraws(0), other_agents, view)
    oracle.reset()
    crowd.put(oracle)
    road = CompiledRoad(OPEN, 0, other_agents, view)
    road.reset()
    road.put(crowd.cars(oracle), crowd.camera)
    car = min(deciding, other_agents)
    seen, _ = road.look(0, car)
    sight = new_sight(1)
    see_all(road.roads, car, view, sight)
    assert (less_one(sight, view, 0) == np.array(seen) - 1.0).all()
    assert sight.number[0] <= MOST_PARTS


def test_all_cars_between_lanes_are_two_parts_each() -> None:
    view = View(6, 70, 70)
    road = CompiledRoad(OPEN, 0, 0, view)
    road.reset()
    # Columns 0 and 1, 2 and 3, 4 and 5; seven rows of cars.
    cars = [[14.0 + 40 * (car % 3), 100.0 * (car // 3), 0, 0.0, 1.0] for car in range(20)]
    for car in cars:
        car[2] = round(car[0] - 14) // 20
    road.put(cars, 0.0)
    sight = new_sight(1)
    see_all(road.roads, 0, view, sight)
    assert sight.number[0] == MOST_PARTS == 40


def test_it_is_refused_where_nobody_looks() -> None:
    traffic = Traffic(1, view=View(0, 1, 0), frames=30)
    with pytest.raises(ValueError, match=r"sight\(\) without a decision that is due"):
        traffic.sight()
    traffic.reset([1])
    traffic.sight()
    traffic.step([0])
    with pytest.raises(ValueError, match=r"sight\(\) without a decision that is due"):
        traffic.sight()
