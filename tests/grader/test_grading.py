"""Grading: the same bits however it is computed, scripted drivers, protocols and cost."""

import json

import numpy as np
import pytest

from grader import __version__
from grader.config import ConfigError, NetworkConfig, validate
from grader.cost import estimate, stack, training_bytes
from grader.grading import grade, plan
from grader.protocol import Protocol
from grader.seeds import run_seed, training_seed
from simulator.rules import RULESETS
from tests.grader.small import PROTOCOL, quick

CASES = {
    "basic": {},
    "odd": {
        "layers": [{"units": 7, "activation": "tanh"}, {"units": 33, "activation": "sigmoid"}],
        "trainer": {"batch_size": 17, "momentum": 0.9, "l1_decay": 0.001},
    },
    "agents": {
        "temporal_window": 2,
        "other_agents": 3,
        "patches_behind": 3,
        "epsilon_test_time": 0.1,
    },
    "wide": {
        "lanes_side": 3,
        "patches_ahead": 50,
        "layers": [{"units": 136}, {"units": 30, "activation": "tanh"}],
        "trainer": {"method": "adam", "batch_size": 61},
        "target_update_interval": 13,
    },
}


def bits(result):
    return [
        (training.seed, training.runs, training.curve, training.weights_hash, training.traces)
        for training in result.trainings
    ]


@pytest.mark.parametrize("changes", CASES.values(), ids=CASES)
def test_a_grade_has_the_same_bits_whatever_is_computed_side_by_side(changes):
    config = quick(**changes)
    together = grade(config, PROTOCOL, "k", jobs=5)
    for jobs in (1, 2):
        again = grade(config, PROTOCOL, "k", jobs=jobs)
        assert bits(again) == bits(together)
        assert again.score == together.score
    assert len({training.weights_hash for training in together.trainings}) == 5


def test_a_training_does_not_depend_on_how_many_there_are():
    config = quick()
    fewer = grade(config, Protocol(trainings=2, runs=6, frames=300), "k")
    assert bits(fewer) == bits(grade(config, PROTOCOL, "k"))[:2]


def test_other_keys_give_other_trainings_and_roads():
    first, second = grade(quick(), PROTOCOL, "1"), grade(quick(), PROTOCOL, "2")
    assert first.trainings[0].weights_hash != second.trainings[0].weights_hash
    assert first.trainings[0].runs != second.trainings[0].runs


def test_little_memory_means_fewer_trainings_side_by_side():
    config = quick()
    limit = int(2.5 * training_bytes(config))
    assert stack(config, trainings=5, memory_limit=limit) == 2
    assert stack(config, trainings=5, memory_limit=1) == 1


def test_the_seeds_of_a_plan_follow_from_key_and_hash():
    config = quick()
    planned = plan(config, PROTOCOL, "k")
    assert planned[3].seed == training_seed("k", config.config_hash, 3)
    assert planned[3].run_seeds == tuple(run_seed("k", 3, run) for run in range(6))


def test_a_grade_as_plain_values_has_the_promised_shape():
    values = json.loads(json.dumps(grade(quick(), PROTOCOL, "k").to_dict(), allow_nan=False))
    assert list(values) == [
        "score", "upper_median", "interval", "runs", "trainings", "config", "config_hash",
        "protocol", "grader_version", "seconds",
    ]  # fmt: skip
    assert np.shape(values["runs"]) == (5, 6)
    assert values["score"] == np.median(values["runs"])
    assert validate(values["config"]) == quick()
    assert Protocol.from_dict(values["protocol"]) == PROTOCOL
    assert values["grader_version"] == __version__
    training = values["trainings"][2]
    assert set(training) == {"seed", "median", "engine", "seconds", "curve", "weights_hash"}
    assert training["median"] == np.median(values["runs"][2])
    assert training["engine"] == "compiled"
    assert set(training["curve"][0]) == {"iteration", "reward", "loss", "epsilon", "mph"}


@pytest.mark.parametrize(
    ("driver", "speed", "tolerance"), [("no-action", 51.8, 1), ("gap-seeker-10", 69.2, 1.5)]
)
def test_scripted_drivers_score_as_in_the_original(driver, speed, tolerance):
    result = grade(None, Protocol(), "0", driver=driver)
    assert result.score.score == pytest.approx(speed, abs=tolerance)
    assert result.config is None
    assert {training.engine for training in result.trainings} == {"scripted"}


def test_an_unknown_driver_is_refused():
    with pytest.raises(ConfigError, match="driver: there is no driver 'fast'"):
        grade(None, PROTOCOL, driver="fast")
    with pytest.raises(ValueError, match="either a configuration or a driver"):
        grade(None, PROTOCOL)
    with pytest.raises(ValueError, match="either a configuration or a driver"):
        grade(quick(), PROTOCOL, driver="no-action")


def test_a_protocol_comes_back_from_plain_values_and_keeps_its_bounds():
    assert Protocol.from_dict(PROTOCOL.to_dict()) == PROTOCOL
    assert Protocol().to_dict() == {"rules": "open", "trainings": 5, "runs": 100, "frames": 2000}
    assert Protocol().rules in RULESETS
    with pytest.raises(ConfigError) as caught:
        Protocol.from_dict({"rules": "closed", "trainings": 0, "runs": "5", "pace": 1})
    assert [str(problem) for problem in caught.value.problems] == [
        "rules: must be one of 'open', 'deeptraffic-v2', not 'closed'",
        "trainings: must be at least 1, not 0",
        "runs: must be a whole number, not '5'",
        "pace: there is no such field",
    ]


def test_an_estimate_grows_with_what_there_is_to_do():
    basic = estimate(NetworkConfig(), Protocol())
    assert 1 < basic.seconds < 60
    assert basic.side_by_side == 2
    for changes in (
        {"training_iterations": 60_000},
        {"layers": [{"units": 500}]},
        {"other_agents": 5},
        {"lanes_side": 3, "patches_ahead": 50},
        {"trainer": {"batch_size": 512}},
    ):
        assert estimate(validate(changes), Protocol()).seconds > 1.1 * basic.seconds
    large = validate(
        {"replay_size": 100_000, "temporal_window": 10, "layers": [{"units": 1024}] * 2}
    )
    assert estimate(large, Protocol()).side_by_side == 1
    assert estimate(large, Protocol()).bytes > 500_000_000
    assert estimate(NetworkConfig(), Protocol(trainings=1)).seconds < basic.seconds
