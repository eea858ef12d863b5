"""One grading of a submission or of a baseline; a rerun makes a new one."""

from datetime import timedelta

from django.conf import settings
from django.db import models, transaction
from django.db.models import Q
from django.utils import timezone

from grader import scoring
from grader.protocol import Protocol
from leaderboard.models.board import Board
from leaderboard.models.competition import Competition
from leaderboard.models.quota import QuotaEntry
from leaderboard.models.status import FINAL, UNFINISHED, Status
from leaderboard.models.submission import Submission


class Baseline(models.Model):
    """A scripted driver on the board: a score and no rank."""

    competition = models.ForeignKey(Competition, on_delete=models.CASCADE, related_name="baselines")
    name = models.CharField(max_length=40)
    driver = models.CharField(max_length=40, help_text="For example no-action or gap-seeker-10.")

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["competition", "driver"], name="one_baseline_a_driver")
        ]

    def __str__(self) -> str:
        return self.name


class EvaluationQuerySet(models.QuerySet["Evaluation"]):
    def unfinished(self) -> "EvaluationQuerySet":
        return self.filter(status__in=UNFINISHED)

    def graded_whole(self) -> "EvaluationQuerySet":
        """Without those that a newer grader began anew: see outdated.py."""
        return self.exclude(failure="superseded")

    def in_line(self) -> "EvaluationQuerySet":
        """Those with a training that nobody has taken yet; line.py says in which order."""
        return self.unfinished().filter(trainings__status=Status.QUEUED).distinct()


