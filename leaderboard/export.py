"""Boards for programs: as CSV, safe to open in a spreadsheet, and as JSON. See docs/boards.md."""

import csv
from collections.abc import Iterable, Iterator
from datetime import datetime
from typing import Any, NamedTuple

from leaderboard import current, standings
from leaderboard.models import Competition
from leaderboard.ranking import Entry, Place, entries
from leaderboard.rows import Sheet
from leaderboard.standings import Placed

AT_A_TIME = 1000
"""Places read at a time [1]: databases take only so many values."""
_FORMULA_STARTS = ("=", "+", "-", "@", "\t", "\r", "\n")


class Line(NamedTuple):
    """A participant's; None: not known, or not for everyone to know.

    The ranks are as of the newest Standing, not known for scores that are newer.
    """

    rank: int
    participant: str | None
    best_score_mph: float | None
    submitted_at: datetime | None
    tries: int
    rank_low: int | None
    rank_high: int | None
    chance_to_be_first: float | None
    tie_group: int | None
    interval_low_mph: float | None
    interval_high_mph: float | None
    submission: int | None
    network: str | None
    board: str


COLUMNS = Line._fields


def rows(competition: Competition) -> Iterator[Line]:
    """All of its boards, one after the other, with everything that organisers see."""
    for board in competition.boards:
        sheet = Sheet(competition, board, current.seen(competition, board), None)
        yield from lines(sheet, sheet.seen.ranked.places, configs=True, withdrawn=True)


def lines(sheet: Sheet, chosen: list[Place], *, configs: bool, withdrawn: bool) -> Iterator[Line]:
    """The lines of some places.

    Args:
        sheet: The board.
        chosen: Places on it.
        configs: Whether networks are told.
        withdrawn: Whether what has been withdrawn since is told like anything else.
    """
    for first in range(0, len(chosen), AT_A_TIME):
        some = chosen[first : first + AT_A_TIME]
        placed = standings.rows_of(sheet.standing, some)
        for entry in entries(sheet.competition, some, moment=sheet.moment):
            line = _line(entry, placed.get(entry.evaluation), sheet)
            if entry.withdrawn and not withdrawn:
                yield line._replace(**_HIDDEN)
            else:
                yield line if configs else line._replace(network=None)


_HIDDEN: dict[str, Any] = dict.fromkeys(
    [
        *("participant", "best_score_mph", "submitted_at"),
        *("interval_low_mph", "interval_high_mph", "submission", "network"),
    ]
)


def _line(entry: Entry, placed: Placed | None, sheet: Sheet) -> Line:
    low, high, first, group = placed or (None, None, None, None)
    return Line(
        entry.rank,
        entry.name,
        entry.score,
        entry.created_at,
        entry.tries,
        low,
        high,
        first,
        group,
        entry.low,
        entry.high,
        entry.submission,
        entry.phrase,
        sheet.board.value,
    )


def defused(cell: object) -> str:
    """The cell as text that no spreadsheet takes for a formula."""
    text = str(cell)
    return f"'{text}" if text.lstrip(" ").startswith(_FORMULA_STARTS) else text


class _Echo:
    def write(self, line: str) -> str:
        return line


def as_csv(lines: Iterable[Line]) -> Iterator[str]:
    writer = csv.writer(_Echo())
    yield writer.writerow(COLUMNS)
    for line in lines:
        yield writer.writerow([defused(_cell(value)) for value in line])


def _cell(value: object) -> str:
    """Numbers with all their digits."""
    if isinstance(value, datetime):
        return value.isoformat()
    return "" if value is None else str(value)
