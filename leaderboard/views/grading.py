"""A submission's page with its grading, live while it runs."""

import json
from typing import Any

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.views.decorators.http import require_safe

from leaderboard import current, standings
from leaderboard.bundles import bundle_of
from leaderboard.models import Evaluation, QuotaEntry, Status, Submission, Weights
from leaderboard.reports import Report


@require_safe
def submission(request: HttpRequest, pk: int) -> HttpResponse:
    found = visible_submission(request, pk)
    return render(request, "leaderboard/submission.html", _context(request, found))


@require_safe
def live(request: HttpRequest, pk: int) -> HttpResponse:
    """The part of the page that changes while a grading runs; htmx asks for it."""
    found = visible_submission(request, pk)
    context = _context(request, found)
    response = render(request, "leaderboard/_live.html", context)
    if context["evaluation"].is_final:
        response["HX-Refresh"] = "true"  # the whole page has more to show now
    return response


@require_safe
def config(request: HttpRequest, pk: int) -> HttpResponse:
    found = visible_submission(request, pk)
    if not found.config_is_visible_to(request.user):
        raise Http404("Its configuration is not for everyone to see.")
    response = HttpResponse(json.dumps(found.config, indent=2) + "\n", "application/json")
    response["Content-Disposition"] = f'attachment; filename="submission-{found.pk}.json"'
    return response


@require_safe
def weights(request: HttpRequest, pk: int) -> HttpResponse:
    """The file of weights to the byte, as it was handed in."""
    found = visible_submission(request, pk)
    if not found.config_is_visible_to(request.user):
        raise Http404("Its weights are not for everyone to see.")
    file = get_object_or_404(Weights, submission=found)
    response = HttpResponse(bytes(file.content), "application/octet-stream")
    response["Content-Disposition"] = f'attachment; filename="{file.file_name}"'
    return response


@require_safe
def bundle(request: HttpRequest, pk: int) -> HttpResponse:
    """Everything that the score follows from, so that it can be repeated elsewhere."""
    found = visible_submission(request, pk)
    if not found.config_is_visible_to(request.user):
        raise Http404("Its configuration is not for everyone to see, and a bundle holds it.")
    evaluation, _ = counting(found, staff=_is_staff(request))
    if evaluation.status != Status.SUCCEEDED:
        raise Http404("It has no score that could be verified.")
    response = HttpResponse(bundle_of(evaluation), "application/zip")
    response["Content-Disposition"] = f'attachment; filename="submission-{found.pk}.zip"'
    return response


def visible_submission(request: HttpRequest, pk: int) -> Submission:
    """Score and name are public; what was withdrawn is its owner's and the organisers' alone."""
    found = get_object_or_404(
        Submission.objects.select_related("competition", "participant"), pk=pk
    )
    if found.withdrawn_at and not _is_owner_or_staff(request, found):
        raise Http404("It was withdrawn.")
    return found


def _is_owner_or_staff(request: HttpRequest, found: Submission) -> bool:
    return _is_staff(request) or (
        request.user.is_authenticated and request.user.pk == found.participant_id
    )


def _is_staff(request: HttpRequest) -> bool:
    return request.user.is_authenticated and request.user.is_staff


def counting(found: Submission, *, staff: bool) -> tuple[Evaluation, list[Evaluation]]:
    """The evaluation that counts, or will first; and all that may be told, oldest first.

    A rerun's score is the organisers' alone until they apply it.
    """
    evaluations = list(found.evaluations.all())
    evaluations.sort(key=lambda it: (it.created_at, it.pk))
    whole = [it for it in evaluations if it.failure != Evaluation.Failure.SUPERSEDED]
    first = whole[0]  # what is superseded is followed by another
    told = evaluations if staff else [it for it in whole if it.applied_at or it is first]
    applied = [it for it in told if it.applied_at]
    counts = max(applied, key=lambda it: (it.applied_at, it.pk), default=first)
    return counts, told


def _context(request: HttpRequest, found: Submission) -> dict[str, Any]:
    evaluation, history = counting(found, staff=_is_staff(request))
    first = found.first_evaluation
    insider = _is_owner_or_staff(request, found)
    shows_config = found.config_is_visible_to(request.user)
    context: dict[str, Any] = {
        "submission": found,
        "competition": found.competition,
        "evaluation": evaluation,
        "history": history,
        "report": Report(evaluation, found.network_config),
        "insider": insider,
        "own": request.user.pk == found.participant_id,
        "shows_config": shows_config,
        "shows_grading": insider or shows_config,
        "can_cancel": insider and not (first.is_final or first.cancel_requested_at),
        "rank": None,
    }
    if evaluation.failure == Evaluation.Failure.INFRASTRUCTURE:
        context["refund"] = QuotaEntry.objects.refunds().filter(submission=found).first()
    if evaluation.applied_at and not found.withdrawn_at:
        context |= _rank(evaluation)
    report: Report = context["report"]
    if evaluation.score is not None and report.strips:
        axis = report.strips.axis
        context["interval"] = axis.bar(
            evaluation.score, evaluation.interval_low, evaluation.interval_high
        )
    return context


def _rank(evaluation: Evaluation) -> dict[str, Any]:
    """The place on the board and in its newest Standing, if this is the participant's best."""
    competition, board = evaluation.competition, evaluation.board
    ranked = current.ranked(competition, board)
    index = ranked.of_evaluation.get(evaluation.pk)
    mine = [] if index is None else [ranked.places[index]]
    placed = standings.rows_of(standings.newest(competition, board), mine)
    return {"rank": mine[0].rank if mine else None, "placed": placed.get(evaluation.pk)}
