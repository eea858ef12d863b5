"""Signs of life: when each part of the site was last seen at work, by the database's clock."""

from datetime import datetime
from typing import NamedTuple

from django.db import models
from django.db.models import DurationField, ExpressionWrapper, F
from django.db.models.functions import Now


class Seen(NamedTuple):
    """One sign: when it was given, and how long ago that is [s]."""

    at: datetime
    age: float


class SignQuerySet(models.QuerySet["Sign"]):
    def show(self, name: "Sign.Name") -> None:
        """Say that this part is at work now; one statement, so that any number may say it."""
        # the database's own clock: machines whose clocks differ show signs to each other
        self.bulk_create(
            [Sign(name=name, seen_at=Now())],
            update_conflicts=True,
            unique_fields=["name"],
            update_fields=["seen_at"],
        )

    def seen(self) -> dict[str, Seen]:
        """Every sign by its name; what never gave one is missing."""
        age = ExpressionWrapper(Now() - F("seen_at"), output_field=DurationField())
        rows = self.annotate(age=age).values_list("name", "seen_at", "age")
        return {name: Seen(at, max(0.0, age.total_seconds())) for name, at, age in rows}


class Sign(models.Model):
    class Name(models.TextChoices):
        ROUND = "round", "the dispatcher made a whole round"
        CANARY = "canary", "a worker did a task that it took from the broker"
        BUSY = "busy", "every worker was grading, and so could take no task"

    name = models.CharField(max_length=16, choices=Name, primary_key=True)
    seen_at = models.DateTimeField()

    objects = SignQuerySet.as_manager()

    def __str__(self) -> str:
        return f"{self.name} at {self.seen_at:%Y-%m-%d %H:%M:%S}"
