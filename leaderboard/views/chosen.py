"""Which submissions somebody wants beside each other; what cannot be compared is told."""

from collections.abc import Iterable, Sequence
from typing import NamedTuple

from django.http import HttpRequest

from leaderboard.models import Evaluation, Status, Submission
from leaderboard.views.grading import counted

FEWEST, MOST = 2, 3
"""That fit beside each other [1]."""
LONGEST = 18
"""Digits of a number that a database takes [1]."""
READ = 10
"""Numbers that are looked at, however many are named [1]."""
_STATES = {
    Status.QUEUED: "it is in line. Compare it once it has a score",
    Status.RUNNING: "it is being graded. Compare it once it has a score",
    Status.FAILED: "its grading failed. Leave it out",
    Status.CANCELLED: "its grading was cancelled. Leave it out",
}


class Picked(NamedTuple):
    """A submission with the evaluation that counts for it, which has a score."""

    submission: Submission
    evaluation: Evaluation


class Chosen(NamedTuple):
    """What can be compared of it, and what is wrong with the rest."""

    picked: list[Picked]
    faults: list[str]


def chosen(request: HttpRequest) -> Chosen:
    """By the numbers of the submissions, as in ``?s=12&s=34``."""
    wrote = [it for it in request.GET.getlist("s") if it.strip()]
    numbers, faults = _numbers(wrote)
    known = _known(numbers)
    picked: list[Picked] = []
    for number in numbers:
        if number not in known:
            faults.append(f"There is no submission {number}, or it was withdrawn. Leave it out.")
            continue
        evaluation, _ = counted(known[number], staff=False)
        submission = evaluation.submission
        assert submission is not None
        if evaluation.status != Status.SUCCEEDED:
            state = _STATES[Status(evaluation.status)]
            faults.append(f"{_called(submission)} has no score: {state}.")
        elif fault := _elsewhere(submission, picked):
            faults.append(fault)
        else:
            picked.append(Picked(submission, evaluation))
    if not faults and len(picked) == 1:
        only = _called(picked[0].submission)
        faults.append(f"{only} stands alone. Choose one or two more to put beside it.")
    return Chosen(picked[:MOST], faults)


def _numbers(wrote: Sequence[str]) -> tuple[list[int], list[str]]:
    """Each once, in the order in which they are named."""
    numbers, faults = [], []
    for text in wrote[:READ]:
        number = text.strip()
        if not (number.isascii() and number.isdigit() and len(number) <= LONGEST):
            shown = "".join(it if it.isprintable() else " " for it in number[:LONGEST])
            faults.append(
                f"“{shown}” is no number of a submission. It stands in the address of its page, "
                "as in /submissions/12/."
            )
        elif int(number) in numbers:
            faults.append(f"Submission {int(number)} is named twice. Name another beside it.")
        else:
            numbers.append(int(number))
    if len(wrote) > MOST:
        faults.append(f"{len(wrote)} submissions are named; {MOST} fit beside each other.")
    return numbers, faults


def _known(numbers: Iterable[int]) -> dict[int, list[Evaluation]]:
    """The evaluations of those that everybody may see, by submission."""
    rows = Evaluation.objects.filter(
        submission__in=numbers, submission__withdrawn_at=None
    ).select_related("submission__competition", "submission__participant")
    found: dict[int, list[Evaluation]] = {}
    for evaluation in rows:
        assert evaluation.submission_id is not None
        found.setdefault(evaluation.submission_id, []).append(evaluation)
    return found


def _elsewhere(submission: Submission, picked: Sequence[Picked]) -> str:
    """Why it cannot stand beside the first one; empty: it can."""
    if not picked:
        return ""
    first = picked[0].submission
    if submission.competition_id != first.competition_id:
        return (
            f"{_called(submission)} is of {submission.competition}, {_called(first)} of "
            f"{first.competition}: other roads. Choose submissions to one competition."
        )
    if submission.board != first.board:
        return (
            f"{_called(submission)} is {submission.board.label}, {_called(first)} "
            f"{first.board.label}: they stand on boards of their own. Choose from one board."
        )
    return ""


def _called(submission: Submission) -> str:
    title = f" “{submission.title}”" if submission.title else ""
    return f"Submission {submission.pk}{title}"
