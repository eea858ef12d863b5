"""Checkpoints: resumed by whoever, a training ends with the bits that it would have had."""

import json
import shutil
import signal
import zipfile

import numpy as np
import pytest

from grader import checkpoint, job
from grader.checkpoint import CheckpointError, Keeper, Saved
from grader.engines import COMPILED
from grader.grading import compute, grade, plan
from grader.progress import Point
from grader.protocol import Protocol
from tests.grader.small import quick
from tests.grader.test_child import finish, start

PROTOCOL = Protocol(trainings=2, runs=5, frames=300)
# long enough for several checkpoints at 2 % of the time
CONFIG = quick(training_iterations=12_000, other_agents=2, temporal_window=1)
KEY = "k"


class Listener:
    """Keeps a copy of every file, and what was said."""

    def __init__(self, folder, found=None, seconds=0.001):
        self.folder, self.copies, self.said = folder, [], []
        self.keeper = Keeper(folder, seconds, found or {}, self.saved, self.resumed, self.refused)

    def saved(self, index, iteration, file):
        copy = file.with_name(f"{index}-{iteration}.copy")
        shutil.copy(file, copy)
        self.copies.append((index, iteration, copy))

    def resumed(self, index, iteration):
        self.said.append((index, iteration))

    def refused(self, index, message):
        self.said.append((index, message))


def results(keeper=None, config=CONFIG):
    found = []
    trainings = plan(config, PROTOCOL, KEY)
    compute(config, PROTOCOL, trainings, keeper=keeper, jobs=1, on_result=found.append)
    found.sort(key=lambda it: it.index)
    return [(it.runs, it.traces, it.weights_hash, it.curve) for it in found]


@pytest.fixture(scope="module")
def whole():
    return results()


@pytest.fixture(scope="module")
def listener(tmp_path_factory):
    listener = Listener(tmp_path_factory.mktemp("checkpoints"))
    with pytest.MonkeyPatch.context() as patch:
        # more than 2 % of the time: a busy machine, slow to write, still keeps several
        patch.setattr(checkpoint, "LEAST_BETWEEN", 10)
        results(listener.keeper)
    return listener


def test_there_are_some_of_each_training(listener, whole):
    assert {index for index, _, _ in listener.copies} == {0, 1}
    assert len(listener.copies) >= 4
    assert listener.said == []


def test_resumed_from_any_it_ends_with_the_same_bits(listener, whole, tmp_path):
    for index, iteration, file in listener.copies:
        again = Listener(tmp_path, {index: file}, seconds=1000)
        assert results(again.keeper) == whole
        assert again.said == [(index, iteration)]


def whose(**changes):
    seed = plan(CONFIG, PROTOCOL, KEY)[0].seed
    found = checkpoint.identity(CONFIG, rules="open", seed=seed, engine=COMPILED)
    return {**found, **changes}


def of_training_0(listener):
    return next(file for index, _, file in listener.copies if index == 0)


@pytest.mark.parametrize(
    "change",
    [
        {"format": 2},
        {"grader_version": "0.0.1"},
        {"engine": "torch-stacked"},
        {"config_hash": "0" * 64},
        {"rules": "deeptraffic-v2"},
        {"seed": "0" * 16},
    ],
)
def test_anothers_is_refused_by_the_name_of_what_differs(change, listener):
    (name,) = change
    with pytest.raises(CheckpointError, match=f"its {name} is "):
        checkpoint.read(of_training_0(listener), whose(**change))


