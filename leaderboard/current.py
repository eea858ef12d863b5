"""Everyone's place as it is now, ranked anew only when something of it has changed.

Ranking reads all scores that there are; most who ask see the board that was shown a second ago. So
each process remembers it beside a version: of the moments at which scores and withdrawals began to
count, how many there are and their sum.

A remembered board is never an old one:
- What it follows from never changes once it counts, but for those moments (`guards`, `apply`), and
  a score or a withdrawal that comes, comes again or goes makes another number or another sum.
- Whoever reads a version sees all that was committed before; two that commit in another order than
  their moments' still both raise the number.
- The version is read first. A board read after it may be newer, then so is the next version, and
  the older one is not seen again.
- A moment that has not come yet by this machine's clock counts in neither.
"""

from datetime import datetime
from typing import Any, NamedTuple

from django.db import connection
from django.utils import timezone

from leaderboard import ranking, standings
from leaderboard.models import Board, Competition
from leaderboard.ranking import Place
from leaderboard.remembered import Remembered

_VERSION = """
SELECT applied.number, applied.sum, withdrawn.number, withdrawn.sum, (
    SELECT id FROM leaderboard_standing
    WHERE competition_id = %(competition)s AND board = %(board)s AND computed_at IS NOT NULL
    ORDER BY computed_at DESC, id DESC LIMIT 1
)
FROM (
    SELECT COUNT(*) AS number, {applied} AS sum FROM leaderboard_evaluation
    WHERE competition_id = %(competition)s AND applied_at <= %(moment)s
) AS applied
CROSS JOIN (
    SELECT COUNT(*) AS number, {withdrawn} AS sum FROM leaderboard_submission
    WHERE competition_id = %(competition)s AND withdrawn_at <= %(moment)s
) AS withdrawn
"""
_SUMS = {
    # exact, and small enough for as many as there will ever be
    "postgresql": "CAST(SUM({column} - %(origin)s) AS TEXT)",
    "sqlite": "SUM(CAST(strftime('%%s', {column}) AS INTEGER)) || ' '"
    " || SUM(CAST(substr({column}, 21) AS INTEGER))",
}
Version = tuple[int, str | None, int, str | None]


class Ranked(NamedTuple):
    """A board as of one version.

    Attributes:
        places: From first to last.
        board_hash: What a Standing of it would be computed from.
        of_participant: Where in `places` somebody stands.
        of_evaluation: The same by what is graded.
    """

    places: list[Place]
    board_hash: str
    of_participant: dict[int, int]
    of_evaluation: dict[int, int]


class Seen(NamedTuple):
    """A board with what it follows from: equal versions, equal boards.

    Attributes:
        standing: The primary key of its newest Standing, if there is one.
    """

    ranked: Ranked
    version: Version
    standing: int | None


_remembered: Remembered[tuple[Version, Ranked]] = Remembered(8)
"""Boards of now and of the moments that were asked for; one of 10,000 takes 3 MB."""
_earlier: Remembered[dict[int, int]] = Remembered(4)


def ranked(
    competition: Competition, board: Board | None = None, *, moment: datetime | None = None
) -> Ranked:
    """Everyone's place on a board (the first) as of `moment` (now)."""
    return seen(competition, board, moment=moment).ranked


def seen(
    competition: Competition, board: Board | None = None, *, moment: datetime | None = None
) -> Seen:
    """The same with its version and its newest Standing, of one query where it is known."""
    board, until = board or competition.boards[0], moment or timezone.now()
    wanted, standing = _version(competition, board, until)
    asked = (competition.pk, board, moment)
    version, known = _remembered.known(asked) or (None, None)
    if known is None or version != wanted:
        known = _rank(competition, board, until)
        _remembered.put(asked, (wanted, known))
    return Seen(known, wanted, standing)


def ranks_at(competition: Competition, board: Board, moment: datetime) -> dict[int, int]:
    """Who had which rank then. It is not asked again: for moments that many ask for in turn."""

    def rank() -> dict[int, int]:
        chosen = ranking.places(competition, board, moment=moment)
        return {place.participant: place.rank for place in chosen}

    return _earlier.get((competition.pk, board, moment), rank)


def _rank(competition: Competition, board: Board, moment: datetime) -> Ranked:
    places = ranking.places(competition, board, moment=moment)
    return Ranked(
        places,
        standings.board_hash(places),
        {place.participant: index for index, place in enumerate(places)},
        {place.evaluation: index for index, place in enumerate(places)},
    )


def _version(
    competition: Competition, board: Board, moment: datetime
) -> tuple[Version, int | None]:
    """The version is the same for all of its boards: it asks only what indices hold."""
    adapt = connection.ops.adapt_datetimefield_value
    parameters: dict[str, Any] = {
        "competition": competition.pk,
        "board": board.value,
        "moment": adapt(moment),
    }
    if connection.vendor == "postgresql":
        parameters["origin"] = adapt(competition.created_at)
    sum_of = _SUMS[connection.vendor]
    query = _VERSION.format(
        applied=sum_of.format(column="applied_at"), withdrawn=sum_of.format(column="withdrawn_at")
    )
    with connection.cursor() as cursor:
        cursor.execute(query, parameters)
        *version, standing = cursor.fetchone()
    return tuple(version), standing
