"""How many submissions a participant may still make, and when the next: read off the ledger."""

from bisect import bisect_right
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import NamedTuple

from django.db.models import Count, Q, QuerySet
from django.utils import timezone

from leaderboard.models import Competition, QuotaEntry, Submission, User

WINDOW = timedelta(hours=24)
Kind = QuotaEntry.Kind


@dataclass(frozen=True, slots=True)
class Quota:
    used: int
    limit: int  # with what was granted
    granted: int
    next_at: datetime | None  # when one becomes free; None while one is

    @property
    def left(self) -> int:
        return max(0, self.limit - self.used)


class Grant(NamedTuple):
    at: datetime
    amount: int


def quota_of(user: User, competition: Competition, moment: datetime | None = None) -> Quota:
    """As the ledger has it now; or at a later moment, if nothing happens until then."""
    since = (moment or timezone.now()) - WINDOW
    entries = QuotaEntry.objects.counting_for(user, competition).filter(at__gt=since)
    charges: list[datetime] = []
    grants: list[Grant] = []
    for kind, at, amount in entries.order_by("at").values_list("kind", "at", "amount"):
        if kind == Kind.USED:
            charges.append(at)
        else:
            grants.append(Grant(at, amount))
    granted = sum(grant.amount for grant in grants)
    limit = competition.quota + granted
    next_at = _next_at(competition.quota, charges, grants) if len(charges) >= limit else None
    return Quota(used=len(charges), limit=limit, granted=granted, next_at=next_at)


def _next_at(quota: int, charges: list[datetime], grants: list[Grant]) -> datetime:
    """When first fewer count than are allowed: as a charge leaves, for a grant only takes away."""
    for charged in charges:
        counted = len(charges) - bisect_right(charges, charged)
        allowed = quota + sum(grant.amount for grant in grants if grant.at > charged)
        if counted < allowed:
            return charged + WINDOW
    raise AssertionError  # with the last charge gone none counts, and a quota is at least one


def refunds_lately(user: User, competition: Competition) -> QuerySet[QuotaEntry]:
    """What was given back within the last 24 hours, newest first."""
    since = timezone.now() - WINDOW
    refunds = QuotaEntry.objects.refunds().filter(participant=user, competition=competition)
    return refunds.filter(at__gt=since).select_related("submission")


def mismatches() -> QuerySet[Submission]:
    """Submissions without exactly one charge; there are some only if code went past submit()."""
    charges = Count("quota_entries", filter=Q(quota_entries__kind=Kind.USED))
    return Submission.objects.annotate(charges=charges).exclude(charges=1)
