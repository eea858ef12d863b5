"""What was given back to a participant's quota, told once."""

from django.http import HttpRequest

from leaderboard.models import Competition, QuotaEntry, User
from leaderboard.quota import refunds_lately

TOLD = "refunds_told"
REMEMBERED = 100  # more than anybody is given back within a day, and little for a session to hold


def untold_refunds(request: HttpRequest, user: User, competition: Competition) -> list[QuotaEntry]:
    """Those that no page of this session has told of yet; with this they are told."""
    told = request.session.get(TOLD, [])
    news = list(refunds_lately(user, competition).exclude(pk__in=told))
    if news:
        request.session[TOLD] = [*told, *(entry.pk for entry in news)][-REMEMBERED:]
    return news
