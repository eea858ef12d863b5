"""Whether the site is at work: database, broker, dispatcher, workers; what fails and since when."""

import threading
from datetime import datetime
from typing import NamedTuple

from django.utils import timezone

from leaderboard import broker, canary, database, dispatcher
from leaderboard.models import Sign
from leaderboard.models.sign import Seen


class Check(NamedTuple):
    """How one part is.

    Attributes:
        name: database, broker, dispatcher or canary.
        fault: What is wrong; empty: nothing is.
        since: Since when it fails, as far as anybody knows.
    """

    name: str
    fault: str = ""
    since: datetime | None = None

    def __str__(self) -> str:
        if not self.fault:
            return f"{self.name}: ok"
        since = f"{self.since:%Y-%m-%dT%H:%M:%SZ}" if self.since else "the beginning"
        return f"{self.name}: failing since {since}: {self.fault}"


class _Outages:
    """Since when a server does not answer this process: the database cannot keep that for us."""

    def __init__(self) -> None:
        self._since: dict[str, datetime] = {}
        self._lock = threading.Lock()

    def note(self, name: str, fault: str) -> Check:
        with self._lock:
            if not fault:
                self._since.pop(name, None)
                return Check(name)
            return Check(name, fault, self._since.setdefault(name, timezone.now()))


_outages = _Outages()


def checks() -> list[Check]:
    """All four. They take some seconds at most, whatever is down."""
    in_broker = broker_check()
    try:
        with database.answering():
            signs = Sign.objects.seen()
    except database.DatabaseAwayError as error:
        in_database = _outages.note("database", f"the database does not answer ({error})")
        unknown = "not known while the database is away"
        others = [Check(name, unknown, in_database.since) for name in ("dispatcher", "canary")]
        return [in_database, in_broker, *others]
    return [_outages.note("database", ""), in_broker, dispatcher_check(signs), canary_check(signs)]


def broker_check() -> Check:
    try:
        broker.messages([])
    except broker.BrokerAwayError as error:
        return _outages.note("broker", f"the broker does not answer ({error})")
    return _outages.note("broker", "")


def dispatcher_check(signs: dict[str, Seen]) -> Check:
    last = signs.get(Sign.Name.ROUND)
    return _lately("dispatcher", last, dispatcher.LONGEST_QUIET, "made a round")


def canary_check(signs: dict[str, Seen]) -> Check:
    longest = canary.longest_quiet()
    return _lately("canary", canary.newest(signs), longest, "was finished by a worker")


def _lately(name: str, last: Seen | None, longest: float, did: str) -> Check:
    if last is None:
        return Check(name, f"the {name} never {did}")
    if last.age > longest:
        words = f"the {name} {did} {last.age:.0f} s ago, at most {longest:.0f} s are well"
        return Check(name, words, last.at)
    return Check(name)
