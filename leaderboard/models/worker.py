"""The workers of this site, as each says of itself."""

from datetime import timedelta
from typing import Self

from django.conf import settings
from django.db import models
from django.utils import timezone


class WorkerQuerySet(models.QuerySet["Worker"]):
    def alive(self) -> Self:
        """Those heard of lately; work is shared out among them, so it is known soon who is gone."""
        return self.filter(seen_at__gt=timezone.now() - timedelta(seconds=settings.LEASE_SECONDS))

    def fit(self) -> Self:
        """Those that take work."""
        return self.alive().filter(unfit="")


class Worker(models.Model):
    name = models.CharField(max_length=140, unique=True, help_text="Host and process id.")
    host = models.CharField(max_length=120)
    slots = models.PositiveSmallIntegerField(help_text="Gradings that it takes at a time.")
    grader_version = models.CharField(max_length=40)
    unfit = models.TextField(blank=True, help_text="Why it takes no work.")
    started_at = models.DateTimeField(default=timezone.now)
    seen_at = models.DateTimeField(default=timezone.now, help_text="Its last sign of life.")

    objects = WorkerQuerySet.as_manager()

    class Meta:
        ordering = ["name"]

    def __str__(self) -> str:
        return self.name
