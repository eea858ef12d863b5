"""A page of a board as HTML, rendered once for all who look at it.

What is the reader's own is not in it: the own row is put in the place of the one that everybody
sees, or beside the page's rows where it stands on another page.
"""

from collections.abc import Hashable, Iterable
from dataclasses import dataclass
from datetime import datetime
from functools import cached_property
from typing import NamedTuple

from django.utils.safestring import SafeString

from leaderboard.models import Standing
from leaderboard.ranking import Place
from leaderboard.record import Entered
from leaderboard.remembered import Remembered
from leaderboard.rows import Row, Rows, Sheet, yesterday
from leaderboard.views.asked import Asked
from leaderboard.views.lines import Look, line

PAGE = 50
# names of participants and of baselines are all that may change under the same key
SECONDS = 10
_tables: "Remembered[Table]" = Remembered(150, seconds=SECONDS)
_standings: "Remembered[Standing | None]" = Remembered(20)
_own: Remembered[SafeString] = Remembered(1000, seconds=SECONDS)


class Sight(NamedTuple):
    """What of others a reader may see."""

    configs: bool
    withdrawn: bool


@dataclass(frozen=True)
class Table:
    """The lines of one page, and what its head and its legend say.

    Attributes:
        key: Everything that it follows from.
        lines: As everybody sees them, from the top down.
        at: Where in them a participant stands.
    """

    key: Hashable
    rows: Rows
    lines: list[SafeString]
    at: dict[int, int]
    look: Look
    computed_at: datetime | None
    scores_are_newer: bool

    @cached_property
    def body(self) -> SafeString:
        return _joined(self.lines)


class Tables:
    """The pages of a board, as somebody asks for it and may see it."""

    def __init__(self, sheet: Sheet, asked: Asked, sight: Sight, *, submissions: int) -> None:
        self.sheet, self.asked, self.sight = sheet, asked, sight
        self.standing = _standing(sheet.standing)
        current = sheet.seen.ranked.board_hash
        self.scores_are_newer = bool(self.standing and self.standing.board_hash != current)
        self.key = (
            # with each submission somebody has one try more
            *(sheet.competition.pk, sheet.board, submissions, sight, asked.name),
            *(sheet.standing, self.scores_are_newer),
            # what was withdrawn since then is shown otherwise
            (sheet.moment, sheet.seen.version) if sheet.moment else yesterday(),
        )

    def page(self, chosen: list[Place], number: int) -> Table:
        """By who stands there, not by the version: a score far away leaves a page as it is."""
        first = (number - 1) * PAGE
        baselines = tuple(it.pk for it in self.sheet.baselines)
        some = tuple(chosen[first : first + PAGE + 1])
        key = (
            *self.key,
            number,
            len(chosen) == len(self.sheet.seen.ranked.places),
            baselines,
            some,
        )
        return _tables.get(key, lambda: self._render(key, chosen, first))

    def body_with_own(self, table: Table, place: Place) -> SafeString:
        """The lines with the reader's own among them, or beyond the end where it stands."""
        own = _own.get((table.key, place), lambda: self._render_own(table, place))
        at = table.at.get(place.participant)
        if at is not None:
            return _joined([*table.lines[:at], own, *table.lines[at + 1 :]])
        shown = table.rows.rows
        is_above = bool(shown) and place.rank < shown[0].entry.rank
        return _joined([own, *table.lines] if is_above else [*table.lines, own])

    def _render(self, key: Hashable, chosen: list[Place], first: int) -> Table:
        rows = self.sheet.page(chosen, first=first, length=PAGE)
        chances = any(row.placed and row.placed.first for row in rows.rows)
        record = Entered(self.sheet.competition, self.sheet.board).query
        look = Look(rows.axis, rows.shows_moves, chances, *self.sight, record)
        shown = list(rows)
        return Table(
            key,
            rows,
            [line(it, look) for it in shown],
            {it.entry.participant: at for at, it in enumerate(shown) if isinstance(it, Row)},
            look,
            self.standing.computed_at if self.standing else None,
            self.scores_are_newer,
        )

    def _render_own(self, table: Table, place: Place) -> SafeString:
        look = table.look._replace(own=True, withdrawn=True)
        for row in table.rows.rows:
            if row.entry.participant == place.participant:
                return line(row, look)
        index = self.sheet.seen.ranked.of_participant[place.participant]
        page = f"?{self.asked._replace(name='').query}page={index // PAGE + 1}"
        return line(self.sheet.row_of(place, look.axis), look._replace(elsewhere=page))


def _standing(pk: int | None) -> Standing | None:
    """Once computed it does not change."""
    if pk is None:
        return None
    return _standings.get(pk, lambda: Standing.objects.filter(pk=pk).first())


def _joined(lines: Iterable[SafeString]) -> SafeString:
    return SafeString("".join(lines))
