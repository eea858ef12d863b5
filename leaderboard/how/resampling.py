"""The bootstrap's picture: the runs of five trainings, and what 10,000 resamples gave.

`static/leaderboard/how/resampling.js` draws the same as it resamples; change both.
"""

from functools import cache
from itertools import accumulate
from statistics import median
from typing import Any, NamedTuple

from grader.scoring import RESAMPLES
from leaderboard.charts.axis import Axis, Tick
from leaderboard.charts.strips import HEIGHT, Strip, dots
from leaderboard.how.pieces import piece

HUNDREDTHS = 100
AXIS = Axis(40.0, 80.0, 5.0)
"""All runs of the three keys lie on it [mph]."""
TALL = 1000
"""Height of the histogram, that is stretched [1]."""


class Resampling(NamedTuple):
    key: str
    keys: tuple[str, ...]
    strips: tuple[Strip, ...]
    height: int
    bars: str
    score: float
    low: float
    high: float
    alone: tuple[float, float]
    medians: tuple[float, ...]
    low_at: str
    width: str
    score_at: str
    counts: tuple[tuple[float, int], ...]

    @property
    def ticks(self) -> list[Tick]:
        return AXIS.ticks

    @property
    def says(self) -> str:
        return (
            f"{RESAMPLES:,} resamples: 95 % of their medians lie from {self.low:.2f} to "
            f"{self.high:.2f} mph."
        )


def known_key(text: str) -> str:
    """One of the keys; the first, if it is none."""
    known = tuple(piece("runs")["keys"])
    return text if text in known else known[0]


@cache
def resampling(key: str) -> Resampling:
    """Of one of the keys."""
    runs = piece("runs")
    found = runs["keys"][key]
    trainings = [[mph / HUNDREDTHS for mph in row] for row in found["runs"]]
    medians = tuple(median(row) for row in trainings)
    low, high = found["interval"]
    interval = AXIS.bar(found["score"], low, high)
    return Resampling(
        key=key,
        keys=tuple(runs["keys"]),
        strips=tuple(
            Strip(
                place + 1,
                place * HEIGHT,
                place * HEIGHT + HEIGHT // 2,
                dots(sorted(row), AXIS),
                AXIS.at(medians[place]),
            )
            for place, row in enumerate(trainings)
        ),
        height=HEIGHT * len(trainings),
        bars=bars(found),
        score=found["score"],
        low=low,
        high=high,
        alone=(found["alone"][0], found["alone"][1]),
        medians=medians,
        low_at=interval.start,
        width=interval.width,
        score_at=interval.at,
        counts=_by_mph(found),
    )


def bars(found: dict[str, Any]) -> str:
    """The histogram as one path, its tallest bar as tall as the picture."""
    width, most = piece("runs")["width"] / HUNDREDTHS, max(found["counts"])
    across = 1000 * width / (AXIS.high - AXIS.low)
    path = []
    for at, count in enumerate(found["counts"]):
        if count:
            x = 1000 * AXIS.share((found["first"] + at) * width)
            height = TALL * count / most
            path.append(f"M{x:.1f} {TALL}v{-height:.0f}h{across:.1f}v{height:.0f}z")
    return "".join(path)


def _by_mph(found: dict[str, Any]) -> tuple[tuple[float, int], ...]:
    """The histogram as a table: how many medians lie below each half mph."""
    width = piece("runs")["width"]
    below = list(accumulate(found["counts"]))
    ends = [(found["first"] + at + 1) * width for at in range(len(below))]
    rows: dict[int, int] = {}
    for end, count in zip(ends, below, strict=True):
        rows[-(-end // HUNDREDTHS)] = count
    return tuple((float(mph), count) for mph, count in rows.items())
