"""The board of a competition, and the way to the newest one."""

import zlib
from typing import Any, NamedTuple

from django.core.paginator import Paginator
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.views.decorators.gzip import gzip_page
from django.views.decorators.http import require_safe
from django.views.decorators.vary import vary_on_headers

from leaderboard import current
from leaderboard.current import Seen
from leaderboard.facts import Facts, facts
from leaderboard.models import Board, Competition
from leaderboard.ranking import Place
from leaderboard.rows import Sheet
from leaderboard.signature import signature
from leaderboard.views.asked import Asked, asked
from leaderboard.views.over_time import over_time
from leaderboard.views.paging import numbers
from leaderboard.views.table import PAGE, Sight, Tables


@require_safe
def home(request: HttpRequest) -> HttpResponse:
    competitions = Competition.objects.all()
    newest = competitions.open_at(timezone.now()).first() or competitions.first()
    if newest is None:
        return render(request, "leaderboard/no_competition.html")
    return redirect(newest)


@gzip_page
@require_safe
@vary_on_headers("HX-Request")
def leaderboard(request: HttpRequest, slug: str, board: Board | None = None) -> HttpResponse:
    competition, board = board_or_404(slug, board)
    wanted = asked(request)
    seen = current.seen(competition, board, moment=wanted.at)
    counted = facts(competition, board, seen)
    state = _state(competition, seen, counted)
    is_part = bool(getattr(request, "htmx", False))
    if is_part and request.GET.get("state") == state:
        return HttpResponse(status=204)  # htmx leaves the page as it is
    sheet = Sheet(competition, board, seen, wanted.at)
    context = {
        "competition": competition,
        "board": board,
        "asked": wanted,
        "facts": counted,
        "state": state,
        "files": request.path,
        **_shown(request, sheet, wanted, counted),
    }
    if is_part and request.GET.get("rows") == context["rows"]:
        response = render(request, "leaderboard/_facts.html", context)
        response["HX-Retarget"], response["HX-Reswap"] = "#facts", "outerHTML"
        return response
    if is_part:
        return render(request, "leaderboard/_board.html", context)
    context["road"] = signature(sheet)
    context["tabs"] = [Tab(it, competition.url_of(it)) for it in competition.boards]
    if context["page"].number == 1 and not (wanted.name or wanted.at):
        context["over_time"] = over_time(sheet)
    status = 422 if wanted.fault else 200
    return render(request, "leaderboard/board.html", context, status=status)


def board_or_404(slug: str, board: Board | None) -> tuple[Competition, Board]:
    """The first board, where none is named."""
    competition = get_object_or_404(Competition, slug=slug)
    board = board or competition.boards[0]
    if board not in competition.boards:
        raise Http404(f"{competition} has no board for what is {board.label}.")
    return competition, board


def sight(request: HttpRequest, competition: Competition) -> Sight:
    """The phrase is the configuration in short, and as open or hidden as that is."""
    is_staff = request.user.is_authenticated and request.user.is_staff
    return Sight(configs=is_staff or competition.configs_are_public(), withdrawn=is_staff)


class Tab(NamedTuple):
    board: Board
    url: str


def _state(competition: Competition, seen: Seen, counted: Facts) -> str:
    """Another one for every change that any page of this board would show."""
    return _digest(seen.version, seen.standing, counted, competition.is_open())


def _digest(*shown: object) -> str:
    return f"{zlib.crc32(repr(shown).encode()):08x}"


def _shown(request: HttpRequest, sheet: Sheet, wanted: Asked, counted: Facts) -> dict[str, Any]:
    chosen = wanted.chosen(sheet.seen.ranked.places)
    page = Paginator(chosen, PAGE).get_page(wanted.page)
    tables = Tables(
        sheet, wanted, sight(request, sheet.competition), submissions=counted.submissions
    )
    table = tables.page(chosen, page.number)
    own = _own(request, sheet.seen)
    body = tables.body_with_own(table, own) if own and table.lines else table.body
    found = (page.paginator.count, counted.participants) if wanted.name else ()
    said = (page.number, page.paginator.num_pages, table.computed_at, table.scores_are_newer)
    return {
        "page": page,
        "pages": numbers(page),
        "table": table,
        "body": body,
        "own": own,
        "rows": _digest(body, said, found, table.rows.marks),
    }


def _own(request: HttpRequest, seen: Seen) -> Place | None:
    """The reader's place, whatever page is shown."""
    if not request.user.is_authenticated:
        return None
    index = seen.ranked.of_participant.get(request.user.pk)
    return None if index is None else seen.ranked.places[index]
