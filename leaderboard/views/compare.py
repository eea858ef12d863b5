"""Two or three submissions on one page, with an address that can be sent to somebody."""

from typing import Any, NamedTuple

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.utils.safestring import SafeString
from django.views.decorators.gzip import gzip_page
from django.views.decorators.http import require_safe

from leaderboard import current
from leaderboard.current import Ranked
from leaderboard.models import Board, Competition, Evaluation, Submission
from leaderboard.side_by_side import Side, beside_each_other
from leaderboard.views.chosen import Picked, chosen
from leaderboard.views.drawn import sights

OFFERED = 8
"""Of the top of the board, and of one's own [1]."""


class Offered(NamedTuple):
    """A submission that can be chosen."""

    pk: int
    title: str
    name: str
    score: float
    is_chosen: bool


@gzip_page
@require_safe
def compare(request: HttpRequest) -> HttpResponse:
    wanted = chosen(request)
    if wanted.faults or not wanted.picked or "choose" in request.GET:
        context = _choice(request, wanted.picked) | {"faults": wanted.faults}
        status = 422 if wanted.faults else 200
        return render(request, "leaderboard/choose.html", context, status=status)
    beside = beside_each_other(wanted.picked, request.user)
    ranked = current.ranked(beside.competition, wanted.picked[0].submission.board)
    context = {
        "competition": beside.competition,
        "beside": beside,
        "chosen": "&".join(f"s={it.submission.pk}" for it in beside.sides),
        "board_url": wanted.picked[0].submission.board_url,
        "columns": [
            Column(
                side,
                _rank(ranked, side),
                _without(side, beside.sides),
                sights(side.config) if side.shows_config else SafeString(""),
            )
            for side in beside.sides
        ],
    }
    return render(request, "leaderboard/compare.html", context)


class Column(NamedTuple):
    """One of them; `rest` leads to the others without it, `sights` are its drawings."""

    side: Side
    rank: int | None
    rest: str
    sights: SafeString


def _rank(ranked: Ranked, side: Side) -> int | None:
    """Of what counts on the board; the others have none."""
    at = ranked.of_evaluation.get(side.evaluation.pk)
    return None if at is None else ranked.places[at].rank


def _without(side: Side, sides: list[Side]) -> str:
    return "&".join(f"s={it.submission.pk}" for it in sides if it is not side)


def _choice(request: HttpRequest, picked: list[Picked]) -> dict[str, Any]:
    """What there is to choose from: what was named, the top of the board, one's own."""
    if picked:
        competition: Competition | None = picked[0].submission.competition
        board = picked[0].submission.board
    else:
        known = Competition.objects.all()
        competition = known.open_at(timezone.now()).first() or known.first()
        board = competition.boards[0] if competition else Board.CONFIGS
    if competition is None:
        return {"offered": []}
    named = {it.submission.pk for it in picked}
    top = current.ranked(competition, board).places[:OFFERED]
    scored = Evaluation.objects.select_related("submission__participant").defer(
        *("protocol_fields", "error", "submission__config", "submission__source")
    )
    first = scored.filter(pk__in=[place.evaluation for place in top]).order_by("-score", "pk")
    offered = [*picked, *(Picked(_submission(it), it) for it in first)]
    if request.user.is_authenticated:
        own = scored.filter(
            competition=competition,
            applied_at__isnull=False,
            submission__in=Submission.objects.on(board),
            submission__participant=request.user,
            submission__withdrawn_at=None,
        ).order_by("-submission__created_at", "-applied_at")
        offered += [Picked(_submission(it), it) for it in own[:OFFERED]]
    each: dict[
        int, Offered
    ] = {}  # some are of two kinds, or were applied twice: the first is newest
    for it in offered:
        each.setdefault(it.submission.pk, _offered(*it, named))
    return {"competition": competition, "offered": list(each.values())}


def _submission(evaluation: Evaluation) -> Submission:
    assert evaluation.submission is not None
    return evaluation.submission


def _offered(submission: Submission, evaluation: Evaluation, named: set[int]) -> Offered:
    assert evaluation.score is not None
    name = submission.participant.display_name
    return Offered(submission.pk, str(submission), name, evaluation.score, submission.pk in named)
