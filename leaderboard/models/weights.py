"""Files of trained weights: a submission's for good, a participant's newest choice for a day."""

from datetime import timedelta
from typing import Any, Self

from django.conf import settings
from django.db import models
from django.utils import timezone

from leaderboard.models.submission import Submission


class Weights(models.Model):
    """A file to the byte, in the database: it comes and goes with its submission, or not at all."""

    submission = models.OneToOneField(Submission, on_delete=models.CASCADE, primary_key=True)
    name = models.CharField(max_length=200, help_text="Of the file, as it was handed in.")
    content = models.BinaryField(help_text="A net.js or safetensors.")

    class Meta:
        verbose_name_plural = "weights"

    def __str__(self) -> str:
        return f"{self.name} of {self.submission}"

    def save(self, *args: Any, **kwargs: Any) -> None:
        if not self._state.adding:
            raise TypeError("Weights never change: their submission does not.")
        super().save(*args, **kwargs)

    @property
    def file_name(self) -> str:
        """For whoever downloads it: nothing of the name that somebody gave it."""
        ending = "js" if self.name.lower().endswith(".js") else "safetensors"
        return f"submission-{self.submission_id}.{ending}"


KEPT = timedelta(hours=24)
"""How long an upload waits for being handed in."""


class UploadQuerySet(models.QuerySet["Upload"]):
    def waiting(self) -> Self:
        return self.filter(kept_at__gt=timezone.now() - KEPT)

    def forgotten(self) -> Self:
        return self.filter(kept_at__lte=timezone.now() - KEPT)


class Upload(models.Model):
    """The newest file of weights that a participant chose and did not hand in yet.

    No browser sends a file twice by itself: after an error, or a check, it would be lost.
    """

    user = models.OneToOneField(
        settings.AUTH_USER_MODEL, on_delete=models.CASCADE, primary_key=True
    )
    name = models.CharField(max_length=200)
    content = models.BinaryField()
    kept_at = models.DateTimeField(default=timezone.now)

    objects = UploadQuerySet.as_manager()

    def __str__(self) -> str:
        return self.name
