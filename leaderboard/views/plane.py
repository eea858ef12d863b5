"""Submissions in a plane, as somebody asks for it and may see it; each is drawn once for all."""

from dataclasses import dataclass
from functools import cached_property
from typing import Any, NamedTuple

import numpy as np
import numpy.typing as npt
from django.http import HttpRequest

from leaderboard.charts import (
    Colours,
    Scale,
    Scatter,
    moment_scale,
    number_colours,
    number_scale,
    scatter,
    word_colours,
    word_scale,
)
from leaderboard.columns import SUBMITTED, Column
from leaderboard.models import Competition
from leaderboard.points import Points
from leaderboard.remembered import Remembered
from leaderboard.trends import Group, Ranked, grouped, ranked, says

FIRST, FIRST_COLOUR = "training_iterations", "parameters"
"""What is shown before anybody chooses; where nothing is trained here the view takes its place."""
FIRST_DRIVEN = "cells"
LONGEST = 40
"""Characters of a name that are repeated [1]."""
EVERYBODY, NOBODY = -1, 0

Floats = npt.NDArray[np.float64]
Ints = npt.NDArray[np.int64]
Mask = npt.NDArray[np.bool_]


class Asked(NamedTuple):
    """Across which column, coloured by which; `fault`: what is wrong with what was asked."""

    x: Column
    colour: Column | None
    fault: str


def asked(request: HttpRequest, columns: dict[str, Column], *, sight: int, shows: bool) -> Asked:
    """`shows`: whether the reader may see any configuration."""
    first = next(name for name in (FIRST, FIRST_DRIVEN) if name in columns)
    # one's own few alone are no picture; among all scores they are
    usual = (first, FIRST_COLOUR) if sight == EVERYBODY else (SUBMITTED, "")
    wanted = [request.GET.get(name, default) for name, default in zip("xc", usual, strict=True)]
    unknown = [name for name in wanted if name and name not in columns]
    hidden = [name for name in wanted if name in columns and not columns[name].is_public]
    fault = ""
    if unknown:
        shown = "".join(it if it.isprintable() else " " for it in unknown[0][:LONGEST])
        fault = f"“{shown}” is no field. Choose one from the lists."
    elif hidden and not shows:
        wanted = list(usual)
    x, colour = (columns.get(name) for name in wanted)
    return Asked(x or columns[usual[0]], colour, fault)


def sight(request: HttpRequest, competition: Competition) -> int:
    """Whose configurations a reader may see: everybody's, nobody's, or one participant's own."""
    user = request.user
    if competition.configs_are_public() or (user.is_authenticated and user.is_staff):
        return EVERYBODY
    return int(user.pk) if user.is_authenticated else NOBODY


@dataclass(frozen=True, eq=False)
class Plane:
    """The points with two columns. What is remembered of it names all that it follows from."""

    points: Points
    sight: int
    x: Column
    colour: Column | None

    @cached_property
    def visible(self) -> Mask:
        return visible(self.points, self.sight)

    def known(self, column: Column) -> Mask:
        """Which have a value that may be seen."""
        finite = np.isfinite(self.points.values[column.name])
        return finite if column.is_public else finite & self.visible

    @cached_property
    def shown(self) -> Mask:
        return self.known(self.x)

    def values(self, column: Column) -> Floats:
        found: Floats = self.points.values[column.name][self.shown]
        return found

    @property
    def scores(self) -> Floats:
        found: Floats = self.points.scores[self.shown]
        return found

    @cached_property
    def order(self) -> Ints:
        """The shown ones from the best score down."""
        order: Ints = self.points.order[self.shown[self.points.order]]
        return order

    @property
    def key(self) -> tuple[object, ...]:
        return (self.points.state, self.sight, self.x.name, self.colour and self.colour.name)

    @property
    def drawn(self) -> "Drawn":
        return _drawn.get(self.key, lambda: _draw(self))


class Drawn(NamedTuple):
    """What the page shows of a plane that is not empty.

    Attributes:
        up: The scale of the scores.
        uncoloured: How many have no colour that the reader may see.
    """

    across: Scale
    up: Scale
    colours: Colours | None
    scatter: Scatter
    says: str
    groups: list[Group]
    uncoloured: int


_drawn: Remembered[Drawn] = Remembered(100)
_ranked: Remembered[list[Ranked]] = Remembered(50)
_scales: Remembered[Scale] = Remembered(50)


def visible(points: Points, sight: int) -> Mask:
    if sight == EVERYBODY:
        return np.ones(len(points), dtype=np.bool_)
    found: Mask = points.participants == sight
    return found


def associations(points: Points, sight: int, columns: dict[str, Column]) -> list[Ranked]:
    return _ranked.get(
        (points.state, sight, len(columns)),
        lambda: ranked(points, columns, visible(points, sight)),
    )


def up_scale(points: Points) -> Scale:
    """Of all scores, whichever are shown: it stays as it is while fields are chosen."""
    scores = points.scores
    return _scales.get(points.state, lambda: number_scale(scores, is_log=False, is_whole=False))


def scale_of(column: Column, values: Floats) -> Scale:
    if column.words:
        return word_scale(column.words)
    if column.is_moment:
        return moment_scale(values)
    return number_scale(values, is_log=column.is_log, is_whole=column.is_whole)


def colours_of(column: Column, values: Floats) -> Colours:
    if column.words:
        return word_colours(column.words)
    return number_colours(values)


def _draw(plane: Plane) -> Drawn:
    values, scores = plane.values(plane.x), plane.scores
    numbers = plane.points.submissions[plane.shown]
    across, up = scale_of(plane.x, values), up_scale(plane.points)
    colours, of_each, uncoloured = None, None, 0
    if plane.colour:
        known = plane.known(plane.colour)[plane.shown]
        uncoloured = int((~known).sum())
        if known.any():
            told = plane.values(plane.colour)
            colours = colours_of(plane.colour, told[known])
            of_each = np.full(len(values), -1)
            of_each[known] = colours.of(told[known])
    return Drawn(
        across,
        up,
        colours,
        scatter(across.shares(values, numbers), 1 - up.shares(scores, numbers), of_each),
        says(plane.x, values, scores),
        grouped(plane.x, values, scores),
        uncoloured,
    )


def column_json(plane: Plane) -> dict[str, Any]:
    """One column of all points for the browser: nothing where it is hidden."""
    known = plane.shown
    values = plane.points.values[plane.x.name]
    shown: list[float] = [round(it, 8) for it in values.tolist()]
    if plane.x.is_whole or plane.x.words or plane.x.is_moment:
        shown = [int(it) if ok else 0 for it, ok in zip(shown, known.tolist(), strict=True)]
    answer: dict[str, Any] = {
        # as differences: they are small, and pack to nearly nothing
        "submissions": np.diff(plane.points.submissions, prepend=0).tolist(),
        "name": plane.x.name,
        "title": plane.x.title,
        "words": plane.x.words,
        "moment": plane.x.is_moment,
        "values": [it if ok else None for it, ok in zip(shown, known.tolist(), strict=True)],
    }
    if known.any():
        answer["scale"] = scale_of(plane.x, values[known]).to_json()
        if not plane.x.is_moment:
            answer["colours"] = colours_of(plane.x, values[known]).to_json()
    return answer
