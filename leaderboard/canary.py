"""The canary: a tiny task that a worker does every while, to show that it takes what is sent.

A worker whose slots all grade takes no message, for hours if need be, and is well. So the canary
is excused for as long as there are at least as many gradings held by a running lease as there are
slots. The dispatcher looks, whenever a canary is due, and notes it as a sign of its own: then who
asks compares two times, and a slot that becomes free leaves the canary as long to come as ever.
"""

from django.conf import settings
from django.db.models import Count, Sum
from django.db.models.functions import Now

from leaderboard.models import Calibration, Sign, Status, Training
from leaderboard.models.sign import Seen


def longest_quiet() -> float:
    """Without a canary, or an excuse for it, for so long [s], no worker takes what is sent."""
    between: float = max(settings.CANARY_SECONDS, settings.DISPATCH_SECONDS)
    return 30 + 3 * between


def sing() -> None:
    """What the task does: in the database, so that the broker may forget everything."""
    Sign.objects.show(Sign.Name.CANARY)


def is_due() -> bool:
    last = Sign.objects.seen().get(Sign.Name.CANARY)
    return last is None or last.age >= settings.CANARY_SECONDS


def excuse() -> None:
    """Note it if no worker can do the canary now, since all of them grade."""
    if every_slot_is_taken():
        Sign.objects.show(Sign.Name.BUSY)


def every_slot_is_taken() -> bool:
    """Leases that are extended are signs of life themselves: their workers' own heartbeats."""
    held = Training.objects.filter(status=Status.RUNNING, lease_until__gt=Now())
    busy: int = held.aggregate(n=Count("worker", distinct=True))["n"]
    slots = Calibration.objects.alive().aggregate(n=Sum("slots"))["n"] or 0
    return busy >= max(1, slots)  # a machine that could not measure itself has no row


def newest(signs: dict[str, Seen]) -> Seen | None:
    """The newest sign that workers do what is sent to them, or cannot for good reason."""
    found = [signs[name] for name in (Sign.Name.CANARY, Sign.Name.BUSY) if name in signs]
    return min(found, key=lambda sign: sign.age, default=None)
