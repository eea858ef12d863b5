"""The times of all rounds as a table, and the gates beside them."""

import statistics
from collections.abc import Mapping, Sequence
from typing import Any, Final, NamedTuple

from bench.load.plan import Request

SUBMIT_GATE: Final = 1000.0
"""At the 99th percentile, from sending the form to its answer [ms]."""
BOARD_GATE: Final = 100.0
"""At the 95th percentile, while the workers run flat out [ms]."""
BOARDS: Final = ("board", "board, by htmx")
PERCENTS: Final = (50, 95, 99)


class Round(NamedTuple):
    """One site from its start to its end.

    Attributes:
        requests: All of them.
        lost: What was lost, doubled or answered wrongly.
        graded: Gradings that the workers finished while pages were read.
        waiting: Gradings that still waited then: the workers had no pause.
        seconds: From the first submission to the last answer [s].
        others: Share of the machine that other work took [1].
    """

    requests: Sequence[Request]
    lost: Sequence[str]
    graded: int
    waiting: int
    seconds: float
    others: float

    def times(self, *names: str) -> list[float]:
        """Returns the milliseconds of some kinds of request, in order."""
        return sorted(it.milliseconds for it in self.requests if it.name in names)


class Figures(NamedTuple):
    """What was measured, round by round."""

    rounds: Sequence[Round]

    def percentile(self, percent: int, *names: str) -> float:
        """Returns the median of the rounds' own percentiles [ms]."""
        return statistics.median(at(it.times(*names), percent) for it in self.rounds)

    def as_json(self) -> dict[str, Any]:
        """Returns the percentiles by the names that are promised for build/bench.json."""
        return {
            "submit_p99_ms": round(self.percentile(99, "submit")),
            "board_p95_ms": round(self.percentile(95, *BOARDS)),
            "lost": sum(len(it.lost) for it in self.rounds),
        }

    def table(self) -> list[str]:
        """Returns the lines to print."""
        heads = "".join(f"{f'p{percent}':>9}" for percent in PERCENTS)
        rounds = f"{len(self.rounds)} round" + ("s" if len(self.rounds) > 1 else "")
        lines = [f"{f'load, medians of {rounds} [ms]':34}{'number':>9}{heads}"]
        for name, numbers in self._numbers().items():
            shown = "".join(f"{self.percentile(percent, name):9,.0f}" for percent in PERCENTS)
            lines.append(f"{name:34}{statistics.median(numbers):9,.0f}{shown}")
        return lines

    def _numbers(self) -> Mapping[str, list[int]]:
        names = list(dict.fromkeys(it.name for part in self.rounds for it in part.requests))
        return {name: [len(part.times(name)) for part in self.rounds] for name in names}

    def comparisons(self) -> list[str]:
        """Returns the gates beside what was reached."""
        ends = [at(it.times("submit"), 99) for it in self.rounds]
        boards = [at(it.times(*BOARDS), 95) for it in self.rounds]
        graded = statistics.median(it.graded for it in self.rounds)
        others = statistics.median(it.others for it in self.rounds)
        waiting = min(it.waiting for it in self.rounds)
        seconds = statistics.median(it.seconds for it in self.rounds)
        return [
            _gated("a submission at the 99th percentile", ends, SUBMIT_GATE),
            _gated("a board at the 95th", boards, BOARD_GATE),
            f"{seconds:.0f} s from the first submission to the last answer",
            f"{graded:,.0f} gradings finished while pages were read; {waiting:,} still waited",
            f"{others:.0%} of the machine went to other work",
        ]

    def failures(self) -> list[str]:
        """Returns what was lost, and the gates that were missed."""
        missed = [loss for part in self.rounds for loss in part.lost]
        if self.percentile(99, "submit") > SUBMIT_GATE:
            missed.append("submissions are answered later than the gate")
        if self.percentile(95, *BOARDS) > BOARD_GATE:
            missed.append("boards are answered later than the gate")
        if not min(it.waiting for it in self.rounds):
            missed.append("the workers had nothing left to do: that was no load")
        return missed


def at(times: Sequence[float], percent: int) -> float:
    """The least of the sorted times that so many per cent do not exceed; NaN if there are none."""
    if not times:
        return float("nan")
    return times[max(0, -(-len(times) * percent // 100) - 1)]


def _gated(what: str, ends: Sequence[float], gate: float) -> str:
    low, high = min(ends), max(ends)
    middle = statistics.median(ends)
    return f"{middle:,.0f} ms for {what} (gate {gate:,.0f}; {low:,.0f} to {high:,.0f})"
