"""The ledger of the quota: what a submission cost, what was given back, what was granted."""

from typing import Any

from django.conf import settings
from django.db import models
from django.db.models import Exists, OuterRef, Q
from django.utils import timezone

from leaderboard.models.competition import Competition
from leaderboard.models.people import User
from leaderboard.models.submission import Submission


class QuotaEntryQuerySet(models.QuerySet["QuotaEntry"]):
    def charge(self, submission: Submission) -> "QuotaEntry":
        """Once for each submission, in its transaction. The caller holds the participant's lock."""
        return self._write(submission, QuotaEntry.Kind.USED, at=submission.created_at)

    def refund(self, submission: Submission, *, reason: str) -> "QuotaEntry":
        """Give back what a submission cost; the second time nothing happens.

        It needs no lock: whoever counts meanwhile finds less left than there is, never more.
        """
        given = self.filter(submission=submission, kind=QuotaEntry.Kind.REFUNDED).first()
        return given or self._write(submission, QuotaEntry.Kind.REFUNDED, reason=reason)

    def _write(
        self, submission: Submission, kind: "QuotaEntry.Kind", **fields: Any
    ) -> "QuotaEntry":
        return self.create(
            participant_id=submission.participant_id,
            competition_id=submission.competition_id,
            submission=submission,
            kind=kind,
            amount=-1 if kind == QuotaEntry.Kind.USED else 1,
            **fields,
        )

    def grant(
        self,
        competition: Competition,
        participant: User | None,
        *,
        amount: int,
        reason: str,
        by: User,
    ) -> "QuotaEntry":
        """So many more for the next 24 hours; without a participant: for everybody."""
        return self.create(
            kind=QuotaEntry.Kind.GRANTED,
            competition=competition,
            participant=participant,
            amount=amount,
            reason=reason,
            by=by,
        )

    def refunds(self) -> "QuotaEntryQuerySet":
        return self.filter(kind=QuotaEntry.Kind.REFUNDED)

    def counting_for(self, participant: User, competition: Competition) -> "QuotaEntryQuerySet":
        """The grants, and the charges that were not given back."""
        given_back = QuotaEntry.objects.refunds().filter(submission=OuterRef("submission"))
        return self.filter(
            Q(participant=participant) | Q(participant__isnull=True),
            ~Exists(given_back),
            competition=competition,
        )


class QuotaEntry(models.Model):
    """A line of the ledger: written once. What it says is made good by another line."""

    class Kind(models.TextChoices):
        USED = "used", "used by a submission"
        REFUNDED = "refunded", "given back"
        GRANTED = "granted", "granted by an organiser"

    participant = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        on_delete=models.PROTECT,
        null=True,
        related_name="quota_entries",
        help_text="Nobody: a grant to everybody in the competition.",
    )
    competition = models.ForeignKey(
        Competition, on_delete=models.PROTECT, related_name="quota_entries"
    )
    submission = models.ForeignKey(
        Submission, on_delete=models.PROTECT, null=True, related_name="quota_entries"
    )
    kind = models.CharField(max_length=10, choices=Kind)
    amount = models.SmallIntegerField(help_text="Submissions: taken -1, given back 1, granted N.")
    at = models.DateTimeField(default=timezone.now)
    reason = models.CharField(max_length=200, blank=True)
    by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        on_delete=models.PROTECT,
        null=True,
        related_name="+",
        help_text="The organiser who granted it.",
    )

    objects = QuotaEntryQuerySet.as_manager()

    class Meta:
        ordering = ["-at", "-pk"]
        verbose_name_plural = "quota entries"
        indexes = [
            models.Index(fields=["competition", "participant", "at"], name="quota_of_a_participant")
        ]
        constraints = [
            # NULL equals nothing, so that grants, which have no submission, may be many
            models.UniqueConstraint(
                fields=["submission", "kind"], name="one_charge_and_one_refund_a_submission"
            ),
            models.CheckConstraint(
                condition=Q(kind="used", amount=-1)
                | Q(kind="refunded", amount=1)
                | Q(kind="granted", amount__gte=1),
                name="quota_amount_is_of_its_kind",
            ),
            models.CheckConstraint(
                condition=Q(
                    kind__in=["used", "refunded"],
                    submission__isnull=False,
                    participant__isnull=False,
                    by__isnull=True,
                )
                | (Q(kind="granted", submission__isnull=True, by__isnull=False) & ~Q(reason="")),
                name="quota_entry_is_of_a_submission_or_an_organiser",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.amount:+d}, {self.get_kind_display()}, {self.at:%Y-%m-%d %H:%M} UTC"

    def save(self, *args: Any, **kwargs: Any) -> None:
        if not self._state.adding:
            raise TypeError("A quota entry never changes; write another that makes it good.")
        super().save(*args, **kwargs)

    def delete(self, *args: Any, **kwargs: Any) -> tuple[int, dict[str, int]]:  # noqa: ARG002
        raise TypeError("A quota entry never goes; write another that makes it good.")
