"""How sure the ranks of a board are, as computed at one moment."""

from datetime import datetime, timedelta

from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.utils import timezone

from leaderboard.models.board import Board
from leaderboard.models.competition import Competition
from leaderboard.models.evaluation import Evaluation


class Standing(models.Model):
    """A snapshot; without `computed_at` the claim of a worker that is computing it."""

    competition = models.ForeignKey(Competition, on_delete=models.CASCADE, related_name="standings")
    board = models.CharField(max_length=10, choices=Board, default=Board.CONFIGS)
    board_hash = models.CharField(max_length=64, help_text="Of what was on the board, in order.")
    seed = models.CharField(max_length=16, help_text="Random key of the joint bootstrap.")
    grader_version = models.CharField(max_length=40)
    started_at = models.DateTimeField(default=timezone.now)
    computed_at = models.DateTimeField(null=True)

    class Meta:
        ordering = ["-computed_at", "-pk"]
        constraints = [
            models.UniqueConstraint(
                fields=["competition", "board"],
                condition=Q(computed_at__isnull=True),
                name="one_standing_computed_at_a_time",
            )
        ]

    def __str__(self) -> str:
        return f"Standing {self.pk} of {self.competition}, {self.get_board_display()}"

    @property
    def may_be_renewed_at(self) -> datetime:
        """Many scores that come together share a Standing, and large boards take no worker whole:
        computing is at most a tenth of the time.
        """
        assert self.computed_at is not None
        took = self.computed_at - self.started_at
        return self.computed_at + max(timedelta(seconds=settings.STANDING_SECONDS), 9 * took)


class StandingRow(models.Model):
    standing = models.ForeignKey(Standing, on_delete=models.CASCADE, related_name="rows")
    evaluation = models.ForeignKey(Evaluation, on_delete=models.CASCADE, related_name="+")
    rank = models.PositiveIntegerField()
    low = models.PositiveIntegerField(help_text="The better end of the rank's interval.")
    high = models.PositiveIntegerField()
    first = models.FloatField(help_text="Chance to be first [1].")
    group = models.PositiveIntegerField(help_text="Tie group, 1 at the top.")

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["standing", "evaluation"], name="one_row_an_evaluation_and_standing"
            ),
            models.CheckConstraint(
                condition=Q(low__gte=1) & Q(high__gte=F("low")),
                name="standing_interval_is_of_ranks",
            ),
            models.CheckConstraint(
                condition=Q(first__gte=0) & Q(first__lte=1), name="standing_first_is_a_chance"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.rank} ({self.low} to {self.high})"
