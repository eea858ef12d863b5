"""How many submissions a participant may still make, and when the next."""

from dataclasses import dataclass
from datetime import datetime, timedelta

from django.utils import timezone

from leaderboard.models import Competition, Evaluation, Submission, User

WINDOW = timedelta(hours=24)


@dataclass(frozen=True, slots=True)
class Quota:
    used: int
    limit: int
    next_at: datetime | None  # when one becomes free; None while one is

    @property
    def left(self) -> int:
        return max(0, self.limit - self.used)


def quota_of(user: User, competition: Competition) -> Quota:
    """Counted afresh each time. What failed through the site's own fault does not count."""
    times = list(
        Submission.objects.filter(
            participant=user,
            competition=competition,
            created_at__gt=timezone.now() - WINDOW,
        )
        .exclude(evaluations__failure=Evaluation.Failure.INFRASTRUCTURE)
        .order_by("created_at")
        .values_list("created_at", flat=True)
    )
    over = len(times) - competition.quota
    next_at = times[over] + WINDOW if over >= 0 else None
    return Quota(used=len(times), limit=competition.quota, next_at=next_at)
