"""The rules that one board is played by."""

import secrets
from datetime import datetime

from django.core.exceptions import ValidationError
from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models
from django.db.models import F, Q
from django.urls import reverse
from django.utils import timezone

from grader.cost import BUDGET_SECONDS
from grader.protocol import Protocol
from leaderboard.models.board import Board


def new_key() -> str:
    return secrets.token_hex(16)


class CompetitionQuerySet(models.QuerySet["Competition"]):
    def open_at(self, moment: datetime) -> "CompetitionQuerySet":
        return self.filter(opens_at__lte=moment).filter(
            Q(closes_at__isnull=True) | Q(closes_at__gt=moment)
        )


class Competition(models.Model):
    class ConfigsVisible(models.TextChoices):
        OWNER = "owner", "to their owner only"
        AFTER_CLOSE = "after_close", "to everyone after the close"
        ALWAYS = "always", "to everyone"

    class Accepts(models.TextChoices):
        CONFIGS = "configs", "configurations, which are trained here"
        WEIGHTS = "weights", "trained networks, which are driven as they are"
        BOTH = "both", "both, each on a board of its own"

    slug = models.SlugField(unique=True)
    title = models.CharField(max_length=80)
    description = models.TextField(blank=True)

    accepts = models.CharField(
        max_length=10,
        choices=Accepts,
        default=Accepts.CONFIGS,
        help_text="What participants hand in. How a trained network came to be, nobody can see.",
    )
    rules = models.CharField(
        max_length=20,
        default="open",
        choices=[
            ("open", "open"),
            ("deeptraffic-v2", "deeptraffic-v2: the original's, its roads known to everybody"),
        ],
        help_text="Of the road.",
    )
    trainings = models.PositiveSmallIntegerField(
        default=5,
        validators=[MinValueValidator(1), MaxValueValidator(20)],
        help_text="T: how often each network is trained.",
    )
    runs = models.PositiveSmallIntegerField(
        default=100,
        validators=[MinValueValidator(1), MaxValueValidator(1000)],
        help_text="R: the runs each trained network drives.",
    )
    frames = models.PositiveIntegerField(
        default=2000,
        validators=[MinValueValidator(30), MaxValueValidator(20_000)],
        help_text="Length of a run [frames]; 30 frames are one decision.",
    )
    quota = models.PositiveSmallIntegerField(
        default=5,
        validators=[MinValueValidator(1)],
        help_text="Submissions a participant may make in any 24 hours.",
    )
    budget_seconds = models.PositiveIntegerField(
        default=BUDGET_SECONDS,
        validators=[MinValueValidator(1)],
        help_text="The most that one grading may be estimated to cost [reference core-seconds].",
    )
    key = models.CharField(
        max_length=64,
        default=new_key,
        help_text="All seeds follow from it. Whoever knows it knows the roads of the runs.",
    )
    key_published_at = models.DateTimeField(null=True, blank=True)
    configs_visible = models.CharField(
        max_length=12, choices=ConfigsVisible, default=ConfigsVisible.AFTER_CLOSE
    )
    opens_at = models.DateTimeField(default=timezone.now)
    closes_at = models.DateTimeField(null=True, blank=True)
    created_at = models.DateTimeField(auto_now_add=True)

    objects = CompetitionQuerySet.as_manager()

    class Meta:
        ordering = ["-opens_at", "slug"]
        constraints = [
            models.CheckConstraint(
                condition=Q(closes_at__isnull=True) | Q(closes_at__gt=F("opens_at")),
                name="competition_closes_after_it_opens",
                violation_error_message="The competition must close after it opens.",
            ),
            models.CheckConstraint(
                condition=Q(trainings__gte=1) & Q(runs__gte=1) & Q(frames__gte=1) & Q(quota__gte=1),
                name="competition_counts_are_positive",
            ),
        ]

    def __str__(self) -> str:
        return self.title

    def get_absolute_url(self) -> str:
        return reverse("leaderboard", args=[self.slug])

    def clean(self) -> None:
        super().clean()
        for board in set(Board) - set(self.boards):
            if self.pk and self.submissions.on(board).exists():
                raise ValidationError(
                    {"accepts": f"There are submissions {board.label}: their board must stay."}
                )

    def url_of(self, board: Board) -> str:
        """The address of one of its boards; the first has the competition's own."""
        if board == self.boards[0]:
            return self.get_absolute_url()
        return reverse("leaderboard_weights", args=[self.slug])

    @property
    def boards(self) -> tuple[Board, ...]:
        """Where its submissions stand."""
        return tuple(Board) if self.accepts == self.Accepts.BOTH else (Board(self.accepts),)

    @property
    def protocol(self) -> Protocol:
        names = ("rules", "trainings", "runs", "frames")
        return Protocol.from_dict({name: getattr(self, name) for name in names})

    def protocol_on(self, board: Board | None) -> Protocol:
        """What the submissions of a board are graded by; None: the baselines.

        What is not trained is driven once, except that a driver has the roads of all trainings;
        the original's runs are numbered, though, and would be the same again.
        """
        protocol = self.protocol
        once = board == Board.WEIGHTS or (board is None and protocol.in_sequence)
        return protocol.model_copy(update={"trainings": 1}) if once else protocol

    def is_open(self, moment: datetime | None = None) -> bool:
        moment = moment or timezone.now()
        return self.opens_at <= moment and (self.closes_at is None or moment < self.closes_at)

    def is_closed(self, moment: datetime | None = None) -> bool:
        moment = moment or timezone.now()
        return self.closes_at is not None and self.closes_at <= moment

    def key_is_public(self, moment: datetime | None = None) -> bool:
        return self.key_published_at is not None and self.key_published_at <= (
            moment or timezone.now()
        )

    def configs_are_public(self, moment: datetime | None = None) -> bool:
        if self.configs_visible == self.ConfigsVisible.ALWAYS:
            return True
        return self.configs_visible == self.ConfigsVisible.AFTER_CLOSE and self.is_closed(moment)
