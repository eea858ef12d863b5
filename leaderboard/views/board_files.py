"""The board for programs: CSV and JSON, of now or of a moment, of everybody or of a name."""

from typing import Any

from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.utils import timezone
from django.views.decorators.http import require_safe

from leaderboard import current, export, ranking
from leaderboard.models import Board, Standing
from leaderboard.rows import Sheet
from leaderboard.views.asked import Asked, asked
from leaderboard.views.board import board_or_404, sight

PAGE = 1000


@require_safe
def as_csv(request: HttpRequest, slug: str, board: Board | None = None) -> HttpResponse:
    """All of it at once."""
    sheet, wanted = _sheet(request, slug, board)
    if wanted.fault:
        return HttpResponse(wanted.fault + "\n", "text/plain; charset=utf-8", status=422)
    chosen = wanted.chosen(sheet.seen.ranked.places)
    lines = export.lines(sheet, chosen, **sight(request, sheet.competition)._asdict())
    answer = HttpResponse("".join(export.as_csv(lines)), "text/csv; charset=utf-8")
    day = f"-{wanted.day}" if wanted.at else ""
    name = f"{sheet.competition.slug}-{sheet.board.value}{day}.csv"
    answer["Content-Disposition"] = f'attachment; filename="{name}"'
    return answer


@require_safe
def as_json(request: HttpRequest, slug: str, board: Board | None = None) -> HttpResponse:
    """A thousand lines at a time."""
    sheet, wanted = _sheet(request, slug, board)
    if wanted.fault:
        return JsonResponse({"error": wanted.fault}, status=422)
    chosen = wanted.chosen(sheet.seen.ranked.places)
    page = Paginator(chosen, PAGE).get_page(wanted.page)
    lines = export.lines(
        sheet, list(page.object_list), **sight(request, sheet.competition)._asdict()
    )
    following = f"{request.path}?{wanted.query}page={page.number + 1}" if page.has_next() else None
    told = {
        **_head(sheet, wanted),
        "participants": len(sheet.seen.ranked.places),
        "found": page.paginator.count,
        "page": page.number,
        "pages": page.paginator.num_pages,
        "next": following and request.build_absolute_uri(following),
        "entries": [line._asdict() for line in lines],
    }
    return JsonResponse(told, json_dumps_params={"ensure_ascii": False})


def _sheet(request: HttpRequest, slug: str, board: Board | None) -> tuple[Sheet, Asked]:
    competition, board = board_or_404(slug, board)
    wanted = asked(request)
    seen = current.seen(competition, board, moment=wanted.at)
    return Sheet(competition, board, seen, wanted.at), wanted


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
            for it in ranking.baselines(competition, moment=sheet.moment)
        ],
    }
