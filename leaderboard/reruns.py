"""Grading again: a new evaluation each, the history stays, the score waits to be applied."""

from collections.abc import Iterable

from django import forms
from django.db import transaction

from leaderboard import tasks
from leaderboard.models import Evaluation, User

LONGEST = 200
"""Characters of a reason."""


class ReasonForm(forms.Form):
    reason = forms.CharField(max_length=LONGEST, help_text="Kept with each new evaluation.")


def rerun(evaluations: Iterable[Evaluation], *, reason: str, by: User) -> list[Evaluation]:
    """One new evaluation for each submission or baseline among them, on the bulk queue."""
    subjects = {}
    for evaluation in evaluations:
        subject = evaluation.submission or evaluation.baseline
        assert subject is not None  # the database holds exactly one of the two
        subjects[type(subject), subject.pk] = subject
    with transaction.atomic():
        return [
            tasks.queue_evaluation(
                subject, queue=Evaluation.Queue.BULK, reason=reason, requested_by=by
            )
            for subject in subjects.values()
        ]
