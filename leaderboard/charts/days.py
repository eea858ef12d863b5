"""How many were handed in on each day, as bars."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from typing import NamedTuple

import numpy as np
import numpy.typing as npt

from leaderboard.charts.axis import Axis, Tick
from leaderboard.charts.steps import time_ticks

UNITS = 1000
"""Size of the drawing that is stretched over the panel, across and down [1]."""
MOST_BARS = 120
"""That can be told apart [1]; of more days each bar is several."""
GAP = 0.2
"""Of a bar's place that is left free [1]."""
TICKS = 3
DAY = timedelta(days=1)
_EPOCH = date(1970, 1, 1)


class Bar(NamedTuple):
    """Days from `since` on, and how many were handed in on them."""

    since: date
    tries: int


@dataclass(frozen=True, slots=True)
class Days:
    """`each`: of how many days a bar is."""

    path: str
    heights: list[Tick]
    across: list[Tick]
    each: int
    bars: list[Bar]
    says: str


def tries_per_day(moments: npt.NDArray[np.float64]) -> Days | None:
    """Of seconds since 1970, in UTC; None where there is one day, or none."""
    days = (moments // DAY.total_seconds()).astype(np.int64)
    if not len(days) or days.min() == days.max():
        return None
    first, count = int(days.min()), int(days.max() - days.min()) + 1
    each = -(-count // MOST_BARS)
    counts = np.bincount((days - first) // each)
    upward = Axis.around([0.0, float(counts.max())], ticks=TICKS)
    wide = UNITS / len(counts)
    path = "".join(
        f"M{at * wide + GAP * wide / 2:.1f} {UNITS}V{UNITS * (1 - upward.share(number)):.0f}"
        f"h{(1 - GAP) * wide:.1f}V{UNITS}z"
        for at, number in enumerate(counts.tolist())
        if number
    )
    begin = datetime.combine(_EPOCH + first * DAY, datetime.min.time(), UTC)
    bars = [
        Bar((begin + at * each * DAY).date(), number) for at, number in enumerate(counts.tolist())
    ]
    end = begin + len(counts) * each * DAY
    return Days(path, upward.heights, time_ticks(begin, end), each, bars, _says(bars, each))


def _says(bars: Sequence[Bar], each: int) -> str:
    most = max(bars, key=lambda it: it.tries)
    whole = sum(it.tries for it in bars)
    told = f"{whole:,} graded submissions in {len(bars) * each:,} days; the most"
    if each == 1:
        return f"{told} on one day were {most.tries:,}, on {most.since:%-d %b %Y}."
    return f"{told} within {each} days were {most.tries:,}, from {most.since:%-d %b %Y} on."
