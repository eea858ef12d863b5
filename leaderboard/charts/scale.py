"""Scales of all kinds for a scatter: even, logarithmic, of time, of words; from 0 to 1."""

import math
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from typing import Any, NamedTuple

import numpy as np
import numpy.typing as npt

from leaderboard.charts.axis import Axis, label_of
from leaderboard.charts.steps import time_ticks

Floats = npt.NDArray[np.float64]
Ints = npt.NDArray[np.int64]

SLOT = 0.08
"""Of the width that zeros have on a logarithmic axis [1]."""
FEW = 12
"""Where there are no more values than that, each is spread, so that equal ones do not hide [1]."""
SPREAD = 0.5
"""Of the distance between two values over which one is spread [1]."""
CROWD = 4
"""With one value so many on average hide each other [1]."""
WIDEST = 0.04
"""Over which a value is spread at most [1], unless it has a place of its own."""
MARGIN = 0.02
"""Left free at both ends [1]."""
DECADES = 2.0
"""On an axis shorter than that 2 and 5 are labelled, too [1]."""
MIXING = 2654435761
"""Knuth's multiplier: numbers that follow each other come to lie far apart [1]."""


class Mark(NamedTuple):
    """A label and where it stands [1]; `when` as in Tick."""

    at: float
    label: str
    when: str = ""


@dataclass(frozen=True, slots=True)
class Scale:
    """`low` and `high` are ends: of a logarithmic scale their decimal logarithms.

    `slot` is what zeros take of it, `spread` how far equal values are moved apart [1].
    """

    kind: str
    low: float
    high: float
    slot: float
    spread: float
    marks: tuple[Mark, ...]

    def shares(self, values: Floats, numbers: Ints) -> Floats:
        """Where values stand [1]; `numbers` say how far each is moved from its like."""
        if self.kind == "log":
            positive = np.log10(np.where(values > 0, values, 1.0))
            along = (positive - self.low) / (self.high - self.low)
            found = np.where(values > 0, self.slot + (1 - self.slot) * along, self.slot / 2)
        else:
            found = (values - self.low) / (self.high - self.low)
        apart = (numbers * MIXING % 2**32) / 2**32 - 0.5
        shares: Floats = found + self.spread * apart
        return shares

    def to_json(self) -> dict[str, Any]:
        """For the same in a browser."""
        return {
            "kind": self.kind,
            "low": self.low,
            "high": self.high,
            "slot": self.slot,
            "spread": round(self.spread, 6),
            "marks": [[round(it.at, 5), *it[1:]] for it in self.marks],
        }


def number_scale(values: Floats, *, is_log: bool, is_whole: bool) -> Scale:
    """That holds all values; there is at least one."""
    if is_log and (values > 0).any():
        return _spread(_log(values), values)
    axis = Axis.around(values.tolist())
    low, high = axis.low, axis.high
    spread = 0.0
    if is_whole and values.max() - values.min() <= FEW:
        low, high = float(values.min()) - 0.5, float(values.max()) + 0.5
        axis = Axis.around([float(values.min()), float(values.max())])
        spread = SPREAD / (high - low)
    else:
        low, high = _wider(low, high)
    span = high - low
    marks = [
        Mark((value - low) / span, label_of(value))
        for value in axis.values()
        if low <= value <= high and (not spread or float(value).is_integer())
    ]
    scale = Scale("even", low, high, 0.0, spread, tuple(marks))
    return scale if spread else _spread(scale, values)


def _spread(scale: Scale, values: Floats) -> Scale:
    """Where many have one of a few values."""
    single = np.unique(values)
    if len(single) > FEW or len(values) < CROWD * len(single):
        return scale
    places = scale.shares(single, np.zeros(len(single), dtype=np.int64))
    apart = float(np.diff(places).min()) if len(single) > 1 else 1.0
    return replace(scale, spread=min(WIDEST, SPREAD * apart))


def _log(values: Floats) -> Scale:
    positive = values[values > 0]
    slot = SLOT if (values <= 0).any() else 0.0
    low, high = math.log10(float(positive.min())), math.log10(float(positive.max()))
    if high - low < 0.3:  # noqa: PLR2004  # one value, or nearly: show what is around it
        low, high = low - 0.5, high + 0.5
    low, high = _wider(low, high)
    factors = (1, 2, 5) if high - low <= DECADES else (1,)
    marks = [Mark(slot / 2, "0")] if slot else []
    every = max(1, math.ceil((high - low) / 7))
    for power in range(math.floor(low), math.ceil(high) + 1):
        for factor in factors:
            at = power + math.log10(factor)
            if low <= at <= high and power % every == 0:
                share = slot + (1 - slot) * (at - low) / (high - low)
                marks.append(Mark(share, label_of(factor * 10.0**power)))
    return Scale("log", low, high, slot, 0.0, tuple(marks))


def moment_scale(values: Floats) -> Scale:
    """Of seconds since 1970."""
    low, high = float(values.min()), float(values.max())
    if high - low < 60:  # noqa: PLR2004
        low, high = low - 1800, high + 1800
    low, high = _wider(low, high)
    begin = datetime.fromtimestamp(0, UTC) + timedelta(seconds=low)
    end = datetime.fromtimestamp(0, UTC) + timedelta(seconds=high)
    marks = [Mark(float(it.at[:-1]) / 100, *it[1:]) for it in time_ticks(begin, end)]
    return Scale("even", low, high, 0.0, 0.0, tuple(marks))


def word_scale(words: tuple[str, ...]) -> Scale:
    count = len(words)
    marks = [Mark((at + 0.5) / count, word) for at, word in enumerate(words)]
    return Scale("even", -0.5, count - 0.5, 0.0, SPREAD / count, tuple(marks))


def _wider(low: float, high: float) -> tuple[float, float]:
    margin = MARGIN * (high - low)
    return low - margin, high + margin
