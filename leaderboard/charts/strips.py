"""The runs of each training as a strip of dots, with its median marked."""

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import count
from statistics import quantiles, stdev
from typing import NamedTuple, TypeVar

from leaderboard.charts.axis import Axis

UNITS = 1000
"""Width of a strip that is stretched over the panel [1]."""
HEIGHT, DOT = 44, 5
"""Height of a strip, and of a dot with the space around it [px]."""
MOST_DOTS = 200
"""Dots of a strip that can be told apart [1]; of more runs, that many quantiles are drawn."""
EMPTY = (40.0, 80.0)
"""What the axis reaches from and to before there is a run [mph]."""
MOST_ROWS = 200
"""Rows of the table of numbers [1]; of more runs it has quantiles only."""
MOST_LINKS = 1000
"""Runs that are links in it [1]: of more the page would be heavy."""

Dot = TypeVar("Dot")
# Standard deviation between trainings [mph] and what the 95 % interval then really covers [%],
# rounded down, by simulation (docs/scoring.md)
COVERAGE = ((4.0, 86), (2.0, 90))


class Strip(NamedTuple):
    """The runs of a training as dots, and their median; `runs` names them in the order of the dots,
    where they can be watched.
    """

    number: int
    top: int
    base: int
    dots: str
    median: str
    runs: str = ""


class Row(NamedTuple):
    """`runs` names the run of each value; empty where they are of none."""

    name: str
    values: list[float]
    runs: list[str]


@dataclass(frozen=True, slots=True)
class Strips:
    axis: Axis
    strips: list[Strip]
    height: int
    rows: list[Row]
    says: str
    warns: str

    @property
    def names_runs(self) -> bool:
        """Whether the table says of each number which run's it is."""
        return any(row.runs for row in self.rows)


def run_strips(
    runs: Sequence[Sequence[float]], medians: Sequence[float | None], *, numbers: Sequence[int]
) -> Strips:
    """The picture of T lists of R averages [mph]; `numbers` names the trainings.

    One that has not driven yet has no runs and no median.
    """
    driven = [mph for strip in runs for mph in strip]
    known = [middle for middle in medians if middle is not None]
    axis = Axis.around(driven or EMPTY)
    strips = []
    for place, (number, averages, middle) in enumerate(zip(numbers, runs, medians, strict=True)):
        drawn = fewer(sorted(zip(averages, count(1), strict=False)))
        strips.append(
            Strip(
                number,
                place * HEIGHT,
                place * HEIGHT + HEIGHT // 2,
                dots([mph for mph, _ in drawn], axis),
                "" if middle is None else axis.at(middle),
                " ".join(name_of(number, run) for _, run in drawn),
            )
        )
    rows = _rows(runs, numbers) if all(runs) else []
    return Strips(axis, strips, HEIGHT * len(strips), rows, _says(driven, known), _warns(known))


def name_of(training: int, run: int) -> str:
    """As addresses name a run; both count from 1."""
    return f"{training}-{run}"


def fewer(ordered: list[Dot], most: int = MOST_DOTS) -> list[Dot]:
    """At most so many quantiles as can be told apart."""
    if len(ordered) <= most:
        return ordered
    last = len(ordered) - 1
    return [ordered[round(at * last / (most - 1))] for at in range(most)]


def dots(averages: list[float], axis: Axis, height: int = HEIGHT) -> str:
    """A path of dots, piled up from the middle of the strip where many are as fast."""
    piles: dict[int, int] = {}
    path = []
    for mph in averages:
        across = UNITS * axis.share(mph)
        pile = round(across / (2 * DOT))
        piled = piles[pile] = piles.get(pile, -1) + 1
        offset = (piled + 1) // 2 * (DOT - 1) * (1 if piled % 2 else -1)
        limit = height // 2 - DOT
        path.append(f"M{across:.0f} {height // 2 + max(-limit, min(limit, offset))}h0")
    return "".join(path)


def _rows(runs: Sequence[Sequence[float]], numbers: Sequence[int]) -> list[Row]:
    named = len(runs) * len(runs[0]) <= MOST_LINKS
    if len(runs[0]) <= MOST_ROWS:
        return [
            Row(
                f"Run {run}",
                [strip[run - 1] for strip in runs],
                [name_of(number, run) for number in numbers] if named else [],
            )
            for run in range(1, len(runs[0]) + 1)
        ]
    cuts = [quantiles(strip, n=20, method="inclusive") for strip in runs]
    return [
        Row("Slowest", [min(strip) for strip in runs], []),
        *(Row(f"{5 * (at + 1)} %", [cut[at] for cut in cuts], []) for at in range(19)),
        Row("Fastest", [max(strip) for strip in runs], []),
    ]


def _says(pooled: Sequence[float], medians: Sequence[float]) -> str:
    if not pooled:
        return "The runs of each training stand here as soon as it has driven them."
    number = f"{len(pooled):,}"
    if len(pooled) == 1:
        return f"One run, {pooled[0]:.2f} mph."
    low, _, high = quantiles(pooled, n=4, method="inclusive")
    half = f"half of the {number} runs lie between {low:.1f} and {high:.1f} mph"
    if len(medians) == 1:
        return f"Each dot is one run, the mark is the median; {half}."
    return (
        f"Each dot is one run, the mark is the median of its training. Medians from "
        f"{min(medians):.2f} to {max(medians):.2f} mph; {half}."
    )


def _warns(medians: Sequence[float]) -> str:
    """What the interval leaves out where the luck of training weighs most."""
    spread = stdev(medians) if len(medians) > 1 else 0.0
    for least, covered in COVERAGE:
        if spread >= least:
            return (
                f"These trainings differ a lot (standard deviation {spread:.1f} mph). In "
                f"simulations with such a spread the 95 % interval held the true score in about "
                f"{covered} of 100 cases."
            )
    return ""
