"""The board for programs: CSV and JSON, of now or of a moment, of everybody or of a name."""

import json
from collections.abc import Callable, Iterator
from typing import Any

from django.core.paginator import Paginator
from django.core.serializers.json import DjangoJSONEncoder
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.utils import timezone
from django.views.decorators.http import require_safe

from leaderboard import current, export
from leaderboard.facts import facts
from leaderboard.models import Board, Standing
from leaderboard.ranking import Place
from leaderboard.remembered import Remembered
from leaderboard.rows import Sheet
from leaderboard.views.asked import Asked, asked
from leaderboard.views.board import board_or_404, sight

PAGE = 1000
_texts: Remembered[str] = Remembered(8, seconds=10)


@require_safe
def as_csv(request: HttpRequest, slug: str, board: Board | None = None) -> HttpResponse:
    """All of it at once."""
    file = _File(request, slug, board)
    if fault := file.wanted.fault:
        return HttpResponse(fault + "\n", "text/plain; charset=utf-8", status=422)
    text = file.remembered("csv", lambda: "".join(export.as_csv(file.lines(file.chosen()))))
    answer = HttpResponse(text, "text/csv; charset=utf-8")
    day = f"-{file.wanted.day}" if file.wanted.at else ""
    name = f"{file.sheet.competition.slug}-{file.sheet.board.value}{day}.csv"
    answer["Content-Disposition"] = f'attachment; filename="{name}"'
    return answer


@require_safe
def as_json(request: HttpRequest, slug: str, board: Board | None = None) -> HttpResponse:
    """A thousand lines at a time."""
    file = _File(request, slug, board)
    if fault := file.wanted.fault:
        return JsonResponse({"error": fault}, status=422)
    text = file.remembered(request.build_absolute_uri(), lambda: _json(request, file))
    return HttpResponse(text, "application/json")


class _File:
    """A board as somebody asks for it and may see it."""

    def __init__(self, request: HttpRequest, slug: str, board: Board | None) -> None:
        competition, board = board_or_404(slug, board)
        self.wanted = asked(request)
        seen = current.seen(competition, board, moment=self.wanted.at)
        self.sheet = Sheet(competition, board, seen, self.wanted.at)
        self.sight = sight(request, competition)

    def chosen(self) -> list[Place]:
        return self.wanted.chosen(self.sheet.seen.ranked.places)

    def lines(self, chosen: list[Place]) -> Iterator[export.Line]:
        return export.lines(self.sheet, chosen, **self.sight._asdict())

    def remembered(self, what: str, make: Callable[[], str]) -> str:
        """Many lines take long, and programs ask often."""
        sheet, wanted = self.sheet, self.wanted
        counted = facts(sheet.competition, sheet.board, sheet.seen)
        follows_from = (
            *(sheet.competition.pk, sheet.board, sheet.seen.version, sheet.standing),
            *(counted.submissions, wanted.name, wanted.at, self.sight),
        )
        return _texts.get((what, *follows_from), make)


def _json(request: HttpRequest, file: _File) -> str:
    page = Paginator(file.chosen(), PAGE).get_page(file.wanted.page)
    following = f"?{file.wanted.query}page={page.number + 1}" if page.has_next() else None
    told = {
        **_head(file.sheet, file.wanted),
        "participants": len(file.sheet.seen.ranked.places),
        "found": page.paginator.count,
        "page": page.number,
        "pages": page.paginator.num_pages,
        "next": following and request.build_absolute_uri(request.path + following),
        "entries": [line._asdict() for line in file.lines(list(page.object_list))],
    }
    return json.dumps(told, cls=DjangoJSONEncoder, ensure_ascii=False)


def _head(sheet: Sheet, wanted: Asked) -> dict[str, Any]:
    competition = sheet.competition
    standing = Standing.objects.get(pk=sheet.standing) if sheet.standing else None
    return {
        "competition": competition.slug,
        "title": competition.title,
        "board": sheet.board.value,
        "as_of": sheet.moment or timezone.now(),
        "search": wanted.name or None,
        "opens_at": competition.opens_at,
        "closes_at": competition.closes_at,
        "ranks_computed_at": standing and standing.computed_at,
        "ranks_are_current": standing is not None
        and standing.board_hash == sheet.seen.ranked.board_hash,
        "baselines": [
            {
                "name": str(it.baseline),
                "driver": it.baseline and it.baseline.driver,
                "score_mph": it.score,
                "interval_low_mph": it.interval_low,
                "interval_high_mph": it.interval_high,
            }
            for it in sheet.baselines
        ],
    }
