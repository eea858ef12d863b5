"""When scores began to count that were overtaken and count again."""

from django.db import models

from leaderboard.models.evaluation import Evaluation


class EarlierMoment(models.Model):
    """One that `Evaluation.applied_at` held before: boards of the past follow from it."""

    evaluation = models.ForeignKey(
        Evaluation, on_delete=models.CASCADE, related_name="earlier_moments"
    )
    applied_at = models.DateTimeField()

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["evaluation", "applied_at"], name="earlier_moment_is_kept_once"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.evaluation} since {self.applied_at}"
