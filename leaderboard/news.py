"""What an open page hears of a grading: a small object, the same for all who may see as much.

Its words are written here alone: the page with JavaScript shows what the page without it would.
"""

from statistics import fmean
from typing import Any

from django.template.loader import render_to_string

from leaderboard.models import Status
from leaderboard.reports import Report
from leaderboard.steps import Step

UNKNOWN = "\N{EN DASH}"
News = dict[str, Any]
Points = list[list[float]]


def news(report: Report, *, shows_config: bool) -> News:
    """All that there is to tell now.

    Attributes of it:
        status: Of the evaluation; if it is final, there is nothing else: the page has more to show.
        state: The same as a paragraph of HTML.
        left: Seconds that it will take, or until it begins, if anybody knows.
        steps, figures, lines, strips: For whoever may see the configuration.
    """
    evaluation = report.evaluation
    if evaluation.is_final:
        return {"status": evaluation.status, "final": True}
    told: News = {
        "status": evaluation.status,
        "state": _state(report, shows_config=shows_config),
    }
    if not shows_config:
        return told
    left = report.seconds_left if evaluation.status == Status.RUNNING else None
    return told | {
        "left": None if left is None else round(left),
        "steps": [_step(step) for step in report.steps],
        "figures": figures(report),
        "lines": {} if report.driven else lines(report),
        "says": report.curves_so_far.says,
        "strips": _strips(report),
    }


def _state(report: Report, *, shows_config: bool) -> str:
    told = {"evaluation": report.evaluation, "report": report, "shows_config": shows_config}
    return render_to_string("leaderboard/_state.html", told)


def _step(step: Step) -> News:
    return {
        "number": step.number,
        "status": step.status.value,
        "share": round(step.share, 4),
        "said": step.said,
    }


def figures(report: Report) -> dict[str, str]:
    """What a running grading does at the moment, over all trainings that run."""
    running = [step for step in report.steps if step.status == Status.RUNNING]
    epsilon = [step.epsilon for step in running if step.epsilon is not None]
    mph = [step.mph for step in running if step.mph is not None]
    return {
        "rate": f"{report.rate:,.0f}" if report.rate else UNKNOWN,
        "epsilon": f"{fmean(epsilon):.2f}" if epsilon else UNKNOWN,
        "mph": f"{fmean(mph):.1f} mph" if mph else UNKNOWN,
    }


def lines(report: Report) -> dict[str, Points]:
    """The learning curves as (iteration, mph), by the training's number."""
    return {
        str(training.index + 1): [
            [point["iteration"], point["mph"]]
            for point in training.curve
            if point.get("mph") is not None
        ]
        for training in report.trainings
    }


def _strips(report: Report) -> str:
    if report.evaluation.status != Status.RUNNING:
        return ""
    told = {"report": report, "strips": report.strips_so_far, "live": True}
    return render_to_string("leaderboard/_strips.html", told)


class Told:
    """What one page was told already, so that only what is new is told again."""

    def __init__(self) -> None:
        self._before: News = {}

    def changes(self, now: News) -> News:
        """The parts that are new: steps that changed, and curves from where they differ."""
        before, self._before = self._before, now
        parts = {name: value for name, value in now.items() if before.get(name) != value}
        if "steps" in parts:
            known = before.get("steps", [])
            parts["steps"] = [step for step in now["steps"] if step not in known]
        if "lines" in parts:
            known = before.get("lines", {})
            parts["lines"] = {
                number: _new(known.get(number, []), points)
                for number, points in now["lines"].items()
                if known.get(number, []) != points
            }
        return parts


def _new(before: Points, points: Points) -> News:
    """A training that was begun anew has another curve, not a longer one."""
    start = len(before) if points[: len(before)] == before else 0
    return {"from": start, "points": points[start:]}
