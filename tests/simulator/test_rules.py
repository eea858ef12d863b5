"""Ruleset open: the physics of the road, and each quirk of the original that it repairs."""

from collections.abc import Iterator

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from simulator.compiled import compiled
from simulator.driving import start_runs
from simulator.kernels import act, derive
from simulator.rules import OPEN, RULESETS, Quirks
from simulator.state import Roads, new_roads
from simulator.traffic import Traffic, View
from tests.simulator.examples import examples

NONE, ACCELERATE, DECELERATE, LEFT, RIGHT = range(5)
VIEW = View(3, 50, 10)
SEEDS = range(40)


def decisions(
    other_agents: int = 0, actions: dict[int, int] | None = None, frames: int = 300
) -> Iterator[Traffic]:
    """Drives, each car always taking its one action, and stops at every decision and the end."""
    traffic = Traffic(len(SEEDS), view=VIEW, other_agents=other_agents, frames=frames)
    traffic.reset(SEEDS)
    while not traffic.finished:
        yield traffic
        traffic.step(np.full(len(SEEDS), (actions or {}).get(traffic.agent, NONE)))
    yield traffic


def last(*arguments: object) -> Traffic:
    return list(decisions(*arguments))[-1]


def test_there_is_the_open_ruleset() -> None:
    assert RULESETS["open"] is OPEN
    assert OPEN.name == "open"


