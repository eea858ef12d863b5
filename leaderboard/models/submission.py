"""A participant's uploaded configuration: written once, never changed."""

from typing import Any

from django.conf import settings
from django.db import models
from django.urls import reverse
from django.utils import timezone

from grader.config import NetworkConfig
from leaderboard.models.competition import Competition
from leaderboard.models.people import User


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
    phrase = models.CharField(max_length=200, help_text="The network in a phrase.")
    created_at = models.DateTimeField(default=timezone.now)
    withdrawn_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        ordering = ["-created_at", "-pk"]
        indexes = [
            models.Index(
                fields=["competition", "participant", "created_at"], name="submission_quota"
            ),
            models.Index(fields=["config_hash"], name="submission_config"),
        ]

    def __str__(self) -> str:
        return self.title or f"Submission {self.pk}"

    def save(self, *args: Any, **kwargs: Any) -> None:
        if self.pk is not None and set(kwargs.get("update_fields") or ["all"]) != {"withdrawn_at"}:
            raise TypeError("A submission never changes; only withdraw() may touch it.")
        super().save(*args, **kwargs)

    def get_absolute_url(self) -> str:
        return reverse("submission", args=[self.pk])

    def withdraw(self) -> None:
        """Take it off the board. Its history stays."""
        if self.withdrawn_at is None:
            self.withdrawn_at = timezone.now()
            self.save(update_fields=["withdrawn_at"])

    @property
    def network_config(self) -> NetworkConfig:
        return NetworkConfig.model_validate(self.config)

    def config_is_visible_to(self, user: User | Any) -> bool:
        if user.is_authenticated and (user.is_staff or user.pk == self.participant_id):
            return True
        return self.competition.configs_are_public()
