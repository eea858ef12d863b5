"""A run's recording, for the page that plays it."""

import hashlib

from django.http import HttpRequest, HttpResponse, HttpResponseNotModified, JsonResponse
from django.shortcuts import get_object_or_404
from django.views.decorators.http import require_safe

from leaderboard.models import Baseline, Run, Status
from leaderboard.recordings import Answer, ask
from leaderboard.views.grading import counting, is_staff, visible_submission
from simulator.recording import unpacked

CODES = {Answer.SOON: 202, Answer.BUSY: 503, Answer.NOBODY: 503}
"""What stays undone has another code than what cannot be done."""


@require_safe
def submission_run(request: HttpRequest, pk: int, training: int, run: int) -> HttpResponse:
    """200 with the bytes, 202 while a worker records it, else a sentence why not."""
    found = visible_submission(request, pk)
    evaluation, _ = counting(found, staff=is_staff(request))
    if evaluation.status != Status.SUCCEEDED:
        return _sorry("It has no runs that could be watched: it was not graded to the end.")
    whole = found.config_is_visible_to(request.user)
    return _answer(request, evaluation.pk, training, run, whole=whole)


@require_safe
def baseline_run(request: HttpRequest, pk: int, training: int, run: int) -> HttpResponse:
    """The same of a scripted driver, which has nothing to hide."""
    baseline = get_object_or_404(Baseline, pk=pk)
    counts = baseline.counting
    if counts is None:
        return _sorry("It has not been graded yet.")
    return _answer(request, counts.pk, training, run, whole=True)


def _answer(
    request: HttpRequest, evaluation: int, training: int, run: int, *, whole: bool
) -> HttpResponse:
    """`whole`: with what tells of the network."""
    places = {"training__index": training - 1, "index": run - 1}
    found = (
        Run.objects.filter(training__evaluation=evaluation, **places)
        .select_related("training__evaluation__submission")
        .first()
    )
    if found is None:
        return _sorry(f"There is no run {run} of training {training}.")
    answer, content = ask(found)
    if answer == Answer.SOON:
        return JsonResponse({}, status=202, headers={"Cache-Control": "no-store"})
    if answer != Answer.HERE:
        return _sorry(answer.value, CODES.get(answer, 404))
    return _bytes(request, content if whole else unpacked(content).cut().packed())


def _bytes(request: HttpRequest, content: bytes) -> HttpResponse:
    """Asked for again at every visit, since another may see more of it; sent only if it is new."""
    tag = f'"{hashlib.sha256(content).hexdigest()[:32]}"'
    headers = {"ETag": tag, "Cache-Control": "private, no-cache"}
    if request.headers.get("If-None-Match") == tag:
        return HttpResponseNotModified(headers=headers)
    return HttpResponse(content, "application/octet-stream", headers=headers)


def _sorry(why: str, status: int = 404) -> JsonResponse:
    return JsonResponse({"why": why}, status=status, headers={"Cache-Control": "no-store"})