@pytest.mark.parametrize("other_agents", range(11))
def test_every_car_decides_once_in_thirty_frames_the_tenth_agent_too(other_agents: int) -> None:
    order = [(traffic.frame, traffic.agent) for traffic in decisions(other_agents, frames=60)]
    agents = range(other_agents + 1)
    spread = [(30 * agent // (other_agents + 1), agent) for agent in agents]
    assert order == [*spread, *((frame + 30, agent) for frame, agent in spread), (60, -1)]


def test_two_thousand_frames_are_sixty_seven_decisions() -> None:
    assert sum(1 for _ in decisions(frames=2000)) == 67 + 1


def test_each_car_executes_its_own_decision_only() -> None:
    traffic = last(3, {0: ACCELERATE, 1: DECELERATE, 2: NONE, 3: ACCELERATE})
    expected = [2.0, 1.7 - 10 * 0.02, 1.7, 1.7 + 10 * 0.02]
    assert np.allclose(traffic.roads.throttle[:, :4], expected, rtol=0, atol=1e-12)


def test_other_agents_turning_do_not_turn_the_ego() -> None:
    assert (last(2, {1: LEFT, 2: RIGHT}).roads.lane[:, 0] == 3).all()


def test_an_action_counts_once_a_decision() -> None:
    for traffic in decisions(1, {1: ACCELERATE}, 100):
        done = max(0, (traffic.frame - 15 + 29) // 30)
        expected = np.full(len(SEEDS), 1.7)
        for _ in range(done):
            expected += 0.02
        assert (traffic.roads.throttle[:, 1] == expected).all()


def test_the_throttle_ends_at_exactly_zero_and_the_car_drives_on_at_its_neighbours_mercy() -> None:
    traffic = last(1, {0: DECELERATE, 1: DECELERATE}, 110 * 30)
    assert (traffic.roads.throttle[:, :2] == 0.0).all()
    assert (traffic.roads.follow[:, :2] >= 0.0).all()
    assert np.isfinite(traffic.roads.y).all()


def test_the_throttle_ends_at_exactly_two() -> None:
    traffic = last(1, {0: ACCELERATE, 1: ACCELERATE}, 20 * 30)
    assert (traffic.roads.throttle[:, :2] == 2.0).all()


@pytest.mark.parametrize("throttle", [1.98, 1.985, 1.99, 1.9999999999999998, 2.0])
def test_a_step_that_would_pass_two_is_cut_off_there(throttle: float) -> None:
    roads = new_roads(1)
    roads.throttle[:] = throttle
    act_as_ego(roads, OPEN.quirks, ACCELERATE)
    assert roads.throttle[0, 0] == min(2.0, throttle + 0.02) == 2.0


@pytest.mark.parametrize("throttle", [0.02, 0.015, 0.01, 5e-324, 0.0])
def test_a_step_that_would_pass_zero_is_cut_off_there(throttle: float) -> None:
    roads = new_roads(1)
    roads.throttle[:] = throttle
    act_as_ego(roads, OPEN.quirks, DECELERATE)
    assert roads.throttle[0, 0] == 0.0


@examples(50)
@given(seed=st.integers(0, 2**64 - 1), other_agents=st.integers(0, 10))
def test_cars_start_on_free_cells_at_their_throttles(seed: int, other_agents: int) -> None:
    roads = new_roads(1)
    roads.seed[:] = seed
    start_runs(roads, other_agents + 1, OPEN.quirks, 0, 1)
    lanes, rows = roads.lane[0], roads.y[0] / 10
    assert (roads.x[0] == 20 * lanes + 4).all()
    assert (lanes[0], roads.y[0, 0]) == (3, 525.0)
    assert (rows[1:] == rows[1:].astype(int)).all()
    rows[0] = 56  # the row that the placement keeps clear for the ego, behind its front at 525 px
    for car in range(1, 20):
        behind = (rows[car] - rows[:car])[lanes[:car] == lanes[car]]
        assert ((behind <= -5) | (behind >= 12)).all()
    throttle = roads.throttle[0]
    assert throttle[0] == 2.0
    assert (throttle[1 : other_agents + 1] == 1.7).all()
    npcs = throttle[other_agents + 1 :]
    assert ((npcs > 1.0) & (npcs < 1.35)).all()
    assert (roads.follow == 1.0).all()


def test_every_free_cell_can_be_drawn() -> None:
    roads = new_roads(4000)
    roads.seed[:] = np.arange(4000)
    start_runs(roads, 1, OPEN.quirks, 0, 4000)
    cells = roads.y[:, 1] / 10 * 7 + roads.lane[:, 1]
    clear_for_ego = {7 * row + 3 for row in range(52, 68)}
    assert set(cells.astype(int)) == set(range(490)) - clear_for_ego


def test_the_first_decision_has_no_reward_and_each_other_that_of_thirty_frames() -> None:
    for traffic in decisions(2, {}, 200):
        assert traffic.has_reward == (traffic.agent == 0 and traffic.frame > 0)
        assert np.isfinite(traffic.rewards).all()
        assert (np.abs(traffic.rewards) <= 3.0).all()
        if traffic.frame == 0:
            assert (traffic.rewards == 0.0).all()
    # A road that stays free lets the ego drive 30 x 4 px: (120 - 60) / 20.
    assert traffic.rewards.max() == 3.0


def test_the_ego_stays_in_the_picture_and_the_others_within_its_margins() -> None:
    for traffic in decisions(4, {0: RIGHT, 1: ACCELERATE, 2: LEFT}, 900):
        y = traffic.roads.y
        assert ((y[:, 0] >= 522.5) & (y[:, 0] <= 526.5)).all()
        assert ((y >= -68.0 - 4.0) & (y <= 768.0 + 4.0)).all()


def test_speeds_stay_within_the_rules() -> None:
    for traffic in decisions(3, {1: LEFT, 2: DECELERATE, 3: RIGHT}, 900):
        roads = traffic.roads
        assert ((roads.follow >= 0.0) & (roads.follow <= 2.0)).all()
        assert ((roads.throttle[:, 4:] > 1.0) & (roads.throttle[:, 4:] < 1.35)).all()
        assert ((roads.lane >= 0) & (roads.lane <= 6)).all()


def test_a_lane_change_takes_thirty_frames() -> None:
    traffic = Traffic(len(SEEDS), view=VIEW, other_agents=10, frames=62)
    traffic.reset(SEEDS)
    traffic.step(np.full(len(SEEDS), LEFT))
    turned = traffic.roads.lane[:, 0] == 2
    assert turned.any()
    while traffic.frame < 30:
        traffic.step(np.full(len(SEEDS), NONE))
    # Frame 30 has moved: it is the thirtieth after frame 0, in which the turn was decided.
    assert np.allclose(traffic.roads.x[turned, 0], 44.0, rtol=0, atol=1e-9)
    traffic.step(np.full(len(SEEDS), NONE))
    assert (traffic.roads.x[turned, 0] == 44.0).all()


@compiled
def act_as_ego(roads: Roads, quirks: Quirks, action: int) -> None:
    derive(roads[0])
    act(roads[0], quirks, 0, action)


def turned(cars: dict[int, tuple[float, float]], action: int, throttle: float = 2.0) -> int:
    """How many lanes the ego turns, it being at (x, y) = cars[0]; the others are far away."""
    roads = new_roads(1)
    roads.y[:] = 5000.0
    roads.lane[0, 0] = 3
    for car, (x, y) in cars.items():
        roads.x[0, car], roads.y[0, car] = x, y
    roads.throttle[:] = throttle
    act_as_ego(roads, OPEN.quirks, action)
    return int(roads.lane[0, 0]) - 3


@pytest.mark.parametrize("off", [0.0, 0.49, -0.49, 0.5, -0.5, 0.67, 20.0])
@pytest.mark.parametrize(("action", "lanes"), [(LEFT, -1), (RIGHT, 1)])
def test_a_car_turns_only_when_settled_in_its_lane(off: float, action: int, lanes: int) -> None:
    assert turned({0: (64.0 + off, 525.0)}, action) == (lanes if abs(off) < 0.5 else 0)


@pytest.mark.parametrize("throttle", [0.0, 1.0, 2.0])
@pytest.mark.parametrize("row", range(-12, 6))
def test_a_turn_needs_three_rows_a_unit_of_throttle_ahead_and_four_alongside(
    throttle: float, row: int
) -> None:
    # The other car covers rows row to row + 3, counted from the ego's.
    beside = {0: (64.0, 525.0), 1: (44.0, 520.0 + 10 * row)}
    blocked = row + 3 >= -3 * throttle and row < 4
    assert turned(beside, LEFT, throttle) == (0 if blocked else -1)
    assert turned(beside, RIGHT, throttle) == 1


@pytest.mark.parametrize(("y", "lanes"), [(55.0, 0), (65.0, -1), (665.0, -1), (675.0, 0)])
def test_a_turn_needs_the_road_to_go_on(y: float, lanes: int) -> None:
    # Six rows ahead and four from the front backward, of rows 0 to 69.
    assert turned({0: (64.0, y)}, LEFT) == lanes


def test_a_view_shows_the_own_car_empty_road_and_the_edge() -> None:
    for traffic in decisions(frames=400):
        if traffic.finished:
            break
        seen = traffic.observations.reshape(len(SEEDS), 60, 7)
        speed = traffic.roads.follow[:, 0] * traffic.roads.throttle[:, 0]
        assert (seen[:, 50:54, 3] == speed[:, None] / 100).all()
        assert (((seen >= 0.0) & (seen <= 0.04)) | (seen == 1.0)).all()
    wide = Traffic(3, view=View(6, 1, 0))
    wide.reset([1, 2, 3])
    assert (wide.observations[:, [0, 1, 2, 10, 11, 12]] == 0.0).all()
    assert (wide.observations[:, 3:10] > 0.0).all()


def test_faster_driving_scores_more() -> None:
    averages = [
        last(10, dict.fromkeys(range(11), action), 2000).average_mph().mean()
        for action in (DECELERATE, NONE, ACCELERATE)
    ]
    assert averages[0] < averages[1] < averages[2]


def test_the_average_is_floored_to_a_hundredth() -> None:
    mph = last(0, {}, 500).average_mph()
    assert (np.round(mph * 100) / 100 == mph).all()
    assert ((mph > 20.0) & (mph <= 80.0)).all()


def test_a_frame_of_no_limits_is_forty_mph_of_the_first_follow_limit() -> None:
    traffic = Traffic(200, view=View(0, 1, 0), frames=1)
    traffic.reset(range(200))
    assert (traffic.average_mph() == 0.0).all()
    traffic.step(np.zeros(200, int))
    # The strip kept clear for the ego leaves four rows ahead of row 56 free: its first limit is 2.
    assert (traffic.average_mph() == 80.0).any()
    assert (traffic.average_mph() <= 80.0).all()
