"""Gradings that open pages follow: one look at the database a second for all pages of a process.

A page that is open waits in the event loop. It holds no thread, no turn and no connection to the
database: those are taken by the looks, one at a time, in a thread of their own.
"""

import asyncio
import logging
import signal
import threading
from collections.abc import AsyncGenerator, Callable, Mapping
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from time import monotonic
from types import FrameType
from typing import Any, Final, NamedTuple

from django.db import Error as DatabaseError
from django.db import connection

from leaderboard.models import Evaluation, Status, Training
from leaderboard.news import News, news
from leaderboard.reports import Report

logger = logging.getLogger(__name__)

PERIOD: Final = 1.0
"""Between two looks [s]."""
LONGEST_PERIOD: Final = 10.0
"""While the database is away [s]."""
QUIET: Final = 15.0
"""After which a page is told that there is nothing to tell, lest somebody between hangs up [s]."""
MOST: Final = 200
"""Pages that one process lets follow [1]; others ask by themselves."""
PLACE_AGE: Final = 5.0
"""How old a place in line may be, which changes by what others do [s]."""
PLACES_A_LOOK: Final = 4
"""Places that are asked for in one look [1]: each costs as much as a page."""
LATELY: Final = 20.0
"""Over which iterations a second are counted [s]: heartbeats bring them in lumps."""
FEW: Final = 3
"""Looks that say nothing of a pace yet [1]."""
ITERATION: Final = 4
"""Where it stands in a training's part of a signature."""


class Look(NamedTuple):
    """What was seen of an evaluation; equal signatures, nothing new.

    Attributes:
        news: By whether the configuration may be seen; None: it is gone.
        at: When [s].
        paces: Moments of the last looks, with the iterations done by then in all trainings.
    """

    signature: object
    news: dict[bool, News] | None
    at: float
    paces: tuple[tuple[float, int], ...] = ()


Looks = Mapping[int, Look]
Read = Callable[[Mapping[int, Look | None]], Looks]


@dataclass
class _Followed:
    pages: int = 0
    look: Look | None = None
    number: int = 0
    changed: asyncio.Event = field(default_factory=asyncio.Event)

    def notify(self) -> None:
        self.number += 1
        before, self.changed = self.changed, asyncio.Event()
        before.set()


class Watch:
    """The pages of one event loop, and who looks for them."""

    def __init__(self, read: "Read | None" = None, *, period: float = PERIOD) -> None:
        self._read, self._period = read or look_at, period
        self._followed: dict[int, _Followed] = {}
        self._task: asyncio.Task[None] | None = None
        self._ending = False
        self._thread = ThreadPoolExecutor(1, thread_name_prefix="watch")

    @property
    def pages(self) -> int:
        """How many follow now [1]."""
        return sum(it.pages for it in self._followed.values())

    @property
    def is_full(self) -> bool:
        return self.pages >= MOST

    async def follow(
        self, evaluation: int, *, shows_config: bool, quiet: float = QUIET
    ) -> AsyncGenerator[News | None, None]:
        """All news there is, then whatever is newest at each change; None: nothing for a while.

        Ends after the news that it is final, when it is gone, and when the process ends.
        """
        followed = self._followed.setdefault(evaluation, _Followed())
        followed.pages += 1
        self._begin()
        seen = 0
        try:
            while not self._ending:
                if followed.number == seen:
                    try:
                        await asyncio.wait_for(followed.changed.wait(), quiet)
                    except TimeoutError:
                        yield None
                    continue
                seen = followed.number
                if followed.look is None or followed.look.news is None:
                    return
                told = followed.look.news[shows_config]
                yield told
                if told.get("final"):
                    return
        finally:
            followed.pages -= 1
            if not followed.pages and self._followed.get(evaluation) is followed:
                del self._followed[evaluation]

    def end(self) -> None:
        """Let every page go: a server that is told to stop waits for them."""
        self._ending = True
        for followed in self._followed.values():
            followed.notify()

    def close(self) -> None:
        """The same, and wait for a look that is being taken."""
        self.end()
        self._thread.shutdown()

    def _begin(self) -> None:
        if self._task is None or self._task.done():
            loop = asyncio.get_running_loop()
            self._task = loop.create_task(self._look_again_and_again())
            if threading.current_thread() is threading.main_thread():
                _on_the_way_out(lambda: loop.call_soon_threadsafe(self.end))

    async def _look_again_and_again(self) -> None:
        loop, pause, away = asyncio.get_running_loop(), self._period, False
        while self._followed and not self._ending:
            asked = {pk: it.look for pk, it in self._followed.items()}
            try:
                looks = await loop.run_in_executor(self._thread, self._read, asked)
            except DatabaseError as error:
                pause = min(2 * pause, LONGEST_PERIOD)
                if not away:
                    logger.warning("open pages hear nothing: the database is away: %s", error)
                away = True
            else:
                pause, away = self._period, False
                self._publish(looks)
            await asyncio.sleep(pause)

    def _publish(self, looks: Looks) -> None:
        for pk, look in looks.items():
            followed = self._followed.get(pk)
            if followed is None:
                continue
            before, followed.look = followed.look, look
            if before is None or before.news != look.news:
                followed.notify()


