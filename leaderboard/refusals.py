"""Counting what was refused: a message, a write or a result that could not be right."""

import logging

from django.db import Error as DatabaseError
from django.db import transaction
from django.db.models import F
from django.db.models.functions import Now

from leaderboard.models import Refusal

logger = logging.getLogger(__name__)
Kind = Refusal.Kind


def count(kind: Refusal.Kind) -> None:
    """One more, from any process and inside any transaction; never a reason to fail.

    In a transaction that is rolled back, what was refused goes uncounted with the rest.
    """
    try:
        with transaction.atomic():  # a savepoint where the caller has a transaction: theirs goes on
            if _one_more(kind):
                return
            first = Refusal(kind=kind, times=0, last_at=Now())
            Refusal.objects.bulk_create([first], ignore_conflicts=True)
            _one_more(kind)
    except DatabaseError as error:
        logger.warning("refused, but not counted (%s): %s", kind, error)


def _one_more(kind: Refusal.Kind) -> bool:
    mine = Refusal.objects.filter(kind=kind)
    return bool(mine.update(times=F("times") + 1, last_at=Now()))


def counted() -> dict[str, int]:
    """Times by kind, with 0 for what never happened: a graph that begins before the fault."""
    found = dict(Refusal.objects.values_list("kind", "times"))
    return {kind: found.get(kind, 0) for kind in Kind.values}
