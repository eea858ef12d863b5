"""A participant's uploaded configuration, or trained network: written once, never changed."""

from typing import TYPE_CHECKING, Any, Self

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.urls import reverse
from django.utils import timezone

from grader.config import NetworkConfig
from leaderboard.models.board import Board
from leaderboard.models.competition import Competition
from leaderboard.models.people import User

if TYPE_CHECKING:
    from leaderboard.models.evaluation import Evaluation


class SubmissionQuerySet(models.QuerySet["Submission"]):
    def on(self, board: Board) -> Self:
        if board == Board.WEIGHTS:
            return self.exclude(weights_hash="")
        return self.filter(weights_hash="")


class Submission(models.Model):
    competition = models.ForeignKey(
        Competition, on_delete=models.PROTECT, related_name="submissions"
    )
    participant = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="submissions"
    )
    title = models.CharField(max_length=80, blank=True)
    note = models.TextField(max_length=2000, blank=True)
    source = models.TextField(help_text="The configuration to the letter, as it was handed in.")
    config = models.JSONField(help_text="The configuration in its canonical form.")
    config_hash = models.CharField(max_length=64)
    weights_hash = models.CharField(
        max_length=64,
        blank=True,
        default="",
        help_text="Of the trained network that it brought; none: it is trained here.",
    )
    phrase = models.CharField(max_length=200, help_text="The network in a phrase.")
    created_at = models.DateTimeField(default=timezone.now)
    withdrawn_at = models.DateTimeField(null=True, blank=True)

    objects = SubmissionQuerySet.as_manager()

    class Meta:
        ordering = ["-created_at", "-pk"]
        indexes = [
            models.Index(
                fields=["competition", "participant", "created_at"], name="submission_quota"
            ),
            models.Index(fields=["config_hash"], name="submission_config"),
            models.Index(
                fields=["competition", "withdrawn_at"],
                condition=Q(withdrawn_at__isnull=False),
                name="submission_withdrawn",
            ),
        ]

    def __str__(self) -> str:
        return self.title or f"Submission {self.pk}"

    def save(self, *args: Any, **kwargs: Any) -> None:
        if self.pk is not None and set(kwargs.get("update_fields") or ["all"]) != {"withdrawn_at"}:
            raise TypeError("A submission never changes; only withdraw() may touch it.")
        super().save(*args, **kwargs)

    def get_absolute_url(self) -> str:
        return reverse("submission", args=[self.pk])

    @property
    def board_url(self) -> str:
        """Of the board that it stands on."""
        return self.competition.url_of(self.board)

    @property
    def first_evaluation(self) -> "Evaluation":
        """The one that it was put in line with, whatever has been run again since."""
        return self.evaluations.graded_whole().order_by("created_at", "pk")[0]

    def withdraw(self) -> None:
        """Take it off the board. Its history stays."""
        if self.withdrawn_at is None:
            self.withdrawn_at = timezone.now()
            self.save(update_fields=["withdrawn_at"])

    @property
    def board(self) -> Board:
        return Board.WEIGHTS if self.weights_hash else Board.CONFIGS

    @property
    def brought_trained(self) -> bool:
        """Whether it is driven as it is."""
        return bool(self.weights_hash)

    @property
    def network_config(self) -> NetworkConfig:
        return NetworkConfig.model_validate(self.config)

    def config_is_visible_to(self, user: User | Any) -> bool:
        if user.is_authenticated and (user.is_staff or user.pk == self.participant_id):
            return True
        return self.competition.configs_are_public()
