"""Traces: what is kept of a run's decisions is what the car did, whoever drove it."""

import hashlib

import numpy as np
import pytest

from grader.compiled.machine import Machine
from grader.grading import grade
from grader.protocol import Protocol
from grader.scripted import drive
from grader.trace import Driven, trace
from simulator import policies
from simulator.rules import RULESETS
from simulator.traffic import Traffic, View
from tests.grader.small import quick

FRAMES = 400
KINDS = {
    "alone": {},
    "at random": {"epsilon_test_time": 0.3},
    "with others": {"other_agents": 3, "temporal_window": 1, "epsilon_test_time": 0.1},
}


def driven_by_hand(actions: np.ndarray, *, agents: int, rules: str) -> list[float]:
    """The average speeds of runs 0, 1, ... whose cars decide as it stands there."""
    traffic = Traffic(
        len(actions), view=View(0, 1, 0), other_agents=agents, frames=FRAMES, rules=RULESETS[rules]
    )
    traffic.reset(list(range(len(actions))))
    for column in actions.T.astype(np.int64):
        traffic.step(column)
    assert traffic.finished
    return traffic.average_mph().tolist()


@pytest.mark.parametrize("rules", ["open", "deeptraffic-v2"])
@pytest.mark.parametrize("changes", KINDS.values(), ids=KINDS)
def test_a_car_that_decides_as_the_trace_says_drives_the_same_run(changes, rules):
    config = quick(**changes)
    machine = Machine(config, 1, rules=rules, frames=600)
    machine.train(260)
    driven = machine.drive_traced(range(37), FRAMES)
    assert len(np.unique(driven.actions)) > 1
    by_hand = driven_by_hand(driven.actions, agents=config.other_agents, rules=rules)
    assert by_hand == driven.speeds.tolist()


@pytest.mark.parametrize("name", ["no-action", "random", "gap-seeker-10"])
def test_a_scripted_driver_is_traced_without_driving_otherwise(name):
    protocol, policy = Protocol(frames=FRAMES), policies.by_name(name)
    driven = drive(policy, range(20), protocol)
    assert driven.speeds.tolist() == policies.drive(policy, range(20), frames=FRAMES).tolist()
    assert driven_by_hand(driven.actions, agents=0, rules="open") == driven.speeds.tolist()


def test_the_trace_is_half_a_sha_256_of_one_byte_a_decision():
    actions = np.array([[0, 1, 4], [0, 1, 4], [0, 1, 3]], np.uint8)
    driven = Driven(np.zeros(3), actions)
    first, same, other = driven.traces
    assert first == same == hashlib.sha256(b"\x00\x01\x04").hexdigest()[:32]
    assert other == trace(actions[2]) != first


def test_every_run_of_a_grade_has_a_trace_and_both_engines_agree_on_what_it_is():
    # at random alone, nothing that an engine rounds in its own way decides
    config = quick(epsilon_test_time=1, training_iterations=50)
    protocol = Protocol(trainings=2, runs=3, frames=300)
    compiled = grade(config, protocol, "k")
    torch = grade(config, protocol, "k", engine="torch-stacked")
    traces = [training.traces for training in compiled.trainings]
    assert traces == [training.traces for training in torch.trainings]
    assert len({one for some in traces for one in some}) == 6
