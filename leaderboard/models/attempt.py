"""One worker's try at a training, kept whatever came of it."""

from django.db import models
from django.db.models import Q
from django.utils import timezone

from leaderboard.models.training import Training


class Attempt(models.Model):
    class Exit(models.TextChoices):
        OK = "ok", "finished"
        CONFIG_ERROR = "config_error", "the configuration failed"
        CRASHED = "crashed", "the computing process died"
        TIMEOUT = "timeout", "ran over the time limit"
        INFRASTRUCTURE = "infrastructure", "the site itself failed"
        CANCELLED = "cancelled", "cancelled"
        LOST = "lost", "the worker was not heard of again"
        HANDED_BACK = "handed_back", "handed back by a worker that stopped"

    # ends that speak against the configuration: the worker lived, the computing did not
    POISONED = (Exit.CRASHED, Exit.TIMEOUT)

    training = models.ForeignKey(Training, on_delete=models.CASCADE, related_name="attempts")
    fence = models.PositiveIntegerField()
    worker = models.CharField(max_length=120)
    process = models.PositiveIntegerField(null=True, help_text="Process id of the computing.")
    started_at = models.DateTimeField(default=timezone.now)
    ended_at = models.DateTimeField(null=True)
    exit = models.CharField(max_length=16, choices=Exit, blank=True)
    log_tail = models.TextField(blank=True)
    resumed_from = models.PositiveIntegerField(
        default=0, help_text="Iteration of the checkpoint that it began at; 0: at the beginning."
    )
    saved_to = models.PositiveIntegerField(
        default=0, help_text="Iteration of the newest checkpoint that it stored."
    )

    class Meta:
        ordering = ["training", "fence"]
        # how the last hour's ended is asked at every scrape, among all there ever were
        indexes = [models.Index(fields=["ended_at", "exit"], name="attempt_ended")]
        constraints = [
            models.UniqueConstraint(fields=["training", "fence"], name="one_attempt_a_fence"),
            models.CheckConstraint(
                condition=(Q(exit="") & Q(ended_at__isnull=True))
                | (~Q(exit="") & Q(ended_at__isnull=False)),
                name="attempt_ended_exactly_with_an_exit",
            ),
        ]

    def __str__(self) -> str:
        return f"Attempt {self.fence} at {self.training}: {self.exit or 'running'}"
