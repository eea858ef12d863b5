"""The list of one's own submissions."""

from typing import NamedTuple

from django.contrib.auth.decorators import login_required
from django.core.paginator import Paginator
from django.db.models import Prefetch
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.gzip import gzip_page
from django.views.decorators.http import require_safe

from leaderboard import current
from leaderboard.charts import Axis, Bar
from leaderboard.models import Board, Competition, Evaluation, Status, Submission, User
from leaderboard.quota import quota_of
from leaderboard.views.grading import counting
from leaderboard.views.paging import numbers

PAGE = 50
WORDS = {Status.QUEUED: "in line", Status.SUCCEEDED: "graded"}
"""Statuses as participants say them, where that is another word."""


class Line(NamedTuple):
    """A submission with what counts for it; `bar` is its score on the axis of the page."""

    submission: Submission
    evaluation: Evaluation
    words: str
    bar: Bar | None
    rank: int | None


@gzip_page
@require_safe
@login_required
def mine(request: HttpRequest) -> HttpResponse:
    assert isinstance(request.user, User)
    every = Submission.objects.filter(participant=request.user)
    competitions = Competition.objects.filter(pk__in=every.order_by().values("competition"))
    tabs = list(competitions)
    chosen = next((it for it in tabs if it.slug == request.GET.get("c")), None)
    evaluations = Evaluation.objects.order_by("created_at", "pk").defer("protocol_fields", "error")
    own = (
        (every.filter(competition=chosen) if chosen else every)
        .select_related("competition")
        .defer("config", "source", "note")
        .prefetch_related(Prefetch("evaluations", evaluations))
    )
    page = Paginator(own, PAGE).get_page(request.GET.get("page"))
    found = [(it, counting(it, staff=False)[0]) for it in page]
    axis = Axis.around([value for _, it in found for value in (it.interval_low, it.interval_high)])
    places = _Places(request.user)
    going_on = any(not evaluation.is_final for _, evaluation in found)
    here = chosen or next((it for it in tabs if it.is_open()), None)
    context = {
        "rows": [_line(*pair, axis, places) for pair in found],
        "axis": axis,
        "comparable": sum(_can_be_compared(*pair) for pair in found) > 1,
        "scores": any(evaluation.score is not None for _, evaluation in found),
        "tabs": tabs,
        "chosen": chosen,
        "page": page,
        "pages": numbers(page),
        "going_on": going_on,
        "quota": quota_of(request.user, here) if here and here.is_open() else None,
        "quota_of": here,
        "query": f"c={chosen.slug}&" if chosen else "",
    }
    partial = bool(getattr(request, "htmx", False))
    return render(request, f"leaderboard/{'_mine' if partial else 'mine'}.html", context)


def _can_be_compared(submission: Submission, evaluation: Evaluation) -> bool:
    return evaluation.score is not None and submission.withdrawn_at is None


def _line(submission: Submission, evaluation: Evaluation, axis: Axis, places: "_Places") -> Line:
    status = Status(evaluation.status)
    words = "withdrawn" if submission.withdrawn_at else WORDS.get(status, status.label.lower())
    bar = None
    if evaluation.score is not None:
        bar = axis.bar(evaluation.score, evaluation.interval_low, evaluation.interval_high)
    counts = evaluation.applied_at and not submission.withdrawn_at
    rank = places.rank_of(evaluation, submission) if counts else None
    return Line(submission, evaluation, words, bar, rank)


class _Places:
    """Where somebody stands, each board looked at once."""

    def __init__(self, participant: User) -> None:
        self.participant = participant
        self.known: dict[tuple[int, Board], tuple[int, int] | None] = {}

    def rank_of(self, evaluation: Evaluation, submission: Submission) -> int | None:
        """Of the one that counts on its board; the others have none."""
        key = submission.competition_id, submission.board
        if key not in self.known:
            self.known[key] = self._place(submission)
        place = self.known[key]
        return place[1] if place and place[0] == evaluation.pk else None

    def _place(self, submission: Submission) -> tuple[int, int] | None:
        ranked = current.ranked(submission.competition, submission.board)
        index = ranked.of_participant.get(self.participant.pk)
        if index is None:
            return None
        return ranked.places[index].evaluation, ranked.places[index].rank
