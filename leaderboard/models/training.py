"""One seeded training with its runs: the unit that a worker leases."""

from django.db import models
from django.db.models import Q
from django.db.models.functions import Now

from leaderboard.models.evaluation import Evaluation
from leaderboard.models.status import Status


class TrainingQuerySet(models.QuerySet["Training"]):
    def claimable(self) -> "TrainingQuerySet":
        """Waiting, or left behind by a worker whose lease ran out. Database time decides."""
        return self.filter(
            Q(status=Status.QUEUED) | Q(status=Status.RUNNING, lease_until__lt=Now())
        )

    def held(self, *, fence: int) -> "TrainingQuerySet":
        """What a worker may still write: running, and not claimed by anyone since."""
        return self.filter(status=Status.RUNNING, fence=fence)


class Training(models.Model):
    evaluation = models.ForeignKey(Evaluation, on_delete=models.CASCADE, related_name="trainings")
    index = models.PositiveSmallIntegerField()
    seed = models.CharField(max_length=16, help_text="Unsigned 64 bits in hexadecimal.")
    status = models.CharField(max_length=10, choices=Status, default=Status.QUEUED)

    fence = models.PositiveIntegerField(default=0, help_text="Counts the claims.")
    lease_until = models.DateTimeField(null=True)
    worker = models.CharField(max_length=120, blank=True)

    stage = models.CharField(max_length=10, blank=True, help_text="training or driving")
    iteration = models.PositiveIntegerField(default=0)
    curve = models.JSONField(default=list, help_text="The learning curve so far.")

    engine = models.CharField(max_length=40, blank=True)
    seconds = models.FloatField(null=True, help_text="What it took [s].")
    median = models.FloatField(null=True, help_text="Median of its runs [mph].")
    weights_hash = models.CharField(max_length=64, blank=True)

    objects = TrainingQuerySet.as_manager()

    class Meta:
        ordering = ["evaluation", "index"]
        indexes = [
            models.Index(
                fields=["lease_until"],
                condition=Q(status=Status.RUNNING),
                name="training_leases",
            ),
            # the line asks at every look what waits, however many have ended
            models.Index(
                fields=["evaluation"], condition=Q(status=Status.QUEUED), name="training_queued"
            ),
        ]
        constraints = [
            models.UniqueConstraint(fields=["evaluation", "index"], name="one_training_an_index"),
            models.CheckConstraint(
                condition=(Q(status=Status.RUNNING) & Q(lease_until__isnull=False))
                | (~Q(status=Status.RUNNING) & Q(lease_until__isnull=True)),
                name="training_leased_exactly_while_running",
            ),
            models.CheckConstraint(
                condition=Q(median__isnull=False) | ~Q(status=Status.SUCCEEDED),
                name="training_succeeded_has_a_median",
            ),
            models.CheckConstraint(
                condition=Q(fence__gt=0) | Q(status__in=[Status.QUEUED, Status.CANCELLED]),
                name="training_was_claimed_before_it_ran",
            ),
        ]

    def __str__(self) -> str:
        return f"Training {self.index + 1} of evaluation {self.evaluation_id}"


class Run(models.Model):
    training = models.ForeignKey(Training, on_delete=models.CASCADE, related_name="runs")
    index = models.PositiveSmallIntegerField()
    average_mph = models.FloatField()
    trace = models.CharField(
        max_length=32,
        blank=True,
        default="",
        help_text="Hash of its decisions; old runs have none.",
    )

    class Meta:
        ordering = ["training", "index"]
        constraints = [
            models.UniqueConstraint(fields=["training", "index"], name="one_run_an_index"),
            # NaN fails both comparisons on SQLite; PostgreSQL holds NaN above every number
            models.CheckConstraint(
                condition=Q(average_mph__gte=0) & Q(average_mph__lte=80),
                name="run_average_is_a_speed",
            ),
        ]

    def __str__(self) -> str:
        return f"Run {self.index + 1}: {self.average_mph:.2f} mph"
