"""Two or three submissions on common axes: their runs, their learning curves, their differences."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from statistics import median, quantiles
from typing import Any, NamedTuple

from leaderboard.charts.axis import Axis, Bar
from leaderboard.charts.curves import Series, points_of, series_of
from leaderboard.charts.strips import Strip, dots, fewer

LETTERS = "ABC"
HEIGHT, GAP = 28, 14
"""Of a strip, and between the strips of two submissions [px]."""
DOTS = 2400
"""Most dots of all strips together [1]."""
LEAST_DOTS = 20
"""Of one strip [1]."""
TENTHS = 10
"""Of a training, for which the table of curves has a row [1]."""
_TENTHS = range(1, TENTHS + 1)


class Group(NamedTuple):
    """One submission: its strips below each other, its score with the interval over all of them."""

    letter: str
    top: int
    height: int
    bar: Bar
    strips: list[Strip]


class Row(NamedTuple):
    name: str
    values: list[float | None]


@dataclass(frozen=True, slots=True)
class OverlaidRuns:
    axis: Axis
    groups: list[Group]
    height: int
    rows: list[Row]


class Scored(NamedTuple):
    """Runs by training, and the score with its interval [mph]."""

    runs: Mapping[int, Sequence[float]]
    score: float
    low: float | None
    high: float | None


def overlaid_runs(scored: Sequence[Scored]) -> OverlaidRuns:
    every = [mph for it in scored for runs in it.runs.values() for mph in runs]
    axis = Axis.around([*every, *(end for it in scored for end in (it.low, it.high))])
    most = max(LEAST_DOTS, DOTS // max(1, sum(len(it.runs) for it in scored)))
    groups, top = [], 0
    for letter, it in zip(LETTERS, scored, strict=False):
        strips = [
            Strip(
                index + 1,
                top + place * HEIGHT,
                top + place * HEIGHT + HEIGHT // 2,
                dots(fewer(sorted(runs), most), axis, HEIGHT),
                axis.at(median(runs)),
            )
            for place, (index, runs) in enumerate(it.runs.items())
        ]
        height = HEIGHT * len(strips)
        groups.append(Group(letter, top, height, axis.bar(it.score, it.low, it.high), strips))
        top += height + GAP
    return OverlaidRuns(axis, groups, max(0, top - GAP), _rows(scored))


def _rows(scored: Sequence[Scored]) -> list[Row]:
    """Quantiles of all runs of each; every single run stands on its submission's own page."""
    pooled = [sorted(mph for runs in it.runs.values() for mph in runs) for it in scored]
    if not all(pooled):
        return []
    cuts = [quantiles(it, n=10, method="inclusive") if len(it) > 1 else it * 9 for it in pooled]
    return [
        Row("Slowest run", [it[0] for it in pooled]),
        *(Row(f"{10 * (at + 1)} %", [cut[at] for cut in cuts]) for at in range(9)),
        Row("Fastest run", [it[-1] for it in pooled]),
    ]


class Line(NamedTuple):
    letter: str
    points: str


@dataclass(frozen=True, slots=True)
class OverlaidCurves:
    """`letters` are those that have a curve; `rows` hold their medians by share of the training."""

    unit: str
    across: Axis
    upward: Axis
    lines: list[Line]
    letters: list[str]
    rows: list[Row]


class Learnt(NamedTuple):
    letter: str
    curves: Sequence[Sequence[dict[str, Any]]]
    iterations: int


def overlaid_curves(learnt: Sequence[Learnt]) -> OverlaidCurves | None:
    """Speed over iterations, or reward where none has a speed; None where there is no line."""
    for unit in ("mph", "reward"):
        series = [[series_of(curve, unit) for curve in it.curves] for it in learnt]
        if any(len(points) > 1 for lines in series for points in lines):
            return _drawn(learnt, series, unit)
    return None


def _drawn(
    learnt: Sequence[Learnt], series: Sequence[Sequence[Series]], unit: str
) -> OverlaidCurves:
    across = Axis.up_to(max(it.iterations for it in learnt), ticks=4)
    every = [value for lines in series for points in lines for _, value in points]
    upward = Axis.around(every, ticks=5)
    lines, letters, columns = [], [], []
    for it, own in zip(learnt, series, strict=True):
        known = [points for points in own if points]
        lines += [Line(it.letter, points_of(points, across, upward)) for points in known]
        if known:
            letters.append(it.letter)
            columns.append([_middle(known, it.iterations * at / TENTHS) for at in _TENTHS])
    rows = [
        Row(f"{100 * at // TENTHS} %", [column[place] for column in columns])
        for place, at in enumerate(_TENTHS)
    ]
    return OverlaidCurves(unit, across, upward, lines, letters, rows)


def _middle(lines: Sequence[Series], until: float) -> float | None:
    """The median over the trainings of what each had come to by then."""
    values = [[value for at, value in points if at <= until][-1:] for points in lines]
    known = [value for last in values for value in last]
    return median(known) if known else None


class Gap(NamedTuple):
    """How much faster the first is than the second, on an axis that holds zero.

    Attributes:
        low, high: The ends of the interval [mph].
        words: Which of the two is faster, as far as can be told.
        top, base: Where its row begins, and its middle [px].
    """

    first: str
    second: str
    gain: float
    low: float
    high: float
    bar: Bar
    words: str
    top: int
    base: int

    @property
    def is_told(self) -> bool:
        return self.low > 0 or self.high < 0


@dataclass(frozen=True, slots=True)
class Gaps:
    axis: Axis
    zero: str
    gaps: list[Gap]
    height: int


def gaps(found: Sequence[tuple[str, str, float, float, float]]) -> Gaps:
    """Of (first, second, gain, low, high) each."""
    axis = Axis.around([0.0, *(end for *_, low, high in found for end in (low, high))], ticks=5)
    drawn = [
        Gap(
            first,
            second,
            gain,
            low,
            high,
            axis.bar(gain, low, high),
            _words(first, second, gain, low, high),
            place * HEIGHT,
            place * HEIGHT + HEIGHT // 2,
        )
        for place, (first, second, gain, low, high) in enumerate(found)
    ]
    return Gaps(axis, axis.at(0), drawn, HEIGHT * len(drawn))


def _words(first: str, second: str, gain: float, low: float, high: float) -> str:
    ahead, behind = (first, second) if gain >= 0 else (second, first)
    ends = sorted([abs(low), abs(high)])
    if low > 0 or high < 0:
        return (
            f"{ahead} is faster than {behind} by {abs(gain):.2f} mph; 95 % interval "
            f"{ends[0]:.2f} to {ends[1]:.2f}. That is more than luck explains."
        )
    if low == high == gain == 0:
        return f"{first} and {second} have the same score, whatever is drawn."
    sign = 1 if gain >= 0 else -1
    least, most = sorted([sign * low, sign * high])
    told = f"{least:.2f} to {most:.2f}".replace("-", "\N{MINUS SIGN}")
    return (
        f"{ahead} is ahead of {behind} by {abs(gain):.2f} mph; 95 % interval {told}. Zero lies "
        "within it: luck alone may put either in front."
    )
