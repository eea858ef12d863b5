"""The simulator's bench: its workloads do what they count, and its gates close."""

import json
from functools import partial
from importlib.metadata import version
from pathlib import Path

import pytest

from bench import start, workloads
from bench.__main__ import keep, machine
from bench.clock import Measured
from bench.copies import Copies
from bench.simulator import Figures


def figures(**changed: float) -> Figures:
    """Measurements that reach every gate, but for those given."""
    rates = {
        "one_core": 5e6,
        "original_rules": 4e6,
        "session": 4e6,
        "two_cores": 9e6,
        "two_copies": 9e6,
        "decisions": 150_000.0,
        "highway_env": 20.0,
        "oracle": 5000.0,
        "ready": 0.3,
        **changed,
    }
    return Figures(**{name: Measured("1/s", [rate] * 3) for name, rate in rates.items()})


def test_the_workloads_count_what_they_did() -> None:
    assert workloads.one_core(roads=3, frames=40) == 120
    assert workloads.session(runs=3, frames=40) == 120
    assert workloads.two_threads(roads=3, frames=40) == 240
    assert workloads.decisions(roads=3, frames=61) == 9
    assert workloads.oracle(frames=5) == 5


def test_copies_work_at_the_same_time_in_processes_of_their_own() -> None:
    with Copies(2, {"driving": partial(workloads.one_core, roads=2, frames=40)}) as copies:
        assert copies.work("driving") == 2 * 80
        assert copies.work("driving") == 2 * 80


def test_the_results_have_the_promised_names() -> None:
    assert figures().as_json() == {
        "frames_per_second": {"one_core": 5_000_000, "two_cores": 9_000_000},
        "decisions_per_second": 150_000,
        "highway_env_decisions_per_second": 20.0,
        "oracle_frames_per_second": 5000,
    }


def test_one_part_of_the_results_leaves_the_others_alone(tmp_path: Path) -> None:
    file = tmp_path / "build" / "bench.json"
    for part, number in (("training", 1), ("simulator", 2), ("simulator", 3)):
        keep(part, {"number": number}, file)
    assert json.loads(file.read_text()) == {"training": {"number": 1}, "simulator": {"number": 3}}


@pytest.mark.parametrize(
    ("changed", "complaint"),
    [
        ({}, None),
        ({"decisions": 50_000.0}, "fewer decisions than the gate"),
        ({"two_cores": 8e6}, "two cores below the gate"),
        ({"ready": 0.51}, "ready later than the gate"),
        ({"highway_env": 9.0}, "highway-env below its range"),
    ],
)
def test_a_missed_gate_or_a_slowed_peer_is_a_failure(
    changed: dict[str, float], complaint: str | None
) -> None:
    failures = figures(**changed).failures()
    assert [complaint in failure for failure in failures] == ([True] if complaint else [])


def test_the_table_names_every_figure_with_its_ends() -> None:
    table = "\n".join(figures().table())
    assert "highway-env" in table
    assert table.count("5,000,000") == 3


def test_a_process_says_when_it_is_ready() -> None:
    assert 0.0 < start.seconds() < 60.0


def test_it_says_what_it_ran_on() -> None:
    assert f"numba {version('numba')}" in machine(["numba"])
    assert "no-such-package missing" in machine(["numba", "no-such-package"])
