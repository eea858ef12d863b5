"""The best score so far as it climbed, step by step, with every score beside it."""

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import NamedTuple

from leaderboard.charts.axis import Axis, Tick

UNITS = 1000
"""Size of the drawing that is stretched over the panel, across and down [1]."""
MOST_DOTS = 400
"""Scores that are drawn; of more every k-th is [1]."""
TICKS = 4
CLOSE = timedelta(days=2)


class Point(NamedTuple):
    at: datetime
    mph: float


class Climb(NamedTuple):
    """`line` and `dots` are SVG paths in UNITS; `end` is where the best stands now.

    `steps` are the indices of those that were faster than all before them.
    """

    line: str
    dots: str
    end: str
    heights: list[Tick]
    since: datetime
    until: datetime
    steps: list[int]
    says: str

    @property
    def ends(self) -> str:
        """How both ends of the time are said: with the hour where they are close."""
        return "exact" if self.until - self.since < CLOSE else "date"


def best_so_far(points: Sequence[Point]) -> Climb | None:
    """Of scores in the order of their time; None while there is nothing to compare."""
    if len(points) < 2:  # noqa: PLR2004
        return None
    upward = Axis.around([point.mph for point in points], ticks=TICKS)
    first, last = points[0].at, points[-1].at
    # some handed in at one instant still have an order
    span = (last - first).total_seconds()
    places = [
        (point.at - first).total_seconds() / span if span else index / (len(points) - 1)
        for index, point in enumerate(points)
    ]
    steps = _steps(points)
    line = f"M0 {_down(upward, points[0].mph)}" + "".join(
        f"H{UNITS * places[index]:.1f}V{_down(upward, points[index].mph)}" for index in steps[1:]
    )
    every = -(-len(points) // MOST_DOTS)
    dots = "".join(
        f"M{UNITS * place:.1f} {_down(upward, point.mph)}h0"
        for place, point in list(zip(places, points, strict=True))[::every]
    )
    best = points[steps[-1]].mph
    return Climb(
        line=f"{line}H{UNITS}",
        dots=dots,
        end=f"{100 - 100 * upward.share(best):.2f}%",
        heights=upward.heights,
        since=first,
        until=last,
        steps=steps,
        says=_says(points[0].mph, best, len(steps) - 1, len(points)),
    )


def _steps(points: Sequence[Point]) -> list[int]:
    """Where each is that was faster than all before it."""
    steps = [0]
    for index, point in enumerate(points):
        if point.mph > points[steps[-1]].mph:
            steps.append(index)
    return steps


def _down(upward: Axis, mph: float) -> str:
    return f"{UNITS * (1 - upward.share(mph)):.1f}"


def _says(first: float, best: float, improved: int, count: int) -> str:
    if not improved:
        return f"The first of {count} scores, {first:.2f} mph, is still the best."
    times = "once" if improved == 1 else f"{improved} times"
    return f"From {first:.2f} mph to {best:.2f} mph: improved {times} in {count} scores."
