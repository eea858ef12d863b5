"""The bench of a Standing: it measures a process, and its gates close."""

import pytest

from bench.clock import Measured
from bench.standing import Figures, board, in_a_process


def figures(seconds: float, megabytes: float) -> Figures:
    return Figures(Measured("s", [seconds] * 3), Measured("MB", [megabytes] * 3))


def test_it_measures_a_process_of_its_own() -> None:
    seconds, megabytes = in_a_process(20)
    assert 0 < seconds < 60
    assert 10 < megabytes < 1024


def test_the_entrants_are_of_the_standard_protocol_and_differ() -> None:
    first, second = board(2)
    assert first.runs.shape == second.runs.shape == (5, 100)
    assert (first.runs != second.runs).any()
    assert first.seed != second.seed


@pytest.mark.parametrize(
    ("seconds", "megabytes", "missed"),
    [(180.0, 1024.0, []), (181.0, 900.0, ["longer"]), (9.0, 1025.0, ["more memory"])],
)
def test_a_missed_gate_is_a_failure(seconds: float, megabytes: float, missed: list[str]) -> None:
    failures = figures(seconds, megabytes).failures()
    assert len(failures) == len(missed)
    assert all(word in failure for word, failure in zip(missed, failures, strict=True))


def test_the_results_have_the_promised_names() -> None:
    measured = figures(13.04, 150.2)
    assert measured.as_json() == {"seconds": 13.0, "megabytes": 150}
    assert "13.0 s" in "\n".join(measured.table())
    assert any("gate 180" in line for line in measured.comparisons())
