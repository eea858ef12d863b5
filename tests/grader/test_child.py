"""The compute process as a worker starts it."""

import json
import os
import select
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

from grader import job, netjs
from grader.grading import grade, plan
from grader.protocol import Protocol
from tests.grader.small import DIVERGING, LARGEST, PROTOCOL, network_of, quick

NETJS = (Path(__file__).parent / "netjs" / "networks" / "two_hidden.js").read_bytes()
LONG = quick(training_iterations=5_000_000)


def order(config, *, driver=None, protocol=PROTOCOL, only=slice(None), network=None):
    trainings = tuple(plan(config, protocol, "k", driver=driver)[only])
    return job.write(job.Job(config, driver, protocol, trainings, network))


def start(line):
    process = subprocess.Popen(
        [sys.executable, "-m", "grader.child"],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        start_new_session=True,
    )
    process.stdin.write(line)
    process.stdin.flush()
    return process


def finish(line):
    with start(line) as process:
        output = process.stdout.read()
        errors = process.stderr.read().decode()
        process.wait(timeout=60)
        process.stdin.close()
    return process.returncode, [json.loads(text) for text in output.splitlines()], errors


def test_it_computes_some_trainings_of_an_evaluation_with_the_bits_of_all():
    code, lines, _ = finish(order(quick(), only=slice(1, 4)))
    assert code == 0
    assert lines[-1] == {"type": "done"}
    expected = grade(quick(), PROTOCOL, "k")
    results = [line for line in lines if line["type"] == "result"]
    assert sorted(result["index"] for result in results) == [1, 2, 3]
    for result in results:
        training = expected.trainings[result["index"]]
        assert result["runs"] == list(training.runs)
        assert result["median"] == training.median
        assert result["weights_hash"] == training.weights_hash
        assert result["traces"] == list(training.traces)
        assert result["engine"] == "compiled"
        assert result["seconds"] > 0
        progress = [
            line
            for line in lines
            if line["type"] == "progress" and line["index"] == result["index"]
        ]
        assert {line["stage"] for line in progress} == {"training", "driving"}
        assert [point for line in progress for point in line["curve"]] == result["curve"]
        assert progress[-1]["iteration"] == progress[-1]["total"] == 300


def test_it_drives_a_scripted_driver():
    code, lines, _ = finish(order(None, driver="gap-seeker-10"))
    assert code == 0
    assert [line["type"] for line in lines] == ["result"] * 5 + ["done"]
    assert {line.get("engine", "scripted") for line in lines} == {"scripted"}


def test_a_diverging_training_is_a_config_error():
    code, lines, _ = finish(order(DIVERGING))
    assert code == 2
    assert lines[-1]["type"] == "failure"
    assert lines[-1]["kind"] == "config_error"
    assert lines[-1]["index"] in range(5)
    assert "diverged by iteration" in lines[-1]["message"]


def changed(**changes):
    return json.dumps({**json.loads(order(quick())), **changes}).encode() + b"\n"


@pytest.mark.parametrize(
    ("line", "reason"),
    [
        (b"hello\n", "not JSON"),
        (b"[" * 100_000 + b"\n", "not JSON"),
        (b"\xff\n", "not JSON"),
        (b"[]\n", "job must be a mapping of fields, not a list"),
        (changed(config={"gamma": 7}), "gamma: must be at most 1, not 7"),
        (changed(config=None), "exactly one of config and driver must be given"),
        (changed(protocol={"runs": 0}), "runs: must be at least 1, not 0"),
        (changed(trainings=[]), "trainings"),
        (changed(trainings=[{"index": 0, "seed": "xyz", "run_seeds": []}]), "trainings[0].seed"),
        (
            changed(trainings=[{"index": 9, "seed": "0" * 16, "run_seeds": ["0" * 16] * 6}]),
            "indices must differ and be below 5",
        ),
        (
            changed(trainings=[{"index": 0, "seed": "0" * 16, "run_seeds": ["0" * 16]}]),
            "each must have 6 run_seeds",
        ),
        (changed(engine="steam"), "engine: must be one of compiled, torch-stacked, not 'steam'"),
        (changed(more=1), "more there is no such field"),
    ],
    ids=lambda value: value[:20] if isinstance(value, bytes) else "",
)
def test_a_line_that_is_no_job_is_refused(line, reason):
    with pytest.raises(job.JobError) as caught:
        job.read(line)
    assert reason in str(caught.value)
    assert "\n" not in str(caught.value)


