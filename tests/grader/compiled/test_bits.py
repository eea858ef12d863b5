"""The same bits: in pieces, resumed, on threads, beside others, and on every processor."""

import hashlib

import numpy as np
import pytest

from grader.compiled.engine import compute
from grader.compiled.machine import Machine
from grader.config import NetworkConfig
from grader.grade import TrainingResult
from grader.grading import plan
from grader.progress import unheard
from tests.grader.compiled.test_training import CASES
from tests.grader.small import PROTOCOL, quick

KINDS = {
    "basic": {},
    "deep": {**CASES["deep"], "trainer": {"method": "adam"}},
    "maxout": {**CASES["maxout deep"], "trainer": {"momentum": 0.9, "l2_decay": 0.1}},
    "agents": {**CASES["agents"], "temporal_window": 1, "epsilon_test_time": 0.1},
}


def machine_of(config: NetworkConfig, seed: int = 5) -> Machine:
    return Machine(config, seed, rules="open", frames=3000)


def traces(machine: Machine) -> list[bytes]:
    """Weights, all counters and sums, and the speeds of some runs."""
    speeds = machine.drive(range(20), 200)
    return [*(m.tobytes() for m in machine.weights), machine.state.tobytes(), speeds.tobytes()]


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("steps", [[1, 2, 3], [41, 42, 90, 200], [259]])
def test_a_training_in_pieces_has_the_bits_of_a_whole_one(kind, steps):
    config = quick(**KINDS[kind])
    whole, pieces = machine_of(config), machine_of(config)
    whole.train(260)
    for until in [*steps, 260]:
        pieces.train(until)
    assert traces(pieces) == traces(whole)


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("after", [0, 30, 150])
def test_a_resumed_training_ends_with_the_same_bits(kind, after):
    config = quick(**KINDS[kind])
    whole, first, resumed = machine_of(config), machine_of(config), machine_of(config, seed=6)
    whole.train(260)
    first.train(after)
    saved = first.save()
    first.train(260)  # what is saved does not change with it
    resumed.train(99)  # and nothing is left of what was there
    resumed.resume(saved)
    resumed.train(260)
    assert traces(resumed) == traces(whole) == traces(first)


def test_what_was_saved_of_another_configuration_is_refused():
    saved = machine_of(quick()).save()
    with pytest.raises(ValueError, match="not saved from a training of this configuration"):
        machine_of(quick(replay_size=91)).resume(saved)
    del saved["target"]
    with pytest.raises(ValueError, match="target"):
        machine_of(quick()).resume(saved)


def test_runs_have_the_same_bits_alone_and_among_others():
    machine = machine_of(quick(**KINDS["agents"]))
    machine.train(260)
    together = machine.drive(range(37), 200)
    alone = [machine.drive([seed], 200)[0] for seed in range(37)]
    assert together.tolist() == alone
    assert len(set(alone)) > 20


def computed(config: NetworkConfig, jobs: int, only: slice) -> dict[int, tuple[object, ...]]:
    results: list[TrainingResult] = []
    compute(
        config,
        PROTOCOL,
        plan(config, PROTOCOL, "k")[only],
        jobs=jobs,
        on_progress=unheard,
        on_result=results.append,
    )
    return {it.index: (it.weights_hash, it.runs, it.curve, it.seed) for it in results}


@pytest.mark.parametrize("kind", KINDS)
def test_threads_and_neighbours_change_no_bit(kind):
    config = quick(**KINDS[kind])
    everything = computed(config, 1, slice(5))
    assert computed(config, 5, slice(5)) == everything
    assert computed(config, 2, slice(2, 4)) == {index: everything[index] for index in (2, 3)}


@pytest.mark.parametrize("kind", KINDS)
def test_a_training_never_changes(kind):
    """Frozen: a change of any bit, on any processor, is a new version of the grader."""
    machine = machine_of(quick(**KINDS[kind]))
    machine.train(260)
    weights = np.concatenate([matrix.ravel() for matrix in machine.weights])
    digest = hashlib.sha256(weights.tobytes() + machine.drive(range(20), 200).tobytes())
    assert digest.hexdigest()[:16] == FROZEN[kind]


FROZEN = {
    "basic": "565c9040f89636ce",
    "deep": "85d7f6c798197576",
    "agents": "3ce856abb126ac3a",
    "maxout": "620e7c54d113138b",
}
