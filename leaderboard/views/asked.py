"""What somebody asks of a board: a page, a name, a moment. Rubbish is told, never a fault."""

import unicodedata
from collections.abc import Iterable
from contextlib import suppress
from datetime import UTC, datetime, time, timedelta
from typing import NamedTuple
from urllib.parse import urlencode

from django.db.models import Q
from django.http import HttpRequest
from django.utils import timezone
from django.utils.dateparse import parse_date, parse_datetime

from leaderboard.models import User
from leaderboard.names import LONGEST, skeleton
from leaderboard.ranking import Place
from leaderboard.remembered import Remembered

TELLING = 3
"""Letters from which on a name is also found by what it looks like, accents or none [1]."""
_found: Remembered[frozenset[int]] = Remembered(200, seconds=10)


class Asked(NamedTuple):
    """What a query string asks for.

    Attributes:
        page: As it was written.
        name: Searched for; empty: everybody.
        at: The moment; None: now.
        wrote: The moment as it was written.
        fault: What is wrong with it; empty: nothing.
    """

    page: str = ""
    name: str = ""
    at: datetime | None = None
    wrote: str = ""
    fault: str = ""

    @property
    def query(self) -> str:
        """Of the other pages of the same, up to their number."""
        told = {"q": self.name, "at": self.wrote if self.at else ""}
        parts = urlencode({name: value for name, value in told.items() if value})
        return f"{parts}&" if parts else ""

    @property
    def day(self) -> str:
        """For the field in which a day is chosen."""
        return f"{self.at:%Y-%m-%d}" if self.at else ""

    @property
    def is_whole_day(self) -> bool:
        return self.at is not None and self.at.timetz() == time.max.replace(tzinfo=UTC)

    def chosen(self, places: list[Place]) -> list[Place]:
        """Those with such a name, as people would type it."""
        if not self.name:
            return places
        found = _found.get(self.name, lambda: frozenset(_named(self.name)))
        return [place for place in places if place.participant in found]


def asked(request: HttpRequest) -> Asked:
    name = _clean(request.GET.get("q", ""))[:LONGEST]
    wrote = _clean(request.GET.get("at", ""))
    page = request.GET.get("page", "")
    if not wrote:
        return Asked(page, name)
    moment, now = _moment(wrote), timezone.now()
    if moment is not None and moment.date() == now.date() and ":" not in wrote:
        return Asked(page, name)  # today is not over: the board of now
    if moment is None or moment > now:
        return Asked(page, name, wrote=wrote, fault=_fault(wrote, moment, now))
    return Asked(page, name, moment, wrote)


def _moment(wrote: str) -> datetime | None:
    """A day is meant to its end; a time without a zone is UTC."""
    with suppress(ValueError, OverflowError):
        if day := parse_date(wrote):
            return datetime.combine(day, time.max, UTC)
        # a plus sign that was not encoded arrives as a space
        if moment := parse_datetime(wrote) or parse_datetime("+".join(wrote.rsplit(" ", 1))):
            return moment.astimezone(UTC) if moment.tzinfo else moment.replace(tzinfo=UTC)
    return None


def _fault(wrote: str, moment: datetime | None, now: datetime) -> str:
    what = "is no date" if moment is None else "has not come yet"
    yesterday = now - timedelta(days=1)
    return (
        f"“{wrote[:LONGEST]}” {what}. Write a day, like {yesterday:%Y-%m-%d}, or a time, like "
        f"{yesterday:%Y-%m-%dT%H:%M}Z, not after now, {now:%Y-%m-%dT%H:%M}Z."
    )


def _clean(text: str) -> str:
    """In the form that names have, without what no database takes."""
    seen = (it if unicodedata.category(it)[0] != "C" else " " for it in text[:1000])
    return " ".join(unicodedata.normalize("NFKC", "".join(seen)).split())


def _named(name: str) -> Iterable[int]:
    looks = skeleton(name)
    by_looks = Q(display_skeleton__contains=looks) if len(looks) >= TELLING else Q()
    found = User.objects.filter(Q(display_name__icontains=name) | by_looks)
    return found.values_list("pk", flat=True)
