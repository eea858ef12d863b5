"""The oracle against measurements of the original: what makes it an oracle."""

from typing import Any

import pytest

from tests.simulator import golden
from tests.simulator.drivers import GAP_VIEW, always, cycle, gap_seeker
from tests.simulator.oracle import Decide, Oracle
from tests.simulator.random_numbers import StreamDraws

DRIVERS = {"no_action": always(0), "decelerate": always(2), "gap_seeker_10": gap_seeker(10)}
RUNS = 3  # that there is time for


def session(other_agents: int) -> Oracle:
    return Oracle(StreamDraws(), other_agents, GAP_VIEW, original=True)


def cars_of(oracle: Oracle) -> list[list[float]]:
    return [[car.x, car.y, car.lane, car.a, car.c] for car in oracle.cars]


def checked_against(decisions: list[dict[str, Any]], decide: Decide) -> Decide:
    """Decides as given and checks what it was shown and does against the recording."""
    recorded = iter(decisions)

    def compare(car: int, observation: list[float], reward: float | None) -> int:
        action = decide(car, observation, reward)
        expected = next(recorded)
        assert observation == expected["observation"]
        assert reward == expected["reward"]
        assert action == expected["action"]
        return action

    return compare


@pytest.mark.parametrize("name", golden.TRAJECTORIES)
def test_it_repeats_every_frame_of_the_original(name: str) -> None:
    recorded = golden.trajectory(name)
    oracle = session(recorded["other_agents"])
    driver = cycle(recorded["action_cycle"]) if recorded["action_cycle"] else gap_seeker(50)
    for run in recorded["data"]:
        oracle.reset()
        assert cars_of(oracle) == run["init"]
        decide = checked_against(run["decisions"], driver)
        for frame in range(recorded["frames"]):
            oracle.drive_frame(decide)
            if frame < len(run["frames"]):
                expected = run["frames"][frame]
                assert cars_of(oracle) == expected["cars"]
                assert oracle.camera == expected["camera"]
                assert oracle.draws.behaviour.state == expected["beh_rng"]


@pytest.mark.parametrize(
    "case", golden.scores(), ids=lambda c: f"{c['policy']}-{c['other_agents']}"
)
def test_it_repeats_the_scores_of_the_original(case: dict[str, Any]) -> None:
    oracle = session(case["other_agents"])
    scores = []
    for _ in range(RUNS):
        oracle.reset()
        for _ in range(case["frames"]):
            oracle.drive_frame(DRIVERS[case["policy"]])
        scores.append(oracle.average_mph())
    assert scores == case["scores_in_run_order"][:RUNS]
