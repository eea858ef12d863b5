"""Recordings of graded networks: the runs that were graded, and what the networks expected."""

import numpy as np
import pytest

from grader import grading
from grader.config import validate
from grader.grade import Training
from grader.grading import compute
from grader.pretrained import Pretrained
from grader.protocol import Protocol
from grader.recordings import Driver, best_median_worst, record
from grader.worth import ACTIVATIONS, worth
from simulator.policies import by_name
from simulator.recording import unpacked
from simulator.rules import RULESETS
from simulator.traffic import Traffic, View
from tests.grader.small import network_of, quick

FRAMES = 400
KINDS = {
    "alone": {},
    "at random": {"epsilon_test_time": 0.3},
    "with others": {"other_agents": 3, "temporal_window": 2},
    "deep": {"layers": [{"units": 9, "activation": "tanh"}, {"units": 7, "activation": "sigmoid"}]},
    "maxout": {"layers": [{"units": 8, "activation": "maxout"}]},
}


def graded(config, protocol, **more):
    """The first training of an evaluation, its result, and the network."""
    training = grading.plan(config, protocol, "k")[0]
    results = []
    compute(config, protocol, [training], on_result=results.append, **more)
    (result,) = results
    return training, result


@pytest.mark.parametrize("rules", ["open", "deeptraffic-v2"])
@pytest.mark.parametrize("changes", KINDS.values(), ids=KINDS)
def test_recorded_runs_are_the_graded_ones_and_the_ego_does_what_it_expects_most_of(changes, rules):
    config, protocol = quick(**changes), Protocol(rules=rules, trainings=1, runs=5, frames=FRAMES)
    training, result = graded(config, protocol)
    driver = Driver.of(Pretrained.of(config, result.matrices))
    found = record(result, training, protocol, driver, range(5))
    assert [unpacked(it).average_mph for it in found.values()] == list(result.runs)
    agreed = asked = 0
    for packet in found.values():
        kept = unpacked(packet)
        assert kept.view == View(config.lanes_side, config.patches_ahead, config.patches_behind)
        assert kept.values is not None
        mine = decisions_of_the_ego(kept)
        told = ~np.isnan(kept.values).any(axis=1)
        agreed += (kept.values.argmax(axis=1) == mine)[told].sum()
        asked += told.sum()
    least = 0.6 if config.epsilon_test_time else 0.99  # at a hair's breadth an engine rounds
    assert agreed >= least * asked
    skipped = 5 * len(mine) - asked
    assert skipped == (config.temporal_window if rules == "deeptraffic-v2" else 0)


def decisions_of_the_ego(kept):
    rules = RULESETS[kept.rules]
    traffic = Traffic(
        1, view=View(0, 1, 0), other_agents=kept.other_agents, frames=kept.frames, rules=rules
    )
    traffic.reset([0])
    mine = []
    for action in kept.decisions:
        if traffic.agent == 0:
            mine.append(action)
        traffic.step([0])
    return np.array(mine)


def test_a_network_that_was_trained_elsewhere_is_recorded_with_its_factors(golden_network):
    network = golden_network
    protocol = Protocol(rules="deeptraffic-v2", trainings=1, runs=4, frames=FRAMES)
    training, result = graded(network.config, protocol, network=network)
    found = record(result, training, protocol, Driver.of(network), [0, 3])
    assert [unpacked(found[run]).average_mph for run in (0, 3)] == [result.runs[0], result.runs[3]]


@pytest.fixture
def golden_network():
    config = quick(temporal_window=1, layers=[{"units": 6}])
    return network_of(config)._replace(factors=(0.5,))


def test_a_scripted_driver_is_recorded_with_what_it_looks_at():
    protocol = Protocol(trainings=1, runs=3, frames=FRAMES)
    training = Training(0, 1, (11, 12, 13))
    results = []
    compute(None, protocol, [training], driver="gap-seeker-10", on_result=results.append)
    driver = Driver(by_name("gap-seeker-10").view)
    found = record(results[0], training, protocol, driver, [2])
    kept = unpacked(found[2])
    assert kept.average_mph == results[0].runs[2]
    assert (kept.view, kept.values) == (View(3, 50, 10), None)


def test_a_run_that_is_another_is_refused():
    config, protocol = quick(), Protocol(trainings=1, runs=2, frames=FRAMES)
    training, result = graded(config, protocol)
    other = training._replace(run_seeds=training.run_seeds[::-1])
    driver = Driver.of(Pretrained.of(config, result.matrices))
    with pytest.raises(ValueError, match=r"^run 0 came to \S+ mph, driven again to \S+$"):
        record(result, other, protocol, driver, [0])


@pytest.mark.parametrize(
    ("runs", "chosen"),
    [
        ([50.0], (0, 0, 0)),
        ([50.0, 60.0], (1, 1, 0)),
        ([50.0, 70.0, 60.0], (1, 2, 0)),
        ([60.0, 50.0, 70.0, 65.0], (2, 3, 1)),
        ([60.0, 60.0, 60.0, 60.0, 60.0], (0, 2, 4)),
    ],
)
def test_best_median_and_worst(runs, chosen):
    assert best_median_worst(runs) == chosen


def test_a_window_that_spans_runs_is_what_the_original_remembers():
    # of 30 frames a run has one decision: the window reaches back over several runs
    config = quick(temporal_window=3)
    protocol = Protocol(rules="deeptraffic-v2", trainings=1, runs=8, frames=30)
    network = network_of(config)
    training, result = graded(config, protocol, network=network)
    found = record(result, training, protocol, Driver.of(network), range(8))
    kept = [unpacked(it) for it in found.values()]
    asked = [not np.isnan(it.values).any() for it in kept]
    assert asked == [False] * 3 + [True] * 5
    for it in kept[3:]:
        assert it.values[0].argmax() == it.decisions[0]


@pytest.mark.parametrize("activation", ACTIVATIONS)
def test_a_network_by_hand(activation):
    config = validate({"layers": [{"units": 4, "activation": activation}], "lanes_side": 0})
    network = network_of(config)
    first, second = network.matrices
    row = np.linspace(-1, 1, config.num_inputs)
    sums = [sum(row * first[:-1, unit]) + first[-1, unit] for unit in range(4)]
    hidden = {
        "relu": [max(0.0, it) for it in sums],
        "tanh": [(np.exp(2 * it) - 1) / (np.exp(2 * it) + 1) for it in sums],
        "sigmoid": [1 / (1 + np.exp(-it)) for it in sums],
        "linear": sums,
        "maxout": [max(sums[0], sums[1]), max(sums[2], sums[3])],
    }[activation]
    by_hand = [sum(hidden * second[:-1, action]) + second[-1, action] for action in range(5)]
    np.testing.assert_allclose(worth(network, row[None])[0], by_hand, rtol=1e-9)
