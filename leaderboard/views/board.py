"""The board of a competition, and the way to the newest one."""

import zlib
from collections.abc import Iterator
from itertools import pairwise
from typing import Any, NamedTuple

from django.core.paginator import Page, Paginator
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.views.decorators.http import require_safe
from django.views.decorators.vary import vary_on_headers

from leaderboard import current, ranking, standings
from leaderboard.charts import Axis, Bar
from leaderboard.current import Ranked
from leaderboard.models import (
    Board,
    Competition,
    Evaluation,
    Standing,
    StandingRow,
    Status,
    Submission,
)
from leaderboard.ranking import Entry, Place

PAGE = 50


@require_safe
def home(request: HttpRequest) -> HttpResponse:
    competitions = Competition.objects.all()
    newest = competitions.open_at(timezone.now()).first() or competitions.first()
    if newest is None:
        return render(request, "leaderboard/no_competition.html")
    return redirect(newest)


@require_safe
@vary_on_headers("HX-Request")
def leaderboard(request: HttpRequest, slug: str, board: Board | None = None) -> HttpResponse:
    competition = get_object_or_404(Competition, slug=slug)
    board = board or competition.boards[0]
    if board not in competition.boards:
        raise Http404(f"{competition} has no board for what is {board.label}.")
    ranked = current.ranked(competition, board)
    places = ranked.places
    page = Paginator(places, PAGE).get_page(request.GET.get("page"))
    standing = standings.newest(competition, board)
    rows = Rows(competition, places, page, standing)
    facts = _facts(competition, board, places)
    shown = (page.object_list, rows.baselines, facts, standing and standing.pk)
    state = f"{zlib.crc32(repr(shown).encode()):08x}"
    if request.GET.get("state") == state:
        return HttpResponse(status=204)  # htmx leaves the page as it is
    context = {
        "competition": competition,
        "board": board,
        "tabs": [Tab(it, competition.url_of(it)) for it in competition.boards],
        "page": page,
        "pages": page.paginator.get_elided_page_range(page.number, on_each_side=2, on_ends=1),
        "rows": list(rows),
        "axis": rows.axis,
        "marks": rows.marks,
        "own": _own(request, ranked),
        "facts": facts,
        "standing": standing,
        "shows_chances": any(placed.first for placed in rows.placed.values()),
        "scores_are_newer": standing and standing.board_hash != ranked.board_hash,
        # the phrase is the configuration in short, and as open or hidden as that is
        "shows_configs": competition.configs_are_public()
        or (request.user.is_authenticated and request.user.is_staff),
        "state": state,
    }
    partial = bool(getattr(request, "htmx", False))
    name = "leaderboard/_board.html" if partial else "leaderboard/board.html"
    return render(request, name, context)


class Tab(NamedTuple):
    board: Board
    url: str


class Row(NamedTuple):
    """One line: of a participant (`entry`) or of a baseline; `placed` in the newest Standing."""

    evaluation: Evaluation
    bar: Bar
    entry: Entry | None = None
    placed: StandingRow | None = None
    ends_group: bool = False


class Mark(NamedTuple):
    """A baseline as a thin line across all rows."""

    name: str
    at: str


class Rows:
    """The lines of one page, baselines among the scores at their height."""

    def __init__(
        self,
        competition: Competition,
        places: list[Place],
        page: Page[Place],
        standing: Standing | None,
    ) -> None:
        start = page.start_index() - 1 if places else 0
        # one more than shown: it says which baselines stand on the next page
        some = places[start : start + PAGE + 1]
        chosen = list(ranking.entries(competition, some))
        self.entries, following = chosen[:PAGE], chosen[PAGE:]
        self.placed = standings.rows_of(standing, some)
        self.last_of_groups = self._last_of_groups(some)
        self.baselines = [
            baseline
            for baseline in ranking.baselines(competition)
            if (start == 0 or _score(baseline) <= _score(self.entries[0].evaluation))
            and (not following or _score(baseline) > _score(following[0].evaluation))
        ]
        evaluations = [entry.evaluation for entry in self.entries] + self.baselines
        self.axis = Axis.around(
            [value for it in evaluations for value in (it.interval_low, it.interval_high)]
        )
        self.marks = [Mark(str(it.baseline), self.axis.at(_score(it))) for it in self.baselines]

    def __iter__(self) -> Iterator[Row]:
        waiting = list(self.baselines)
        for entry in self.entries:
            while waiting and _score(waiting[0]) > _score(entry.evaluation):
                yield self._row(waiting.pop(0))
            yield self._row(entry.evaluation, entry)
        for baseline in waiting:
            yield self._row(baseline)

    def _row(self, evaluation: Evaluation, entry: Entry | None = None) -> Row:
        bar = self.axis.bar(_score(evaluation), evaluation.interval_low, evaluation.interval_high)
        if entry is None:
            return Row(evaluation, bar)
        ends_group = evaluation.pk in self.last_of_groups
        return Row(evaluation, bar, entry, self.placed.get(evaluation.pk), ends_group)

    def _last_of_groups(self, some: list[Place]) -> set[int]:
        """Those before whom the next one stands in another group; none where one is too new."""
        return {
            place.evaluation
            for place, following in pairwise(some)
            if (mine := self.placed.get(place.evaluation))
            and (other := self.placed.get(following.evaluation))
            and mine.group != other.group
        }


def _score(evaluation: Evaluation) -> float:
    assert evaluation.score is not None  # whatever is on a board has one
    return evaluation.score


def _facts(competition: Competition, board: Board, places: list[Place]) -> dict[str, Any]:
    gradings = Evaluation.objects.filter(competition=competition, submission__isnull=False)
    if len(competition.boards) > 1:
        gradings = gradings.filter(submission__in=Submission.objects.on(board))
    return {
        "participants": len(places),
        "gradings": gradings.filter(status=Status.SUCCEEDED).count(),
        "queue": Evaluation.objects.unfinished().count(),
    }


def _own(request: HttpRequest, ranked: Ranked) -> dict[str, int] | None:
    """Where the reader's own row is, whatever page is shown."""
    if not request.user.is_authenticated:
        return None
    index = ranked.of_participant.get(request.user.pk)
    if index is None:
        return None
    return {"rank": ranked.places[index].rank, "page": index // PAGE + 1}
