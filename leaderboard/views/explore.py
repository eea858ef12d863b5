"""All that was graded, as points: score over any field, and what goes with a higher score."""

import gzip
import json
from typing import Any, NamedTuple

from django.core.paginator import Paginator
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.cache import patch_vary_headers
from django.views.decorators.gzip import gzip_page
from django.views.decorators.http import require_safe
from django.views.decorators.vary import vary_on_headers

from leaderboard import current
from leaderboard.charts import tries_per_day
from leaderboard.columns import SUBMITTED, Column, choosable
from leaderboard.models import Board, Competition
from leaderboard.points import Points, points
from leaderboard.remembered import Remembered
from leaderboard.rows import Sheet
from leaderboard.views import plane as planes
from leaderboard.views.board import Tab, board_or_404
from leaderboard.views.explored import forest, lines, plot
from leaderboard.views.over_time import over_time
from leaderboard.views.paging import numbers
from leaderboard.views.plane import EVERYBODY, Asked, Plane

PAGE = 50
_files: Remembered[bytes] = Remembered(100)
"""Compressed, as nearly every browser takes them."""


class Seen(NamedTuple):
    """What a request looks at."""

    competition: Competition
    board: Board
    sheet: Sheet
    points: Points
    sight: int
    columns: dict[str, Column]

    @property
    def name(self) -> str:
        """Of the page's address, as those of its files begin."""
        return "explore" if self.board == self.competition.boards[0] else "explore_weights"


def _seen(request: HttpRequest, slug: str, board: Board | None) -> Seen:
    competition, board = board_or_404(slug, board)
    seen = current.seen(competition, board)
    return Seen(
        competition,
        board,
        Sheet(competition, board, seen, None),
        points(competition, board, seen),
        planes.sight(request, competition),
        choosable(driven=board == Board.WEIGHTS),
    )


@gzip_page
@require_safe
@vary_on_headers("HX-Request")
def explore(request: HttpRequest, slug: str, board: Board | None = None) -> HttpResponse:
    seen = _seen(request, slug, board)
    visible = planes.visible(seen.points, seen.sight)
    shows = bool(visible.any())
    wanted = planes.asked(request, seen.columns, sight=seen.sight, shows=shows)
    context = {
        "competition": seen.competition,
        "board": seen.board,
        "asked": wanted,
        "shows": shows,
        "hidden": int((~visible).sum()),
        "opens_at": _opens_at(seen.competition),
        "count": len(seen.points),
        **_told(request, seen, wanted),
    }
    status = 422 if wanted.fault else 200
    if getattr(request, "htmx", False):
        return render(request, "leaderboard/_explored.html", context, status=status)
    context |= {
        "choices": _choices(seen.columns, shows=shows),
        "tabs": [
            Tab(
                it,
                reverse(
                    "explore" if it == seen.competition.boards[0] else "explore_weights",
                    args=[slug],
                ),
            )
            for it in seen.competition.boards
        ],
        "files": {it: reverse(f"{seen.name}_{it}", args=[slug]) for it in ("points", "column")},
        "over_time": over_time(seen.sheet),
        "days": _days(seen.points),
    }
    return render(request, "leaderboard/explore.html", context, status=status)


def _told(request: HttpRequest, seen: Seen, wanted: Asked) -> dict[str, Any]:
    """The picture and everything that follows from the fields that were chosen."""
    plane = Plane(seen.points, seen.sight, wanted.x, wanted.colour)
    if not plane.shown.any():
        return {"plane": plane, "drawn": None}
    own = seen.points.participants == (request.user.pk or planes.NOBODY)
    page = Paginator(plane.order, PAGE).get_page(request.GET.get("page"))
    colour = wanted.colour.name if wanted.colour else ""
    told = planes.associations(seen.points, seen.sight, seen.columns)
    return {
        "plane": plane,
        "drawn": plane.drawn,
        "plot": plot(plane, own),
        "own": int(own[plane.shown].sum()),
        "page": page,
        "pages": numbers(page),
        "lines": lines(plane, list(page), page.start_index()),
        "query": f"x={wanted.x.name}&c={colour}&",
        "forest": forest(told, wanted.x.name, colour),
    }


def _choices(columns: dict[str, Column], *, shows: bool) -> dict[str, list[Column]]:
    """By group; what is hidden from the reader is not offered."""
    groups: dict[str, list[Column]] = {}
    for column in columns.values():
        if shows or column.is_public:
            groups.setdefault(column.group, []).append(column)
    return groups


def _opens_at(competition: Competition) -> Any:
    after_close = Competition.ConfigsVisible.AFTER_CLOSE
    return competition.closes_at if competition.configs_visible == after_close else None


_of_days: Remembered[Any] = Remembered(20)


def _days(of: Points) -> Any:
    return _of_days.get(of.state, lambda: tries_per_day(of.values[SUBMITTED]))


@require_safe
def points_json(request: HttpRequest, slug: str, board: Board | None = None) -> HttpResponse:
    """Scores, titles and names of all: what everybody may know."""
    seen = _seen(request, slug, board)
    of = seen.points
    people = sorted(of.names)
    place = {pk: at for at, pk in enumerate(people)}

    def made() -> dict[str, Any]:
        return {
            "submissions": of.submissions.tolist(),
            "scores": [round(it, 3) for it in of.scores.tolist()],
            "people": [place[pk] for pk in of.participants.tolist()],
            "names": [of.names[pk] for pk in people],
            "titles": of.titles,
            "scale": planes.up_scale(of).to_json() if len(of) else None,
        }

    return _answer(request, (of.state, tuple(of.names.values())), made)


@require_safe
def column_json(request: HttpRequest, slug: str, board: Board | None = None) -> HttpResponse:
    """One column of all points; what the reader may not see is left out."""
    seen = _seen(request, slug, board)
    column = seen.columns.get(request.GET.get("name", ""))
    if column is None:
        raise Http404("There is no such field.")
    plane = Plane(seen.points, seen.sight, column, None)
    key = (seen.points.state, EVERYBODY if column.is_public else seen.sight, column.name)
    return _answer(request, key, lambda: planes.column_json(plane))


def _answer(request: HttpRequest, key: tuple[object, ...], made: Any) -> HttpResponse:
    """Nothing secret of the reader's own is in it, so that compressing it tells nobody anything."""

    def packed() -> bytes:
        text = json.dumps(made(), separators=(",", ":"), allow_nan=False)
        return gzip.compress(text.encode(), 5, mtime=0)

    content = _files.get(key, packed)
    if "gzip" in request.headers.get("Accept-Encoding", ""):
        response = HttpResponse(content, "application/json")
        response["Content-Encoding"] = "gzip"
    else:
        response = HttpResponse(gzip.decompress(content), "application/json")
    patch_vary_headers(response, ["Accept-Encoding", "Cookie"])
    response["Cache-Control"] = "private, no-cache"
    return response
