"""The scripted drivers: what they decide, and how fast they are."""

import numpy as np
import pytest

from simulator.draws import ACTION, uniforms
from simulator.policies import (
    Accelerate,
    Decelerate,
    GapSeeker,
    Left,
    Moment,
    NoAction,
    Policy,
    Random,
    Right,
    by_name,
    drive,
)
from simulator.traffic import Traffic
from tests.simulator import drivers

RUNS = range(500)

# Medians of 500 runs x 2000 frames of seeds 0 to 499, and what an independent simulator measured
# under ruleset open, with the distance allowed between them [mph].
MEDIANS = [
    ("no-action", 0, 51.8, 1.0),
    ("accelerate", 0, 51.8, 1.0),
    ("decelerate", 0, 45.2, 1.0),
    ("gap-seeker-10", 0, 69.2, 1.5),
    ("gap-seeker-20", 0, 68.4, 1.5),
    ("no-action", 10, 58.8, 0.8),
    ("accelerate", 10, 62.6, 1.2),
    ("decelerate", 10, 40.3, 0.4),
    ("gap-seeker-10", 10, 76.4, 0.4),
]


@pytest.mark.parametrize(("name", "other_agents", "median", "allowed"), MEDIANS)
def test_a_driver_is_as_fast_as_measured(
    name: str, other_agents: int, median: float, allowed: float
) -> None:
    mph = drive(by_name(name), RUNS, other_agents=other_agents)
    assert abs(np.median(mph) - median) < allowed


def test_the_ego_alone_at_full_throttle_cannot_accelerate() -> None:
    assert drive(Accelerate(), range(20)).tolist() == drive(NoAction(), range(20)).tolist()


@pytest.mark.parametrize("threshold", [0, 10, 50])
@pytest.mark.parametrize("other_agents", [0, 5])
def test_the_gap_seeker_decides_as_the_rules_say(threshold: int, other_agents: int) -> None:
    seeker, oracle = GapSeeker(threshold), drivers.gap_seeker(threshold)
    traffic = Traffic(20, view=seeker.view, other_agents=other_agents, frames=900)
    traffic.reset(range(20))
    while not traffic.finished:
        moment = Moment(traffic.seeds, traffic.frame, traffic.agent)
        actions = seeker.act(traffic.observations, moment)
        assert actions.tolist() == [oracle(0, seen, None) for seen in traffic.observations.tolist()]
        traffic.step(actions)


@pytest.mark.parametrize(
    ("policy", "name", "action"),
    [
        (NoAction(), "no-action", 0),
        (Accelerate(), "accelerate", 1),
        (Decelerate(), "decelerate", 2),
        (Left(), "left", 3),
        (Right(), "right", 4),
    ],
)
def test_the_constant_drivers_do_one_thing(policy: Policy, name: str, action: int) -> None:
    assert policy.name == name
    assert by_name(name).name == name
    moment = Moment(np.zeros(3, np.uint64), frame=0, car=0)
    assert policy.act(np.zeros((3, policy.view.size)), moment).tolist() == [action] * 3


def test_the_random_driver_draws_from_each_runs_own_seed() -> None:
    seeds = np.arange(1000, dtype=np.uint64)
    seen = np.zeros((1000, Random.view.size))
    actions = Random().act(seen, Moment(seeds, frame=30, car=2))
    numbers = uniforms(seeds, frame=30, car=2, purpose=ACTION)
    assert actions.tolist() == [int(5 * number) for number in numbers]
    assert Random().act(seen[:5], Moment(seeds[5:10], frame=30, car=2)).tolist() == (
        actions[5:10].tolist()
    )
    assert np.bincount(actions).min() > 150


def test_random_drives_are_repeated_by_their_seeds() -> None:
    alone = drive(by_name("random"), [7], other_agents=2, frames=600)
    assert drive(by_name("random"), [3, 7], other_agents=2, frames=600)[1] == alone[0]


def test_to_the_left_and_to_the_right_the_road_is_as_fast() -> None:
    left, right = (drive(by_name(name), RUNS) for name in ("left", "right"))
    assert abs(left.mean() - right.mean()) < 4 * np.hypot(left.std(), right.std()) / 500**0.5


def test_a_gap_seeker_is_found_by_its_threshold() -> None:
    assert by_name("gap-seeker-35").threshold == 35
    assert by_name("gap-seeker-35").name == "gap-seeker-35"


@pytest.mark.parametrize("name", ["", "gap-seeker-", "gap-seeker--1", "gap-seeker-x", "no action"])
def test_an_unknown_driver_is_named_with_those_there_are(name: str) -> None:
    with pytest.raises(ValueError, match=f"no driver '{name}'; there are no-action, accelerate"):
        by_name(name)


@pytest.mark.parametrize("threshold", [-1, 51])
def test_a_threshold_out_of_view_is_refused(threshold: int) -> None:
    with pytest.raises(ValueError, match=f"threshold is {threshold}; it must be 0 to 50"):
        GapSeeker(threshold)
