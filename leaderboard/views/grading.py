"""A submission's page with its grading, live while it runs."""

import json
from typing import Any

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.views.decorators.gzip import gzip_page
from django.views.decorators.http import require_safe
from django.views.decorators.vary import vary_on_headers

from leaderboard import current, standings
from leaderboard.bundles import bundle_of
from leaderboard.comparison import comparison
from leaderboard.history import history
from leaderboard.models import Evaluation, QuotaEntry, Status, Submission, Weights
from leaderboard.news import figures
from leaderboard.reports import Report
from leaderboard.views.drawn import drawn


@gzip_page
@require_safe
@vary_on_headers("HX-Request")
def submission(request: HttpRequest, pk: int) -> HttpResponse:
    context = _context(request, *seen(request, pk))
    is_part = bool(getattr(request, "htmx", False))  # organisers' pages follow reruns
    return render(request, f"leaderboard/{'_past' if is_part else 'submission'}.html", context)


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
    evaluation, _ = counting(found, staff=is_staff(request))
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
    return _visible(request, found)


def _visible(request: HttpRequest, found: Submission) -> Submission:
    if found.withdrawn_at and not _is_owner_or_staff(request, found):
        raise Http404("It was withdrawn.")
    return found


def _is_owner_or_staff(request: HttpRequest, found: Submission) -> bool:
    return is_staff(request) or (
        request.user.is_authenticated and request.user.pk == found.participant_id
    )


def is_staff(request: HttpRequest) -> bool:
    return request.user.is_authenticated and request.user.is_staff


def counting(found: Submission, *, staff: bool) -> tuple[Evaluation, list[Evaluation]]:
    """The evaluation that counts, or will first; and all that may be told, oldest first."""
    return counted(list(found.evaluations.all()), staff=staff)


def counted(evaluations: list[Evaluation], *, staff: bool) -> tuple[Evaluation, list[Evaluation]]:
    """The same of all evaluations of one submission, in any order.

    A rerun's score is the organisers' alone until they apply it.
    """
    evaluations.sort(key=lambda it: (it.created_at, it.pk))
    whole = [it for it in evaluations if it.failure != Evaluation.Failure.SUPERSEDED]
    first = whole[0]  # what is superseded is followed by another
    told = evaluations if staff else [it for it in whole if it.applied_at or it is first]
    applied = [it for it in told if it.applied_at]
    counts = max(applied, key=lambda it: (it.applied_at, it.pk), default=first)
    return counts, told


def seen(request: HttpRequest, pk: int) -> tuple[Submission, list[Evaluation]]:
    """A submission and all its evaluations by one question: new ones are looked at all the time."""
    everything = ("competition", "participant")
    evaluations = list(
        Evaluation.objects.filter(submission=pk).select_related(
            *(f"submission__{name}" for name in everything)
        )
    )
    if not evaluations:
        raise Http404("There is no such submission.")
    found = evaluations[0].submission
    assert found is not None
    for evaluation in evaluations:
        evaluation.submission, evaluation.competition = found, found.competition
    return _visible(request, found), evaluations


def _context(
    request: HttpRequest, found: Submission, evaluations: list[Evaluation]
) -> dict[str, Any]:
    evaluation, told = counted(evaluations, staff=is_staff(request))
    first = next(it for it in evaluations if it.failure != Evaluation.Failure.SUPERSEDED)
    insider = _is_owner_or_staff(request, found)
    shows_config = found.config_is_visible_to(request.user)
    report = Report(evaluation, found.network_config)
    context: dict[str, Any] = {
        "submission": found,
        "competition": found.competition,
        "evaluation": evaluation,
        "history": history(told, evaluation, _shares(told, evaluation, report)),
        "report": report,
        "insider": insider,
        "own": request.user.pk == found.participant_id,
        "shows_config": shows_config,
        "can_cancel": insider and not (first.is_final or first.cancel_requested_at),
        "rank": None,
    }
    if evaluation.status == Status.RUNNING and shows_config:
        context |= {"figures": figures(report), "curves": report.curves_so_far}
    if evaluation.failure == Evaluation.Failure.INFRASTRUCTURE:
        context["refund"] = QuotaEntry.objects.refunds().filter(submission=found).first()
    if evaluation.applied_at and not found.withdrawn_at:
        context |= _standing(evaluation, report)
    if shows_config:
        context["drawn"] = drawn(report.config, trained=report.driven)
    if is_staff(request):
        context["follows"] = evaluation.is_final and context["history"].goes_on
        context["may_rerun"] = request.user.has_perm("leaderboard.add_evaluation")
        context["may_apply"] = request.user.has_perm("leaderboard.change_evaluation")
    return context


def _shares(told: list[Evaluation], counting: Evaluation, report: Report) -> dict[int, float]:
    """What is done of the reruns that go on, as far as they may be told [1]."""
    running = [it for it in told if it.status == Status.RUNNING and it.pk != counting.pk]
    steps = {it.pk: Report(it, report.config).steps for it in running}
    return {pk: sum(step.share for step in some) / len(some) for pk, some in steps.items()}


def _standing(evaluation: Evaluation, report: Report) -> dict[str, Any]:
    """The place on the board and in its newest Standing, if this is the participant's best; and
    what the leader did on the same roads.
    """
    competition, board = evaluation.competition, evaluation.board
    ranked = current.ranked(competition, board)
    index = ranked.of_evaluation.get(evaluation.pk)
    mine = [] if index is None else [ranked.places[index]]
    placed = standings.rows_of(standings.newest(competition, board), mine)
    return {
        "rank": mine[0].rank if mine else None,
        "placed": placed.get(evaluation.pk),
        "comparison": comparison(report, ranked),
    }