def look_at(asked: Mapping[int, Look | None]) -> Looks:
    """New looks at those of some evaluations of which there is something new."""
    try:
        now, found = monotonic(), _signatures(asked)
        changed = [pk for pk, before in asked.items() if _differs(before, found.get(pk))]
        waiting = [
            (before.at, pk)
            for pk, before in asked.items()
            if before and pk not in changed and _waits(found[pk]) and now - before.at > PLACE_AGE
        ]
        due = changed + [pk for _, pk in sorted(waiting)[:PLACES_A_LOOK]]
        paces = {pk: _paces(asked[pk], found[pk], now) for pk in due if pk in found}
        told = _news({pk: _rate(paces.get(pk, ())) for pk in due})
        return {pk: Look(found.get(pk), told.get(pk), now, paces.get(pk, ())) for pk in due}
    finally:
        connection.close()  # until the next look somebody else may have it


def _signatures(asked: Mapping[int, Look | None]) -> dict[int, list[tuple[Any, ...]]]:
    """All that changes while a grading goes on, but for what is long."""
    rows = Training.objects.filter(evaluation__in=list(asked)).order_by("evaluation", "index")
    found: dict[int, list[tuple[Any, ...]]] = {}
    for evaluation, *row in rows.values_list(
        *("evaluation", "evaluation__status", "evaluation__cancel_requested_at"),
        *("status", "stage", "iteration", "fence"),
    ):
        found.setdefault(evaluation, []).append(tuple(row))
    return found


def _differs(before: Look | None, signature: object) -> bool:
    return before is None or before.signature != signature


def _waits(signature: list[tuple[Any, ...]]) -> bool:
    return bool(signature[0][0] == Status.QUEUED)


def _paces(
    before: Look | None, signature: list[tuple[Any, ...]], now: float
) -> tuple[tuple[float, int], ...]:
    earlier = before.paces if before else ()
    done = sum(row[ITERATION] for row in signature)
    return (*(it for it in earlier if now - it[0] <= LATELY and it[1] <= done), (now, done))


def _rate(paces: tuple[tuple[float, int], ...]) -> float | None:
    """Iterations a second between the first and the last of them [1/s]."""
    if len(paces) <= FEW:
        return None
    (since, had), (now, has) = paces[0], paces[-1]
    return (has - had) / (now - since) or None


def _news(chosen: Mapping[int, float | None]) -> dict[int, dict[bool, News]]:
    """Of some evaluations, with their iterations a second."""
    evaluations = Evaluation.objects.filter(pk__in=chosen, submission__isnull=False)
    told = {}
    for evaluation in evaluations.select_related("competition", "submission__competition"):
        assert evaluation.submission is not None
        config, lately = evaluation.submission.network_config, chosen[evaluation.pk]
        report = Report(evaluation, config, lately)
        told[evaluation.pk] = {shows: news(report, shows_config=shows) for shows in (False, True)}
    return told


def _on_the_way_out(end: Callable[[], object]) -> None:
    """Have it called when the process is told to stop, before whoever listens to that now."""
    for number in (signal.SIGTERM, signal.SIGINT):
        before = signal.getsignal(number)

        def heard(number: int, frame: FrameType | None, before: Any = before) -> None:
            end()
            if callable(before):
                before(number, frame)

        if callable(before):
            signal.signal(number, heard)


watch = Watch()
"""Of this process."""
