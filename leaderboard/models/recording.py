"""Runs that can be watched, and the networks that drove them."""

from typing import Self

from django.db import models
from django.db.models import Q
from django.db.models.functions import Now

from leaderboard.models.training import Run, Training


class TrainedNetwork(models.Model):
    """What a training came to: it drives any of its runs again for whoever wants to see it."""

    training = models.OneToOneField(
        Training, on_delete=models.CASCADE, primary_key=True, related_name="network"
    )
    content = models.BinaryField(help_text="A safetensors file.")

    def __str__(self) -> str:
        return f"Network of {self.training}"


class RecordingQuerySet(models.QuerySet["Recording"]):
    def made(self) -> Self:
        return self.filter(wanted=False, why_not="")

    def free(self) -> Self:
        """Wanted, and no worker is at it. Database time decides."""
        return self.filter(wanted=True).exclude(claimed_until__gt=Now())


class Recording(models.Model):
    """One run as docs/recordings.md says, or the wish for it."""

    run = models.OneToOneField(
        Run, on_delete=models.CASCADE, primary_key=True, related_name="recording"
    )
    content = models.BinaryField(default=b"", help_text="Empty until it is made.")
    asked_at = models.DateTimeField(null=True, help_text="None: it came with the grading.")
    wanted = models.BooleanField(default=False)
    claimed_until = models.DateTimeField(null=True)
    tries = models.PositiveSmallIntegerField(default=0)
    why_not = models.CharField(max_length=200, blank=True, help_text="Why it cannot be had.")

    objects = RecordingQuerySet.as_manager()

    class Meta:
        indexes = [
            # asked for all the time, and nearly always empty
            models.Index(fields=["asked_at"], condition=Q(wanted=True), name="recording_wanted"),
        ]
        constraints = [
            models.CheckConstraint(
                condition=Q(wanted=False) | Q(asked_at__isnull=False),
                name="recording_wanted_was_asked_for",
            ),
        ]

    def __str__(self) -> str:
        return f"Recording of {self.run}"
