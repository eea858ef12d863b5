"""Many points in a plane: as dots where they are few, as shaded cells where they are many."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, NamedTuple

import numpy as np
import numpy.typing as npt

from leaderboard.charts.axis import brief

UNITS = 1000
"""Size of the drawing that is stretched over the panel, across and down [1]."""
MOST_DOTS = 800
"""Points from which on cells are drawn instead [1]."""
ACROSS, DOWN = 60, 34
"""Cells of the plane [1]."""
SHADES = 4
"""Of a cell, by the logarithm of how many lie in it [1]."""
COLOURS = 5
"""Steps of a number that colours points [1]."""

Floats = npt.NDArray[np.float64]
Ints = npt.NDArray[np.int64]


class Step(NamedTuple):
    """One colour of the legend."""

    number: int
    label: str


@dataclass(frozen=True, slots=True)
class Colours:
    """How a value gets its colour: by words, or by the steps between cuts.

    Attributes:
        kind: What the colours are called in the stylesheet: "step" or "word".
    """

    kind: str
    cuts: tuple[float, ...]
    steps: tuple[Step, ...]

    def of(self, values: Floats) -> Ints:
        if self.kind == "word":
            return values.astype(np.int64)
        found: Ints = np.searchsorted(np.array(self.cuts), values, side="right").astype(np.int64)
        return found

    def to_json(self) -> dict[str, Any]:
        return {"kind": self.kind, "cuts": list(self.cuts), "steps": len(self.steps)}


def word_colours(words: Sequence[str]) -> Colours:
    return Colours("word", (), tuple(Step(at, word) for at, word in enumerate(words)))


def number_colours(values: Floats) -> Colours:
    """About as many points in each step as in any other."""
    quantiles = np.quantile(values, np.arange(1, COLOURS) / COLOURS, method="higher")
    # a step begins at its cut, and none may be empty
    cuts = tuple(float(it) for it in np.unique(quantiles) if it > values.min())
    inside = np.searchsorted(np.array(cuts), values, side="right")
    steps = []
    for number in range(len(cuts) + 1):
        of_one = values[inside == number]
        low, high = brief(float(of_one.min())), brief(float(of_one.max()))
        steps.append(Step(number, low if low == high else f"{low} to {high}"))
    return Colours("step", cuts, tuple(steps))


class Layer(NamedTuple):
    """What has one colour and shade; `path` is SVG in UNITS."""

    colour: str
    shade: int
    path: str


@dataclass(frozen=True, slots=True)
class Scatter:
    """`cells`: whether layers hold cells, not dots."""

    cells: bool
    layers: list[Layer]


def scatter(x: Floats, y: Floats, colours: Ints | None) -> Scatter:
    """Of points by their shares of the plane, from the left and from above; -1: no colour."""
    if len(x) <= MOST_DOTS:
        return Scatter(cells=False, layers=_dots(x, y, colours))
    return Scatter(cells=True, layers=_cells(x, y, colours))


def _dots(x: Floats, y: Floats, colours: Ints | None) -> list[Layer]:
    paths: dict[int, list[str]] = {}
    groups = np.full(len(x), -1) if colours is None else colours
    for at, down, group in zip(x.tolist(), y.tolist(), groups.tolist(), strict=True):
        paths.setdefault(group, []).append(f"M{UNITS * at:.0f} {UNITS * down:.0f}h0")
    return [Layer(_name(group), 0, "".join(paths[group])) for group in sorted(paths)]


def _cells(x: Floats, y: Floats, colours: Ints | None) -> list[Layer]:
    """A cell has the colour that most of its points have, of equals the first."""
    column = np.clip((x * ACROSS).astype(np.int64), 0, ACROSS - 1)
    row = np.clip((y * DOWN).astype(np.int64), 0, DOWN - 1)
    cell = row * ACROSS + column
    counts = np.bincount(cell, minlength=ACROSS * DOWN)
    if colours is None:
        most = np.full(ACROSS * DOWN, -1)
    else:
        kinds = int(colours.max()) + 2  # with those that have none
        of_kinds = np.bincount(cell * kinds + colours + 1, minlength=ACROSS * DOWN * kinds)
        most = of_kinds.reshape(-1, kinds).argmax(axis=1) - 1
    shade = np.ceil(SHADES * np.log1p(counts) / np.log1p(counts.max())).astype(np.int64)
    wide, high = UNITS / ACROSS, UNITS / DOWN
    paths: dict[tuple[int, int], list[str]] = {}
    for at in np.flatnonzero(counts).tolist():
        left, top = at % ACROSS * wide, at // ACROSS * high
        path = f"M{left:.0f} {top:.0f}h{wide - 2:.0f}v{high - 3:.0f}h-{wide - 2:.0f}z"
        paths.setdefault((int(most[at]), int(shade[at])), []).append(path)
    return [Layer(_name(key[0]), key[1], "".join(paths[key])) for key in sorted(paths)]


def _name(group: int) -> str:
    return "" if group < 0 else str(group)
