"""The compiled frame against the oracle: every car after every frame, every decision, every bit."""

from itertools import cycle

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from simulator.rules import OPEN, ORIGINAL, Rules
from simulator.traffic import Traffic, View
from tests.simulator import drivers
from tests.simulator.compiled_road import CompiledRoad, cars_of, drive_both
from tests.simulator.examples import examples
from tests.simulator.oracle import Oracle
from tests.simulator.random_numbers import KeyedDraws, StreamDraws
from tests.simulator.states import Crowd, crowds, next_to

RULES = [OPEN, ORIGINAL]
SEEDS = st.integers(0, 2**64 - 1)
VIEWS = st.builds(View, st.integers(0, 6), st.integers(1, 70), st.integers(0, 70))
ACTIONS = st.lists(st.integers(0, 4), min_size=1, max_size=40)

both_rulesets = pytest.mark.parametrize("rules", RULES, ids=lambda rules: rules.name)


def pair(rules: Rules, seed: int, other_agents: int, view: View) -> tuple[CompiledRoad, Oracle]:
    """The same run, or session, twice."""
    draws = StreamDraws(run=seed) if rules is ORIGINAL else KeyedDraws(seed)
    oracle = Oracle(draws, other_agents, view, original=rules is ORIGINAL)
    oracle.reset()
    road = CompiledRoad(rules, seed, other_agents, view)
    road.reset()
    return road, oracle


@both_rulesets
@examples(40)
@given(seed=SEEDS, other_agents=st.integers(0, 10), view=VIEWS, actions=ACTIONS)
def test_every_frame_has_the_same_bits(
    rules: Rules, seed: int, other_agents: int, view: View, actions: list[int]
) -> None:
    road, oracle = pair(rules, seed, other_agents, view)
    drive_both(road, oracle, drivers.cycle(actions), frames=200)


@examples(20)
@given(seed=SEEDS, other_agents=st.integers(0, 10), view=VIEWS, actions=ACTIONS)
def test_the_runs_of_a_session_share_their_random_numbers(
    seed: int, other_agents: int, view: View, actions: list[int]
) -> None:
    road, oracle = pair(ORIGINAL, seed, other_agents, view)
    decide = drivers.cycle(actions)
    for frames in (1, 40, 70):
        drive_both(road, oracle, decide, frames=frames)
        road.reset()
        oracle.reset()


@both_rulesets
@examples(60)
@given(seed=SEEDS, other_agents=st.integers(0, 10), view=VIEWS, actions=ACTIONS, crowd=crowds())
def test_cars_anywhere_on_the_road_move_on_with_the_same_bits(
    rules: Rules, seed: int, other_agents: int, view: View, actions: list[int], crowd: Crowd
) -> None:
    road, oracle = pair(rules, seed, other_agents, view)
    crowd.put(oracle)
    road.put(crowd.cars(oracle), crowd.camera)
    drive_both(road, oracle, drivers.cycle(actions), frames=40)


@pytest.mark.parametrize("toward", [-np.inf, 0.0, np.inf])
@pytest.mark.parametrize("x", [4.0, 9.999999999999998, 10.0, 10.000000000000002, 17.5, 124.0])
def test_a_car_on_the_edge_of_a_cell_is_marked_as_rounding_says(x: float, toward: float) -> None:
    road, oracle = pair(OPEN, 1, 0, View(6, 70, 70))
    for edge in range(-60, 770, 10):
        for car in oracle.cars:
            car.x, car.y, car.lane, car.a, car.c = 124.0, 767.5, 6, 1.0, 0.0
        standing, follower = oracle.cars[:2]
        standing.lane = follower.lane = round(x - 4) // 20
        standing.x = follower.x = x
        standing.y = next_to(edge, toward) if toward else float(edge)
        # Five rows back from the last that it may be marked in.
        follower.y = min(edge + 75.0, 768.0)
        oracle.camera, oracle.frame = 0.0, 0
        road.put(cars_of(oracle), 0.0)
        road.roads.sums[0], oracle.travelled, oracle.total = 0.0, 0.0, 0.0
        drive_both(road, oracle, drivers.always(0), frames=1)


@both_rulesets
@pytest.mark.parametrize("other_agents", [0, 3, 10])
def test_a_whole_run_of_lane_changes_has_the_same_bits(rules: Rules, other_agents: int) -> None:
    road, oracle = pair(rules, 11, other_agents, View(*drivers.GAP_VIEW))
    drive_both(road, oracle, drivers.gap_seeker(10), frames=2000)
    assert oracle.average_mph() > 50.0


@both_rulesets
@pytest.mark.parametrize("other_agents", [0, 10])
def test_a_run_down_to_throttle_zero_and_up_again_has_the_same_bits(
    rules: Rules, other_agents: int
) -> None:
    cars = other_agents + 1
    slow_then_fast = drivers.cycle([2] * 110 * cars + [1] * 60 * cars)
    road, oracle = pair(rules, 5, other_agents, View(1, 4, 4))
    drive_both(road, oracle, slow_then_fast, frames=30 * 130)


@both_rulesets
@examples(20)
@given(
    seeds=st.lists(SEEDS, min_size=1, max_size=4),
    other_agents=st.integers(0, 10),
    view=VIEWS,
    actions=ACTIONS,
    frames=st.integers(1, 130),
    threads=st.integers(1, 3),
)
def test_traffic_stops_at_every_decision_of_the_rules(
    rules: Rules,
    seeds: list[int],
    other_agents: int,
    view: View,
    actions: list[int],
    frames: int,
    threads: int,
) -> None:
    recordings = [record(rules, seed, other_agents, view, actions, frames) for seed in seeds]
    traffic = Traffic(
        len(seeds),
        view=view,
        other_agents=other_agents,
        frames=frames,
        rules=rules,
        threads=threads,
    )
    traffic.reset(seeds)
    for decisions in zip(*[decisions for decisions, _ in recordings], strict=True):
        assert not traffic.finished
        for road, (frame, car, observation, reward, _) in enumerate(decisions):
            assert (traffic.frame, traffic.agent) == (frame, car)
            assert traffic.observations[road].tolist() == observation
            assert traffic.has_reward == (car == 0 and frame > 0)
            if car == 0:
                assert traffic.rewards[road] == reward
        traffic.step([action for *_, action in decisions])
    assert traffic.finished
    assert traffic.frame == frames
    assert traffic.average_mph().tolist() == [mph for _, mph in recordings]


def record(
    rules: Rules, seed: int, other_agents: int, view: View, actions: list[int], frames: int
) -> tuple[list[tuple[int, int, list[float], float | None, int]], float]:
    """The oracle's decisions (frame, car, observation, reward, action) and its average."""
    _, oracle = pair(rules, seed, other_agents, view)
    # Different roads act differently: what one does must not reach another.
    turns = cycle(actions[seed % len(actions) :] + actions)
    decisions: list[tuple[int, int, list[float], float | None, int]] = []

    def decide(car: int, observation: list[float], reward: float | None) -> int:
        action = next(turns)
        decisions.append((oracle.frame, car, observation, reward, action))
        return action

    for _ in range(frames):
        oracle.drive_frame(decide)
    return decisions, oracle.average_mph()
