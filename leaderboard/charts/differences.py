"""How much faster one network was than another on each road both drove: a strip a training."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from statistics import median
from typing import NamedTuple

from leaderboard.charts.axis import Axis
from leaderboard.charts.strips import HEIGHT, dots, fewer


class Strip(NamedTuple):
    """The differences of one training.

    Attributes:
        faster, slower, equal: On so many roads [1].
        middle: Median difference [mph].
        ahead, behind: Paths of dots, at or above zero and below it.
        at: Where the median stands.
    """

    number: int
    top: int
    base: int
    faster: int
    slower: int
    equal: int
    middle: float
    ahead: str
    behind: str
    at: str

    @property
    def roads(self) -> int:
        return self.faster + self.slower + self.equal


@dataclass(frozen=True, slots=True)
class Differences:
    axis: Axis
    zero: str
    strips: list[Strip]
    height: int
    faster: int
    slower: int
    equal: int
    middle: float

    @property
    def roads(self) -> int:
        return self.faster + self.slower + self.equal


def differences(
    runs: Mapping[int, Sequence[float]], others: Mapping[int, Sequence[float]]
) -> Differences | None:
    """Of the averages by training [mph], run by run; None where they did not drive the same."""
    if not runs or {at: len(it) for at, it in runs.items()} != {
        at: len(it) for at, it in others.items()
    }:
        return None
    gains = {
        index: [round(mine - theirs, 6) for mine, theirs in zip(its, others[index], strict=True)]
        for index, its in runs.items()
    }
    everything = [gain for of_one in gains.values() for gain in of_one]
    widest = max(map(abs, everything))
    axis = Axis.around([-widest, widest])
    strips = [
        _strip(index + 1, place * HEIGHT, of_one, axis)
        for place, (index, of_one) in enumerate(gains.items())
    ]
    faster, slower, equal = _counts(everything)
    height = HEIGHT * len(strips)
    return Differences(axis, axis.at(0), strips, height, faster, slower, equal, median(everything))


def _strip(number: int, top: int, gains: list[float], axis: Axis) -> Strip:
    middle, drawn = median(gains), fewer(sorted(gains))
    return Strip(
        number,
        top,
        top + HEIGHT // 2,
        *_counts(gains),
        middle,
        dots([gain for gain in drawn if gain >= 0], axis),
        dots([gain for gain in drawn if gain < 0], axis),
        axis.at(middle),
    )


def _counts(gains: Sequence[float]) -> tuple[int, int, int]:
    faster, slower = sum(gain > 0 for gain in gains), sum(gain < 0 for gain in gains)
    return faster, slower, len(gains) - faster - slower
