"""The bench of the site under load: what it asks for is possible, and its gates close."""

import pytest

from bench.load.figures import Figures, Round, at
from bench.load.losses import faults
from bench.load.others import Spent
from bench.load.plan import (
    EACH,
    OLD_PARTICIPANTS,
    PARTICIPANTS,
    Participant,
    Planted,
    Request,
    read,
    write,
)


def one_round(*, submit=900.0, board=90.0, lost=(), waiting=500):
    requests = [Request("submit", submit, ""), Request("board", board, "")]
    return Round(
        [*requests, Request("board, by htmx", board / 2, "")], lost, 20, waiting, 61.0, 0.3
    )


def test_a_percentile_is_a_time_that_was_measured() -> None:
    times = [float(number) for number in range(1, 101)]
    assert [at(times, percent) for percent in (50, 95, 99)] == [50.0, 95.0, 99.0]
    assert at([7.0], 99) == 7.0


def test_the_median_round_counts() -> None:
    figures = Figures([one_round(submit=submit) for submit in (300.0, 5000.0, 700.0)])
    assert figures.percentile(99, "submit") == 700.0
    assert figures.failures() == []
    assert figures.as_json() == {"submit_p99_ms": 700, "board_p95_ms": 90, "lost": 0}


@pytest.mark.parametrize(
    ("measured", "missed"),
    [
        ({"submit": 1001.0}, "submissions are answered later"),
        ({"board": 101.0}, "boards are answered later"),
        ({"lost": ("evaluations: 999 instead of 1000",)}, "evaluations: 999"),
        ({"waiting": 0}, "nothing left to do"),
    ],
)
def test_a_missed_gate_and_a_loss_are_failures(measured, missed: str) -> None:
    (failure,) = Figures([one_round(**measured)]).failures()
    assert missed in failure


def test_every_kind_of_request_has_its_line() -> None:
    table = Figures([one_round()]).table()
    assert [line[:34].strip() for line in table[1:]] == ["submit", "board", "board, by htmx"]
    assert any("gate 1,000" in line for line in Figures([one_round()]).comparisons())


def test_what_others_took_is_neither_idle_nor_ones_own() -> None:
    assert Spent(200, 50, 30).others(Spent(100, 40, 10)) == pytest.approx(0.7)
    assert Spent(0, 0, 30).others(Spent(0, 0, 10)) == 0
    assert 0 <= Spent.now().others(Spent(0, 0, 0)) < 1


def test_processes_tell_each_other_all_of_it(tmp_path) -> None:
    requests = [Request("submit", 12.5, ""), Request("board", 3.0, "500 instead of (200,)")]
    write(requests, tmp_path / "times.json")
    assert read(tmp_path / "times.json") == requests
    assert faults(requests) == ["500 instead of (200,)"]
    planted = Planted([Participant(1, "key")], [2, 3])
    assert Planted.of(planted.to_json()) == planted


def test_a_thousand_are_handed_in_by_people_who_are_on_the_board() -> None:
    assert PARTICIPANTS * EACH == 1000
    assert PARTICIPANTS <= OLD_PARTICIPANTS
