"""Rounds in which all contenders run in turn, so that a machine's moods meet all of them alike."""

import statistics
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass


@dataclass(frozen=True)
class Contender:
    """Something that is measured.

    Attributes:
        unit: what it does so many of a second.
        work: does a share of it and returns how many.
        clock: the time it is measured by [s]; CPU time of this process where one core works.
    """

    unit: str
    work: Callable[[], int]
    clock: Callable[[], float] = time.process_time


@dataclass(frozen=True)
class Measured:
    """The rates [1/s] of one contender, round by round."""

    unit: str
    rates: Sequence[float]

    @property
    def median(self) -> float:
        """The rate that half of the rounds reached."""
        return statistics.median(self.rates)

    @property
    def spread(self) -> float:
        """The distance between the best and the worst round, as a share of the median."""
        return (max(self.rates) - min(self.rates)) / self.median

    def ratios(self, other: "Measured") -> "Measured":
        """Returns how many times as fast as another it was, round by round."""
        pairs = zip(self.rates, other.rates, strict=True)
        return Measured("times", [mine / theirs for mine, theirs in pairs])


def measure(contenders: Mapping[str, Contender], *, rounds: int) -> dict[str, Measured]:
    """Measures all contenders in so many rounds, after one that doesn't count."""
    rates: dict[str, list[float]] = {name: [] for name in contenders}
    for _ in range(rounds + 1):
        for name, contender in contenders.items():
            start = contender.clock()
            done = contender.work()
            rates[name].append(done / (contender.clock() - start))
    return {name: Measured(contenders[name].unit, rates[name][1:]) for name in contenders}
