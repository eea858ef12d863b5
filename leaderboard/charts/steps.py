"""The best score over time as a line of steps."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import NamedTuple

from leaderboard.charts.axis import Axis, Tick

UNITS = 1000
"""Size of the drawing that is stretched over the panel, across and down [1]."""
MOST_TICKS = 5
MOST_ROWS = 25
"""Rows of the table of numbers [1], the newest ones."""
WIDE = 0.2
"""A step this wide has room for a name [1]."""
LONGEST = 18
"""Characters of a name in the plot [1]."""
_DAY = timedelta(days=1)
_EVERY = [timedelta(minutes=minutes) for minutes in (1, 5, 15, 60, 180, 360, 720)] + [
    timedelta(days=days) for days in (1, 2, 3, 7, 14, 30, 90, 180, 365)
]


class Held(NamedTuple):
    """A best score: since when, whose, for how long."""

    since: datetime
    score: float
    name: str
    submission: int
    until: datetime

    @property
    def span(self) -> timedelta:
        return self.until - self.since


class StepLabel(NamedTuple):
    """Where it begins, in percent; `label` where there is room for one."""

    at: str
    height: str
    label: str


@dataclass(frozen=True, slots=True)
class StepLine:
    upward: Axis
    across: list[Tick]
    points: str
    steps: list[StepLabel]
    dashes: list[str]
    rows: list[Held]
    says: str


def best_over_time(held: Sequence[Held], *, marks: Sequence[float] = ()) -> StepLine | None:
    """None where there is no step yet.

    Args:
        held: From the first to the last.
        marks: Scores to be drawn as dashed lines, where they are within the plot.
    """
    if len(held) < 2 or held[0].since >= held[-1].until:  # noqa: PLR2004
        return None
    upward = Axis.around([it.score for it in held], ticks=4)
    begin, end = held[0].since, held[-1].until
    steps = [
        StepLabel(
            f"{100 * _share(it.since, begin, end):.2f}%",
            f"{100 * (1 - upward.share(it.score)):.2f}%",
            _short(it.name) if it.span >= WIDE * (end - begin) else "",
        )
        for it in held
    ]
    return StepLine(
        upward,
        time_ticks(begin, end),
        _points(held, upward),
        steps,
        [f"{100 * (1 - upward.share(it)):.2f}%" for it in marks if not upward.side(it)],
        list(held[::-1][:MOST_ROWS]),
        _says(held),
    )


def _points(held: Sequence[Held], upward: Axis) -> str:
    begin, end = held[0].since, held[-1].until
    corners = []
    for it in held:
        y = UNITS * (1 - upward.share(it.score))
        corners += [f"{UNITS * _share(at, begin, end):.1f},{y:.1f}" for at in (it.since, it.until)]
    return " ".join(corners)


def time_ticks(begin: datetime, end: datetime) -> list[Tick]:
    """At full minutes, hours or days of UTC, as many as can be read."""
    every = next((it for it in _EVERY if (end - begin) / it <= MOST_TICKS), _EVERY[-1])
    epoch = datetime(2024, 1, 1, tzinfo=UTC)  # a Monday
    at = epoch + -((epoch - begin) // every) * every
    ticks = []
    while at <= end:
        label = f"{at:%-d %b}" if every >= _DAY or not at.hour else f"{at:%H:%M}"
        ticks.append(Tick(f"{100 * _share(at, begin, end):.2f}%", label))
        at += every
    return ticks


def _share(at: datetime, begin: datetime, end: datetime) -> float:
    return (at - begin) / (end - begin)


def _short(name: str) -> str:
    return name if len(name) <= LONGEST else f"{name[: LONGEST - 1]}…"


def _says(held: Sequence[Held]) -> str:
    first, last = held[0], held[-1]
    leaders = len({it.name for it in held})
    return (
        f"From {first.score:.2f} mph to {last.score:.2f} mph in {len(held):,} steps by "
        f"{leaders:,} participant{'s' if leaders > 1 else ''}; {last.name} holds it now."
    )