def flipped(data):
    # in the middle of the largest member's bytes
    return data[: len(data) // 2] + bytes([data[len(data) // 2] ^ 1]) + data[len(data) // 2 + 1 :]


@pytest.mark.parametrize(
    "spoil",
    [
        lambda data: data[:-100],
        lambda data: data[: len(data) // 2],
        lambda data: b"",
        lambda data: b"hello",
        flipped,
    ],
    ids=["cut", "half", "empty", "text", "flipped"],
)
def test_what_is_damaged_is_refused_and_the_training_begins_anew(spoil, listener, whole, tmp_path):
    file = tmp_path / "0.spoilt"
    file.write_bytes(spoil(of_training_0(listener).read_bytes()))
    again = Listener(tmp_path, {0: file}, seconds=1000)
    assert results(again.keeper) == whole
    ((index, message),) = again.said
    assert index == 0
    assert message.startswith("damaged: ")


def test_a_pickle_in_it_is_never_loaded(tmp_path, listener):
    file = tmp_path / "0.npz"
    with zipfile.ZipFile(of_training_0(listener)) as good, zipfile.ZipFile(file, "w") as bad:
        for name in good.namelist():
            content = good.read(name)
            if name == "weights.npy":
                content = content.replace(b"'<f4'", b"'|O' ")
            bad.writestr(name, content)
    with pytest.raises(CheckpointError, match="damaged"):
        checkpoint.read(file, whose())


def test_anothers_training_is_trained_from_the_beginning(listener, whole, tmp_path):
    again = Listener(tmp_path, {1: of_training_0(listener)}, seconds=1000)
    assert results(again.keeper) == whole
    assert again.said[0][1].startswith("its seed is ")


def test_arrays_of_other_shapes_are_refused(listener, whole, tmp_path):
    saved = checkpoint.read(of_training_0(listener), whose())
    short = {**saved.arrays, "rewards": saved.arrays["rewards"][:-1]}
    checkpoint.write(tmp_path / "0.npz", whose(), saved._replace(arrays=short))
    again = Listener(tmp_path, {0: tmp_path / "0.npz"}, seconds=1000)
    assert results(again.keeper) == whole
    assert "rewards: this is not saved from a training" in again.said[0][1]


def test_a_disk_that_takes_nothing_costs_no_training(whole, tmp_path):
    nowhere = Listener(tmp_path / "gone")
    assert results(nowhere.keeper) == whole
    assert nowhere.copies == []
    assert all("not saved" in message for _, message in nowhere.said)


def test_what_is_written_is_read(tmp_path):
    curve = (Point(1000, 0.5, None, 1.0, 55.5),)
    saved = Saved(1000, curve, {"a": np.arange(7)})
    checkpoint.write(tmp_path / "x.npz", whose(), saved)
    found = checkpoint.read(tmp_path / "x.npz", whose())
    assert found[:2] == saved[:2]
    assert found.arrays["a"].tolist() == saved.arrays["a"].tolist()
    assert [it.name for it in tmp_path.iterdir()] == ["x.npz"]


def test_a_killed_child_is_followed_by_one_that_goes_on(tmp_path):
    config = quick(training_iterations=60_000)
    trainings = tuple(plan(config, PROTOCOL, KEY))
    kept = job.Checkpoints(tmp_path, 0.001, {})
    line = job.write(job.Job(config, None, PROTOCOL, trainings, None, kept))
    with start(line) as process:
        for text in process.stdout:
            told = json.loads(text)
            if told["type"] == "checkpoint":
                process.send_signal(signal.SIGKILL)
                break
        process.wait(timeout=60)
        process.stdin.close()
    assert process.returncode == -signal.SIGKILL
    found = {told["index"]: tmp_path / f"{told['index']}.npz"}
    kept = kept._replace(found=found)
    code, lines, _ = finish(job.write(job.Job(config, None, PROTOCOL, trainings, None, kept)))
    assert code == 0
    (resumed,) = [it for it in lines if it["type"] == "resumed"]
    assert resumed["index"] == told["index"]
    assert resumed["iteration"] >= told["iteration"]
    expected = grade(config, PROTOCOL, KEY)
    ends = {it["index"]: it for it in lines if it["type"] == "result"}
    for training in expected.trainings:
        assert ends[training.index]["runs"] == list(training.runs)
        assert ends[training.index]["weights_hash"] == training.weights_hash