class Evaluation(models.Model):
    class Queue(models.TextChoices):
        # their alphabet is the reverse of their order: see line.py
        INTERACTIVE = "interactive", "new submissions"
        BULK = "bulk", "reruns"

    class Failure(models.TextChoices):
        CONFIG = "config_error", "the configuration"
        POISON = "crashed", "the computing process, which died every time"
        TIMEOUT = "timeout", "the time limit"
        INFRASTRUCTURE = "infrastructure", "the site itself"
        SUPERSEDED = "superseded", "a change of the grader in the middle"

    competition = models.ForeignKey(
        Competition, on_delete=models.PROTECT, related_name="evaluations"
    )
    submission = models.ForeignKey(
        Submission, on_delete=models.PROTECT, null=True, related_name="evaluations"
    )
    baseline = models.ForeignKey(
        Baseline, on_delete=models.CASCADE, null=True, related_name="evaluations"
    )
    protocol_fields = models.JSONField(help_text="The protocol it is graded by.")
    bootstrap_seed = models.CharField(max_length=16, help_text="Random key of the interval.")
    grader_version = models.CharField(max_length=40)
    queue = models.CharField(max_length=12, choices=Queue, default=Queue.INTERACTIVE)
    reason = models.CharField(max_length=200, blank=True, help_text="Why it was run again.")
    requested_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.SET_NULL, null=True, blank=True, related_name="+"
    )
    reference_seconds = models.FloatField(
        null=True, help_text="What it was estimated to cost [reference core-seconds]."
    )
    status = models.CharField(max_length=10, choices=Status, default=Status.QUEUED)
    failure = models.CharField(max_length=16, choices=Failure, blank=True)
    error = models.TextField(blank=True)
    score = models.FloatField(null=True)
    interval_low = models.FloatField(null=True)
    interval_high = models.FloatField(null=True)
    upper_median = models.FloatField(null=True)
    created_at = models.DateTimeField(default=timezone.now)
    sent_at = models.DateTimeField(null=True, help_text="When the newest message for it was sent.")
    cancel_requested_at = models.DateTimeField(null=True, blank=True)
    finished_at = models.DateTimeField(null=True, blank=True)
    applied_at = models.DateTimeField(null=True, blank=True)
    """Since when its score counts; earlier moments, after which another was applied, are kept."""

    objects = EvaluationQuerySet.as_manager()

    class Meta:
        ordering = ["-created_at", "-pk"]
        indexes = [
            models.Index(
                fields=["queue", "created_at"],
                condition=Q(status__in=UNFINISHED),
                name="evaluation_unfinished",
            ),
            models.Index(
                fields=["competition", "submission", "-applied_at"],
                condition=Q(applied_at__isnull=False),
                name="evaluation_applied",
            ),
            models.Index(
                fields=["finished_at", "status"],
                condition=Q(finished_at__isnull=False),
                name="evaluation_finished",
            ),
        ]
        constraints = [
            models.CheckConstraint(
                condition=Q(submission__isnull=True) ^ Q(baseline__isnull=True),
                name="evaluation_is_of_a_submission_or_a_baseline",
            ),
            models.CheckConstraint(
                condition=(Q(status=Status.SUCCEEDED) & Q(score__isnull=False))
                | (~Q(status=Status.SUCCEEDED) & Q(score__isnull=True)),
                name="evaluation_has_a_score_exactly_when_it_succeeded",
            ),
            models.CheckConstraint(
                condition=Q(score__isnull=True) | (Q(score__gte=0) & Q(score__lte=80)),
                name="evaluation_score_is_a_speed",
            ),
            models.CheckConstraint(
                condition=Q(applied_at__isnull=True) | Q(status=Status.SUCCEEDED),
                name="evaluation_applied_only_if_succeeded",
            ),
            models.CheckConstraint(
                condition=(Q(status__in=FINAL) & Q(finished_at__isnull=False))
                | (Q(status__in=UNFINISHED) & Q(finished_at__isnull=True)),
                name="evaluation_finished_at_exactly_when_final",
            ),
        ]

    def __str__(self) -> str:
        return f"Evaluation {self.pk} of {self.submission or self.baseline}"

    @property
    def protocol(self) -> Protocol:
        return Protocol.from_dict(self.protocol_fields)

    @property
    def board(self) -> Board | None:
        """Where it stands; None: a baseline, on all of them."""
        return self.submission.board if self.submission else None

    @property
    def brought_trained(self) -> bool:
        """Whether nothing is trained, only driven."""
        return self.board == Board.WEIGHTS

    @property
    def is_final(self) -> bool:
        return Status(self.status).is_final

    @property
    def is_current(self) -> bool:
        """Graded by the protocol that the competition has now."""
        return self.protocol == self.competition.protocol_on(self.board)

    def apply(self) -> None:
        """Let this score count on the board.

        Raises:
            ValueError: when it has no score, counts already, or the competition's protocol has
                changed since.
        """
        if self.status != Status.SUCCEEDED:
            raise ValueError(f"{self} has no score to apply: it is {self.status}.")
        if not self.is_current:
            raise ValueError(
                f"{self} was graded by {self.protocol_fields}; the competition now plays by "
                f"{self.competition.protocol_on(self.board)}. Run it again first."
            )
        if self.applied_at and not self._is_overtaken():
            raise ValueError(f"{self} counts already.")
        earlier, self.applied_at = self.applied_at, timezone.now()
        with transaction.atomic():
            if earlier:
                # later than before also by a clock that was set back: see leaderboard/current.py
                self.applied_at = max(self.applied_at, earlier + timedelta(microseconds=1))
                self.earlier_moments.create(applied_at=earlier)
            self.save(update_fields=["applied_at"])

    def _is_overtaken(self) -> bool:
        """Another evaluation of the same was applied after it."""
        same = Evaluation.objects.filter(submission=self.submission_id, baseline=self.baseline_id)
        return same.filter(applied_at__gt=self.applied_at).exists()

    def cancel(self) -> None:
        """Stop it: what waits ends now, what runs at its worker's next heartbeat."""
        with transaction.atomic():
            locked = Evaluation.objects.select_for_update().get(pk=self.pk)
            if locked.is_final:
                return
            locked.cancel_requested_at = locked.cancel_requested_at or timezone.now()
            locked.save(update_fields=["cancel_requested_at"])
            locked.trainings.filter(status=Status.QUEUED).update(status=Status.CANCELLED)
            locked.conclude()
        self.refresh_from_db()

    def conclude(self) -> None:
        """Bring the status in line with the trainings'. The caller holds this row's lock."""
        statuses = set(self.trainings.values_list("status", flat=True))
        if statuses & set(UNFINISHED):
            self.status = Status.RUNNING if Status.RUNNING in statuses else Status.QUEUED
        elif Status.FAILED in statuses:
            self.status = Status.FAILED
        elif Status.CANCELLED in statuses:
            self.status = Status.CANCELLED
        else:
            self.status = Status.SUCCEEDED
            self._take_score()
        if self.is_final:
            self.finished_at = timezone.now()
        self.save()
        self._give_back()

    def _give_back(self) -> None:
        """What the site itself failed to grade costs nobody a submission; a rerun costs none."""
        at_fault = self.status == Status.FAILED and self.failure == self.Failure.INFRASTRUCTURE
        if at_fault and self.submission and not self.is_rerun:
            QuotaEntry.objects.refund(self.submission, reason=f"The site failed at it: {self}")

    def _take_score(self) -> None:
        """A first grading counts at once; a rerun, or what was graded by a protocol that has
        changed meanwhile, only when an organiser applies it.
        """
        trainings = self.trainings.order_by("index").prefetch_related("runs")
        runs = [[run.average_mph for run in training.runs.all()] for training in trainings]
        if self.baseline_id is not None:  # nothing is trained: all runs are of one driver
            runs = [[mph for drive in runs for mph in drive]]
        score = scoring.score(runs, seed=int(self.bootstrap_seed, 16))
        self.score, self.upper_median = score.score, score.upper_median
        self.interval_low, self.interval_high = score.interval
        if self.is_current and not self.is_rerun:
            self.applied_at = timezone.now()

    @property
    def is_rerun(self) -> bool:
        same = Evaluation.objects.filter(submission=self.submission_id, baseline=self.baseline_id)
        return same.graded_whole().filter(pk__lt=self.pk).exists()
