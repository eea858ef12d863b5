"""The lines of a board's page: who stands there, how sure it is, and where it is drawn."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from itertools import pairwise
from typing import NamedTuple

from django.utils import timezone

from leaderboard import current, ranking, standings
from leaderboard.charts import Axis, Bar
from leaderboard.current import Seen
from leaderboard.models import Board, Competition, Evaluation
from leaderboard.ranking import Entry, Place
from leaderboard.remembered import Remembered
from leaderboard.standings import Placed

_baselines: Remembered[list[Evaluation]] = Remembered(100, seconds=10)
"""Not for longer: their names may change."""


class Row(NamedTuple):
    """One line of a participant.

    Attributes:
        bar: The score with its interval on the axis.
        placed: In the newest Standing.
        moved: Ranks gained since yesterday; None: was not on the board.
        ends_group: The next one stands in another tie group.
    """

    entry: Entry
    bar: Bar
    placed: Placed | None = None
    moved: int | None = None
    ends_group: bool = False


class Mark(NamedTuple):
    """A baseline: its own line where it is among the scores, and a dash across all of them."""

    baseline: int
    name: str
    driver: str
    score: float
    low: float | None
    high: float | None
    bar: Bar
    is_inside: bool


@dataclass(frozen=True, slots=True)
class Rows:
    """What a page shows, from the top down, all on one axis."""

    axis: Axis
    rows: list[Row]
    baselines: list[Mark]
    marks: list[Mark]
    shows_moves: bool

    def __iter__(self) -> Iterator[Row | Mark]:
        """Baselines among the scores at their height."""
        waiting = list(self.baselines)
        for row in self.rows:
            while waiting and waiting[0].score > row.entry.score:
                yield waiting.pop(0)
            yield row
        yield from waiting


@dataclass(frozen=True, slots=True)
class Sheet:
    """A board at a moment, of which some places are shown.

    Attributes:
        moment: None: now.
    """

    competition: Competition
    board: Board
    seen: Seen
    moment: datetime | None

    @property
    def standing(self) -> int | None:
        """How sure the ranks are is known of now alone."""
        return self.seen.standing if self.moment is None else None

    @property
    def baselines(self) -> list[Evaluation]:
        """Fastest first; a version is also theirs."""
        competition, moment = self.competition, self.moment
        return _baselines.get(
            (competition.pk, self.seen.version, moment),
            lambda: ranking.baselines(competition, moment=moment),
        )

    def page(self, chosen: Sequence[Place], *, first: int, length: int) -> Rows:
        # one more than shown: it says what stands on the next page
        some = chosen[first : first + length + 1]
        entries = list(ranking.entries(self.competition, some, moment=self.moment))
        shown, following = entries[:length], entries[length:]
        known = self.baselines
        is_whole = len(chosen) == len(self.seen.ranked.places)
        among = [it for it in known if is_whole and _is_among(it, first, shown, following)]
        ends = [(it.low, it.high) for it in shown]
        ends += [(it.interval_low, it.interval_high) for it in among]
        axis = Axis.around([value for pair in ends for value in pair])
        rows = self._rows(some, shown, axis)
        marks = [_mark(it, axis) for it in known]
        return Rows(
            axis,
            rows,
            [mark for mark, it in zip(marks, known, strict=True) if it in among],
            [mark for mark in marks if mark.is_inside],
            any(row.moved != 0 for row in rows) and bool(self._ranks_before()),
        )

    def row_of(self, place: Place, axis: Axis) -> Row:
        """One that stands elsewhere, drawn on the axis of a page."""
        (entry,) = ranking.entries(self.competition, [place], moment=self.moment)
        return self._rows([place], [entry], axis)[0]

    def _rows(self, some: Sequence[Place], shown: Sequence[Entry], axis: Axis) -> list[Row]:
        placed = standings.rows_of(self.standing, some)
        last = _last_of_groups(some, placed)
        before = self._ranks_before()
        return [
            Row(
                entry,
                axis.bar(entry.score, entry.low, entry.high),
                placed.get(entry.evaluation),
                before[entry.participant] - entry.rank if entry.participant in before else None,
                entry.evaluation in last,
            )
            for entry in shown
        ]

    def _ranks_before(self) -> dict[int, int]:
        """A day before this hour began: many ask within the hour, and it is ranked once."""
        if self.moment is not None:
            return {}
        return current.ranks_at(self.competition, self.board, yesterday())


def yesterday() -> datetime:
    return timezone.now().replace(minute=0, second=0, microsecond=0) - timedelta(days=1)


def _is_among(
    baseline: Evaluation, first: int, shown: Sequence[Entry], following: Sequence[Entry]
) -> bool:
    """Whether a baseline stands between the scores of this page and not of another."""
    return (first == 0 or _score(baseline) <= shown[0].score) and (
        not following or _score(baseline) > following[0].score
    )


def _mark(baseline: Evaluation, axis: Axis) -> Mark:
    assert baseline.baseline is not None
    score = _score(baseline)
    return Mark(
        baseline.baseline.pk,
        baseline.baseline.name,
        baseline.baseline.driver,
        score,
        baseline.interval_low,
        baseline.interval_high,
        axis.bar(score, baseline.interval_low, baseline.interval_high),
        axis.low <= score <= axis.high,
    )


def _last_of_groups(some: Sequence[Place], placed: dict[int, Placed]) -> set[int]:
    """Those before whom the next one stands in another group; none where one is too new."""
    return {
        place.evaluation
        for place, following in pairwise(some)
        if (mine := placed.get(place.evaluation))
        and (other := placed.get(following.evaluation))
        and mine.group != other.group
    }


def _score(evaluation: Evaluation) -> float:
    assert evaluation.score is not None  # whatever is on a board has one
    return evaluation.score
