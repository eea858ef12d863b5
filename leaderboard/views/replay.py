"""The replay of a driver's runs: the road as it was driven, alone or beside another's."""

from dataclasses import dataclass

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.views.decorators.gzip import gzip_page
from django.views.decorators.http import require_safe

from leaderboard import current
from leaderboard.charts.still import EDGES, LANE_LINES
from leaderboard.models import Baseline, Evaluation, Status, Submission
from leaderboard.replays import ACTIONS, LONGEST, Driver, Run, Runs, Shown, tracks
from leaderboard.reports import Report, runs_of
from leaderboard.views.grading import counted, is_staff, seen


@dataclass
class _Wanted:
    """What the address asks for, as far as there is such a thing; `faults` say what is not."""

    runs: list[Run]
    at: int | None
    other: Shown | None
    faults: list[str]


@gzip_page
@require_safe
def replay(request: HttpRequest, pk: int) -> HttpResponse:
    found, evaluations = seen(request, pk)
    evaluation, _ = counted(evaluations, staff=is_staff(request))
    if evaluation.status != Status.SUCCEEDED:
        raise Http404("It has no runs that could be watched: it was not graded to the end.")
    report = Report(evaluation, found.network_config)
    return _page(request, Driver(found), evaluation, report)


@gzip_page
@require_safe
def baseline_replay(request: HttpRequest, pk: int) -> HttpResponse:
    """The same of a scripted driver."""
    baseline = get_object_or_404(Baseline.objects.select_related("competition"), pk=pk)
    evaluation = baseline.counting
    if evaluation is None:
        raise Http404("It has not been graded yet.")
    evaluation.competition = baseline.competition
    return _page(request, Driver(baseline), evaluation)


def _page(
    request: HttpRequest, driver: Driver, evaluation: Evaluation, report: Report | None = None
) -> HttpResponse:
    """`report` is of what was trained, or brought trained."""
    runs = Runs(report.runs if report else runs_of(evaluation))
    wanted = _wanted(request, driver, evaluation, runs)
    other = wanted.other
    shown = [Shown(driver, evaluation, wanted.runs), *([other] if other else [])]
    context = {
        "driver": driver,
        "submission": driver.submission,
        "competition": evaluation.competition,
        "evaluation": evaluation,
        "report": report,
        "chosen": runs.chosen,
        "first": wanted.runs[0],
        "shows_three": len(wanted.runs) > 1,
        "tracks": tracks(shown, reader=request.user),
        "actions": ACTIONS,
        "at": wanted.at,
        "other": other.driver.submission if other else None,
        "beside": f"&beside={other.driver.subject.pk}" if other else "",
        "leader": None if other else _leader(evaluation),
        "faults": wanted.faults,
        "last_name": runs.last_name,
        "watch": "?run=",
        "lane_lines": LANE_LINES,
        "edges": EDGES,
    }
    status = 404 if wanted.faults else 200
    return render(request, "leaderboard/replay.html", context, status=status)


def _wanted(request: HttpRequest, driver: Driver, evaluation: Evaluation, runs: Runs) -> _Wanted:
    faults = []
    chosen = [runs.first]
    if wrote := request.GET.get("run", ""):
        chosen = runs.asked(wrote)
        if not chosen:
            chosen = [runs.first]
            part = "training" if driver.submission else "roads"
            faults.append(
                f"“{wrote[:20]}” is no run of {driver}. They are called 1-1 to "
                f"{runs.last_name}: {part}, then run. The median run is shown instead."
            )
    at = request.GET.get("at", "")
    frame = None
    if at.isascii() and at.isdecimal() and len(at) <= LONGEST:
        frame = min(int(at), evaluation.protocol.frames)
    elif at:
        faults.append(
            f"“{at[:20]}” is no frame. They count from 0 to {evaluation.protocol.frames:,}. "
            "The run is shown from its start."
        )
    theirs, fault = _other(request, driver, evaluation)
    if fault:
        faults.append(fault)
    other = None
    if theirs:
        chosen = chosen[:2][-1:]  # of three the median
        same = Runs(runs_of(theirs[1])).find(chosen[0].training, chosen[0].number)
        other = Shown(Driver(theirs[0]), theirs[1], [same]) if same else None
    return _Wanted(chosen, frame, other, faults)


def _other(
    request: HttpRequest, driver: Driver, evaluation: Evaluation
) -> tuple[tuple[Submission, Evaluation] | None, str]:
    """Whoever is to drive on the same road, and what is wrong with that."""
    wrote = request.GET.get("beside", "")
    if not wrote:
        return None, ""
    nobody = f"“{wrote[:20]}” names no submission that could drive beside it."
    if not (wrote.isascii() and wrote.isdecimal() and len(wrote) <= LONGEST):
        return None, nobody
    try:
        other, evaluations = seen(request, int(wrote))
    except Http404:
        return None, nobody
    theirs, _ = counted(evaluations, staff=is_staff(request))
    if other == driver.subject or theirs.status != Status.SUCCEEDED:
        return None, nobody
    if (theirs.competition_id, theirs.protocol_fields) != (
        evaluation.competition_id,
        evaluation.protocol_fields,
    ):
        return None, f"{other} drove on other roads: only those of one protocol can be compared."
    return (other, theirs), ""


def _leader(evaluation: Evaluation) -> Submission | None:
    """Whom to drive beside: the leader, or for the leader the next."""
    if not evaluation.applied_at:
        return None
    places = current.ranked(evaluation.competition, evaluation.board).places[:2]
    others = [it.evaluation for it in places if it.evaluation != evaluation.pk]
    if not others:
        return None
    same = Evaluation.objects.filter(pk=others[0], protocol_fields=evaluation.protocol_fields)
    other = same.select_related("submission__participant").first()
    return other.submission if other else None
