"""The learning curves of several trainings in one panel."""

import math
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, NamedTuple

from leaderboard.charts.axis import Axis

UNITS = 1000
"""Size of the drawing that is stretched over the panel, across and down [1]."""
MOST_ROWS = 25
"""Rows of the table of numbers [1]."""

EMPTY = (20.0, 70.0)
"""What the axis of a panel without lines reaches from and to [mph]."""

Series = list[tuple[int, float]]


class Line(NamedTuple):
    number: int
    points: str


class Row(NamedTuple):
    iteration: int
    values: list[float | None]


@dataclass(frozen=True, slots=True)
class Curves:
    unit: str
    across: Axis
    upward: Axis
    lines: list[Line]
    numbers: list[int]
    rows: list[Row]
    says: str


def learning_curves(
    curves: Sequence[Sequence[dict[str, Any]]], *, iterations: int
) -> Curves | None:
    """Speed over iterations, or reward where no speed was reported; None until there is a line."""
    for unit in ("mph", "reward"):
        series = [series_of(curve, unit) for curve in curves]
        if any(len(points) > 1 for points in series):
            return _drawn(series, unit, iterations)
    return None


def no_curves(*, iterations: int) -> Curves:
    """The panel before there is a line."""
    across, upward = Axis.up_to(iterations, ticks=4), Axis.around(EMPTY, ticks=5)
    says = "Each line will be one training: its average speed, from its first hundredth on."
    return Curves("mph", across, upward, [], [], [], says)


def series_of(curve: Sequence[dict[str, Any]], unit: str) -> Series:
    """The points that have a value. The early ones of a training may have none."""
    return [
        (int(point["iteration"]), float(point[unit]))
        for point in curve
        if point.get(unit) is not None and math.isfinite(point[unit])
    ]


def _drawn(series: list[Series], unit: str, iterations: int) -> Curves:
    across = Axis.up_to(iterations, ticks=4)
    upward = Axis.around([value for points in series for _, value in points], ticks=5)
    lines = [
        Line(number, points_of(points, across, upward))
        for number, points in enumerate(series, start=1)
        if points
    ]
    return Curves(
        unit,
        across,
        upward,
        lines,
        [line.number for line in lines],
        _rows(series),
        _says(series, unit),
    )


def points_of(points: Series, across: Axis, upward: Axis) -> str:
    return " ".join(
        f"{UNITS * across.share(iteration):.1f},{UNITS * (1 - upward.share(value)):.1f}"
        for iteration, value in points
    )


def _rows(series: list[Series]) -> list[Row]:
    """Every k-th iteration, the last one always."""
    known = [dict(points) for points in series if points]
    iterations = sorted(set().union(*known))
    every = -(-len(iterations) // MOST_ROWS)
    return [Row(at, [values.get(at) for values in known]) for at in iterations[::-1][::every][::-1]]


def _says(series: list[Series], unit: str) -> str:
    first = [points[0][1] for points in series if points]
    last = [points[-1][1] for points in series if points]
    what, after = ("Average speed", " mph") if unit == "mph" else ("Mean reward", "")
    return (
        f"{what} during training, each line one training: {_span(first)}{after} at first, "
        f"{_span(last)}{after} at last."
    )


def _span(values: list[float]) -> str:
    low, high = f"{min(values):.1f}", f"{max(values):.1f}"
    return low if low == high else f"{low} to {high}"
