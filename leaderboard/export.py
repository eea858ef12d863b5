"""A competition's participants as CSV, safe to open in a spreadsheet."""

import csv
from collections.abc import Iterable, Iterator

from leaderboard import standings
from leaderboard.models import Board, Competition
from leaderboard.ranking import entries, places

COLUMNS = (
    *("rank", "participant", "best_score_mph", "submitted_at", "tries"),
    *("rank_low", "rank_high", "chance_to_be_first", "tie_group", "board"),
)
_FORMULA_STARTS = ("=", "+", "-", "@", "\t", "\r", "\n")


def defused(cell: object) -> str:
    """The cell as text that no spreadsheet takes for a formula."""
    text = str(cell)
    return f"'{text}" if text.lstrip(" ").startswith(_FORMULA_STARTS) else text


class _Echo:
    def write(self, line: str) -> str:
        return line


def rows(competition: Competition) -> Iterator[tuple[object, ...]]:
    """All of its boards, one after the other."""
    for board in competition.boards:
        yield from _rows(competition, board)


def _rows(competition: Competition, board: Board) -> Iterator[tuple[object, ...]]:
    """The columns of ranks are as of the newest Standing, empty for scores that are newer."""
    ranked = places(competition, board)
    placed = standings.rows_of(standings.newest(competition, board), ranked)
    for entry in entries(competition, ranked):
        row = placed.get(entry.evaluation.pk)
        yield (
            entry.rank,
            entry.submission.participant.display_name,
            repr(entry.evaluation.score),
            entry.submission.created_at.isoformat(),
            entry.tries,
            *((row.low, row.high, row.first, row.group) if row else ("",) * 4),
            board.value,
        )


def as_csv(lines: Iterable[tuple[object, ...]]) -> Iterator[str]:
    writer = csv.writer(_Echo())
    yield writer.writerow(COLUMNS)
    for line in lines:
        yield writer.writerow([defused(cell) for cell in line])
