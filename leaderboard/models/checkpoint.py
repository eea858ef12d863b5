"""How far a running training was saved, for whoever goes on with it."""

from django.db import models
from django.utils import timezone

from leaderboard.models.training import Training


class Checkpoint(models.Model):
    """The newest of a training that is not finished; the file lies in the artifacts."""

    training = models.OneToOneField(Training, on_delete=models.CASCADE, primary_key=True)
    file = models.CharField(max_length=200, help_text="Its name in the storage.")
    iteration = models.PositiveIntegerField()
    fence = models.PositiveIntegerField(help_text="Of the worker that stored it.")
    stored_at = models.DateTimeField(default=timezone.now)

    def __str__(self) -> str:
        return f"{self.training} at iteration {self.iteration}"
