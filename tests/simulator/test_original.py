"""Ruleset deeptraffic-v2, compiled, against measurements of the original: every number of them."""

from typing import Any

import numpy as np
import pytest

from simulator.policies import by_name, drive_session
from simulator.rules import ORIGINAL, RULESETS
from simulator.traffic import Traffic, View
from tests.simulator import golden
from tests.simulator.compiled_road import CompiledRoad
from tests.simulator.drivers import GAP_VIEW, always, cycle, gap_seeker
from tests.simulator.oracle import Decide

VIEW = View(*GAP_VIEW)
scripted_and_seeking = pytest.mark.parametrize("name", golden.TRAJECTORIES)


def driver_of(recorded: dict[str, Any]) -> Decide:
    return cycle(recorded["action_cycle"]) if recorded["action_cycle"] else gap_seeker(50)


def as_recorded(decision: dict[str, Any]) -> tuple[list[float], float | None, int]:
    return decision["observation"], decision["reward"], decision["action"]


def test_there_is_the_original_ruleset() -> None:
    assert RULESETS["deeptraffic-v2"] is ORIGINAL
    assert all(ORIGINAL.quirks)


@scripted_and_seeking
def test_it_repeats_every_frame(name: str) -> None:
    recorded = golden.trajectory(name)
    driver = driver_of(recorded)
    road = CompiledRoad(ORIGINAL, 0, recorded["other_agents"], VIEW)
    deciders = dict(ORIGINAL.timetable(recorded["other_agents"]))
    for run in recorded["data"]:
        road.reset()
        assert road.cars() == run["init"]
        decisions = iter(run["decisions"])
        for frame in range(recorded["frames"]):
            if frame % 30 in deciders:
                car = deciders[frame % 30]
                seen, reward = road.look(frame, car)
                action = driver(car, seen, None)
                told = reward if car == 0 else None
                assert (seen, told, action) == as_recorded(next(decisions))
                road.act(frame, car, action)
            else:
                road.drive_frame(frame)
            if frame < len(run["frames"]):
                expected = run["frames"][frame]
                assert road.cars() == expected["cars"]
                assert road.sums()[0] == expected["camera"]
                assert road.behaviour() == expected["beh_rng"]
        assert next(decisions, None) is None


@scripted_and_seeking
def test_traffic_asks_for_the_same_decisions(name: str) -> None:
    recorded = golden.trajectory(name)
    driver = driver_of(recorded)
    traffic = Traffic(
        1,
        view=VIEW,
        other_agents=recorded["other_agents"],
        frames=recorded["frames"],
        rules=ORIGINAL,
    )
    traffic.reset([0])
    for run in recorded["data"]:
        for expected in run["decisions"]:
            seen = traffic.observations[0].tolist()
            action = driver(traffic.agent, seen, None)
            told = float(traffic.rewards[0]) if traffic.agent == 0 else None
            assert (seen, told, action) == as_recorded(expected)
            traffic.step([action])
        assert traffic.finished
        traffic.next_run()


@pytest.mark.parametrize(
    "case", golden.scores(), ids=lambda c: f"{c['policy']}-{c['other_agents']}"
)
def test_it_repeats_every_score_in_run_order(case: dict[str, Any]) -> None:
    policy = by_name(case["policy"].replace("_", "-"))
    scores = drive_session(
        policy, case["runs"], other_agents=case["other_agents"], frames=case["frames"]
    )
    assert scores.tolist() == case["scores_in_run_order"]
    assert np.sort(scores)[len(scores) // 2] == case["upper_median"]


def stepped(first: list[int], runs: int, other_agents: int) -> list[list[float]]:
    """The runs of sessions that start with these run numbers, under the cycle of all actions."""
    traffic = Traffic(
        len(first), view=VIEW, other_agents=other_agents, frames=200, rules=ORIGINAL, threads=2
    )
    traffic.reset([number - 1 for number in first])
    scores = []
    for run in range(runs):
        if run:
            traffic.next_run()
        assert traffic.seeds.tolist() == [number + run for number in first]
        while not traffic.finished:
            traffic.step(np.full(len(first), traffic.frame % 5))
        scores.append(traffic.average_mph())
    return np.stack(scores, axis=1).tolist()


@pytest.mark.parametrize("other_agents", [0, 10])
def test_a_session_is_the_same_alone_and_among_others(other_agents: int) -> None:
    together = stepped([1, 70, 3, 2**31], 3, other_agents)
    alone = [stepped([number], 3, other_agents)[0] for number in (1, 70, 3, 2**31)]
    assert together == alone


def test_a_run_depends_on_the_run_before() -> None:
    assert stepped([1], 2, 0)[0][1] != stepped([2], 1, 0)[0][0]


def test_a_session_driven_at_once_is_one_driven_step_by_step() -> None:
    class Stepper:
        name = "stepper"
        view = VIEW

        def act(self, observations: np.ndarray, moment: Any) -> np.ndarray:
            return by_name("gap-seeker-10").act(observations, moment)

    at_once = drive_session(by_name("gap-seeker-10"), 3, first=9, other_agents=2, frames=333)
    stepped_through = drive_session(Stepper(), 3, first=9, other_agents=2, frames=333)
    assert at_once.tolist() == stepped_through.tolist()


def test_a_decision_leaks_to_the_agents_after_and_to_the_ego() -> None:
    traffic = Traffic(40, view=VIEW, other_agents=3, frames=300, rules=ORIGINAL)
    traffic.reset(range(40))
    while not traffic.finished:
        # Agent 2 alone slows down; the frames of decisions are 0, 3, 6 and 9.
        traffic.step(np.full(40, 2 if traffic.agent == 2 else 0))
    slower = [2.0 - 10 * 0.02, 1.7, 1.7 - 10 * 0.02, 1.7 - 10 * 0.02]
    assert np.allclose(traffic.roads.throttle[:, :4], slower, rtol=0, atol=1e-12)


def test_agent_ten_never_decides() -> None:
    traffic = Traffic(1, view=VIEW, other_agents=10, frames=60, rules=ORIGINAL)
    traffic.reset([0])
    order = []
    while not traffic.finished:
        order.append((traffic.frame, traffic.agent))
        traffic.step([0])
    assert order == [(cycle + 3 * car, car) for cycle in (0, 30) for car in range(10)]


def test_throttles_are_not_cut_off() -> None:
    traffic = Traffic(1, view=VIEW, frames=30 * 101, rules=ORIGINAL)
    traffic.reset([0])
    while not traffic.finished:
        traffic.step([2])
    assert -1e-14 < traffic.roads.throttle[0, 0] < 0.0


def test_a_runs_first_reward_goes_to_the_last_runs_last_action() -> None:
    traffic = Traffic(1, view=VIEW, frames=40, rules=ORIGINAL)
    traffic.reset([0])
    assert not traffic.has_reward
    traffic.next_run()
    assert traffic.has_reward
    # One frame of 2 px/frame at most, where thirty are the measure.
    assert -3.0 <= traffic.rewards[0] <= (4.0 - 60.0) / 20.0
    assert always(0)(0, [], None) == 0
