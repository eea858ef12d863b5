"""How fast the machines are that compute for this site, as each measured itself."""

from datetime import timedelta
from typing import Self

from django.db import models
from django.db.models import Q
from django.utils import timezone

LONGEST_QUIET = timedelta(seconds=100)
"""Without a sign of life a machine counts as gone; they give one every thirty seconds."""


class CalibrationQuerySet(models.QuerySet["Calibration"]):
    def alive(self) -> Self:
        """Of machines whose worker was heard of just now."""
        return self.filter(seen_at__gt=timezone.now() - LONGEST_QUIET)


class Calibration(models.Model):
    host = models.CharField(max_length=120, unique=True)
    cores = models.PositiveSmallIntegerField(help_text="That its worker may use.")
    slots = models.PositiveSmallIntegerField(
        default=1, help_text="Gradings that its worker takes at a time."
    )
    speed = models.FloatField(help_text="Reference core-seconds that a second of a core is worth.")
    calibrated_at = models.DateTimeField(default=timezone.now)
    seen_at = models.DateTimeField(null=True, help_text="Its worker's last sign of life.")

    objects = CalibrationQuerySet.as_manager()

    class Meta:
        ordering = ["host"]
        constraints = [
            models.CheckConstraint(
                condition=Q(speed__gt=0) & Q(cores__gte=1), name="calibration_is_a_speed"
            )
        ]

    def __str__(self) -> str:
        return f"{self.host}: {self.cores} cores at {self.speed:.2f}"
