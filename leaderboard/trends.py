"""What goes with a higher score: rank correlations, medians by group, in plain words."""

from typing import NamedTuple

import numpy as np
import numpy.typing as npt

from grader.association import Association, association
from leaderboard.charts import Bar
from leaderboard.charts.axis import Axis, brief
from leaderboard.columns import Column
from leaderboard.points import Points

GROUPS = 8
"""Of a number with many values [1]: about as many submissions in each."""
WEAK, MODERATE, STRONG = 0.1, 0.3, 0.6
"""From which size on a rank correlation is called so [1]."""

Floats = npt.NDArray[np.float64]
Mask = npt.NDArray[np.bool_]


class Group(NamedTuple):
    """Submissions with like values: how many, their median and their best score [mph]."""

    label: str
    size: int
    median: float
    best: float


class Ranked(NamedTuple):
    """How far a column goes with the score, drawn on an axis from -1 to 1."""

    column: Column
    found: Association
    bar: Bar


AXIS = Axis(-1.0, 1.0, 0.5)


def ranked(points: Points, columns: dict[str, Column], seen: Mask) -> list[Ranked]:
    """All columns that are numbers and can be told of, the closest first."""
    told = []
    for column in columns.values():
        if column.words and column.words != ("false", "true"):
            continue
        values = points.values[column.name]
        known = seen & np.isfinite(values)
        found = association(values[known], points.scores[known])
        if found:
            told.append(Ranked(column, found, AXIS.bar(found.rho, found.low, found.high)))
    return sorted(told, key=lambda it: -abs(it.found.rho))


def grouped(column: Column, values: Floats, scores: Floats) -> list[Group]:
    """In the order of the axis."""
    if column.is_moment:
        return []
    if column.words:
        cut = [(word, values == at) for at, word in enumerate(column.words)]
    else:
        cut = _cut(values)
    return [
        Group(
            label, int(inside.sum()), float(np.median(scores[inside])), float(scores[inside].max())
        )
        for label, inside in cut
        if inside.any()
    ]


def _cut(values: Floats) -> list[tuple[str, Mask]]:
    single = np.unique(values)
    if len(single) <= GROUPS:
        return [(brief(float(value)), values == value) for value in single]
    # a value is never in two groups
    starts = np.unique(np.quantile(values, np.arange(GROUPS) / GROUPS, method="higher"))
    number = np.searchsorted(starts, values, side="right") - 1
    cut = []
    for at in range(len(starts)):
        inside = number == at
        low, high = brief(float(values[inside].min())), brief(float(values[inside].max()))
        cut.append((low if low == high else f"{low} to {high}", inside))
    return cut


def says(column: Column, values: Floats, scores: Floats) -> str:
    """A sentence or two; what it finds is an association, and it says so."""
    count = len(values)
    if column.words:
        return _of_words(column, values, scores)
    found = association(values, scores)
    if found is None:
        if count and (values == values[0]).all() and not column.is_moment:
            return f"All {count:,} have the same {column.noun}: {brief(float(values[0]))}."
        return f"With {count:,} submission{'s' * (count != 1)} no trend can be told yet."
    numbers = (
        f"Spearman's rank correlation {_signed(found.rho)}, 95 % interval {_signed(found.low)} to "
        f"{_signed(found.high)}"
    )
    if not found.is_told:
        return f"No trend can be told over {count:,} submissions: {numbers}, which holds 0."
    later = "Later" if found.rho > 0 else "Earlier"
    if column.is_moment:
        return f"{later} submissions score higher, over {count:,} of them: {numbers}."
    more = "Higher" if found.rho > 0 else "Lower"
    return (
        f"{more} values of {column.noun} go with higher scores, over {count:,} submissions: "
        f"{_strength(found.rho)}, {numbers}."
    )


def _of_words(column: Column, values: Floats, scores: Floats) -> str:
    groups = grouped(column, values, scores)
    if len(groups) == 1:
        return f"All {len(values):,} have the same {column.noun}: {groups[0].label}."
    order = sorted(groups, key=lambda it: -it.median)
    told = ", ".join(f"{it.label} {it.median:.2f} mph ({it.size:,})" for it in order)
    return f"Median scores by {column.noun}: {told}."


def _strength(rho: float) -> str:
    sizes = ((STRONG, "strong"), (MODERATE, "moderate"), (WEAK, "weak"))
    size = next((name for least, name in sizes if abs(rho) >= least), "very weak")
    return f"a {size} association"


def _signed(value: float) -> str:
    return f"{value:z.2f}".replace("-", "\N{MINUS SIGN}")