def test_a_tampered_job_ends_the_child_with_one_line():
    code, lines, errors = finish(changed(driver="no-action"))
    assert (code, lines) == (3, [])
    assert errors == ("grader.child: not a job: exactly one of config and driver must be given\n")


@pytest.mark.parametrize("rules", ["open", "deeptraffic-v2"])
def test_it_drives_a_network_that_was_trained_elsewhere(rules):
    network = netjs.read(NETJS).network
    protocol = Protocol(rules=rules, trainings=1, runs=4)
    code, lines, _ = finish(order(network.config, protocol=protocol, network=network))
    assert code == 0
    (result,) = [line for line in lines if line["type"] == "result"]
    expected = grade(network.config, protocol, "k", network=network).trainings[0]
    assert result["runs"] == list(expected.runs)
    assert result["weights_hash"] == network.weights_hash


def test_a_network_as_large_as_may_be_reaches_the_child():
    network = network_of(LARGEST)
    line = order(LARGEST, network=network)
    assert len(line) > 20_000_000
    assert job.read(line).network.weights_hash == network.weights_hash


@pytest.mark.parametrize(
    ("change", "reason"),
    [
        ({"config": None, "driver": "no-action"}, "network: there must be a config beside it"),
        ({"network": {"name": "x", "content": "*"}}, "network.content: "),
        ({"network": {"name": "x", "content": "AAAA"}}, "no whole safetensors file"),
        ({"network": {"name": "net.js", "content": ""}}, "no JavaScript"),
        ({"network": {"name": "x"}}, "network.content is missing"),
        ({"config": {"patches_ahead": 9}}, "must be of shape"),
    ],
)
def test_a_network_that_is_none_makes_no_job(change, reason):
    network = netjs.read(NETJS).network
    line = order(network.config, protocol=PROTOCOL, network=network)
    with pytest.raises(job.JobError, match=reason) as caught:
        job.read(json.dumps({**json.loads(line), **change}).encode() + b"\n")
    assert "\n" not in str(caught.value)


def test_a_job_comes_back_from_its_line():
    of_torch = changed(config=quick().changes(), engine="torch-stacked")
    for line in (order(quick()), order(None, driver="no-action"), of_torch):
        assert job.write(job.read(line)) == line


def await_progress(process):
    ready, _, _ = select.select([process.stdout], [], [], 60)
    assert ready, "no progress within a minute"
    assert json.loads(process.stdout.readline())["type"] == "progress"


def test_it_ends_at_once_when_its_parent_closes_standard_input():
    with start(order(LONG)) as process:
        await_progress(process)
        assert os.getpriority(os.PRIO_PROCESS, process.pid) >= 10
        closed = time.monotonic()
        process.stdin.close()
        code = process.wait(timeout=60)
        # it looks once a second, if a machine with other work lets it
        assert time.monotonic() - closed < 10
        assert code == -signal.SIGKILL


def test_it_ends_when_its_parent_is_killed():
    parent_code = (
        "import subprocess, sys, time\n"
        "child = subprocess.Popen([sys.executable, '-m', 'grader.child'], stdin=subprocess.PIPE)\n"
        "child.stdin.write(sys.stdin.buffer.readline())\n"
        "child.stdin.flush()\n"
        "time.sleep(120)\n"
    )
    with subprocess.Popen(
        [sys.executable, "-c", parent_code], stdin=subprocess.PIPE, stdout=subprocess.PIPE
    ) as parent:
        parent.stdin.write(order(LONG))
        parent.stdin.flush()
        await_progress(parent)
        parent.kill()
        # the child holds the other end of this pipe: the end of the file is its end
        killed = time.monotonic()
        while os.read(parent.stdout.fileno(), 65_536):
            assert time.monotonic() - killed < 10
