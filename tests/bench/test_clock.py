"""Rounds, rates and ratios, on a clock that only work moves."""

import pytest

from bench.clock import Contender, Measured, measure


def test_contenders_take_turns_and_the_first_round_does_not_count() -> None:
    turns: list[str] = []
    now = [0.0]

    def work(name: str, seconds: list[float]) -> int:
        turns.append(name)
        now[0] += seconds.pop(0)
        return 100

    slow, fast = [50.0, 10.0, 20.0], [40.0, 1.0, 2.0]
    measured = measure(
        {
            "slow": Contender("turns/s", lambda: work("slow", slow), lambda: now[0]),
            "fast": Contender("turns/s", lambda: work("fast", fast), lambda: now[0]),
        },
        rounds=2,
    )
    assert turns == ["slow", "fast"] * 3
    assert measured["slow"] == Measured("turns/s", [10.0, 5.0])
    assert measured["fast"].ratios(measured["slow"]).rates == [10.0, 10.0]


def test_one_bad_round_moves_the_spread_and_not_the_median() -> None:
    measured = Measured("frames/s", [100.0, 110.0, 20.0])
    assert measured.median == 100.0
    assert measured.spread == pytest.approx(0.9)
