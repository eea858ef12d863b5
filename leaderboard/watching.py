"""Gradings that open pages follow: one look at the database a second for all pages of a process.

A page that is open waits in the event loop. It holds no thread, no turn and no connection to the
database: those are taken by the looks, one at a time, in a thread of their own.
"""

import asyncio
import logging
import signal
import threading
from collections.abc import AsyncGenerator, Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from types import FrameType
from typing import Any, Final

from django.db import Error as DatabaseError

from leaderboard.looks import Look, Looks, Read, look_at
from leaderboard.news import News

logger = logging.getLogger(__name__)

PERIOD: Final = 1.0
"""Between two looks [s]."""
LONGEST_PERIOD: Final = 10.0
"""While the database is away [s]."""
QUIET: Final = 15.0
"""After which a page is told that there is nothing to tell, lest somebody between hangs up [s]."""
MOST: Final = 200
"""Pages that one process lets follow [1]; others ask by themselves."""


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
        self._ending = self._listens = False
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
            if not self._listens and threading.current_thread() is threading.main_thread():
                self._listens = True
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
            except Exception:
                # whatever it is: the next look may be better, and somebody has to read of it
                logger.exception("open pages hear nothing")
                pause = min(2 * pause, LONGEST_PERIOD)
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


def _on_the_way_out(end: Callable[[], object]) -> None:
    """Have it called when the process is told to stop, before whoever listens to that now."""
    for number in (signal.SIGTERM, signal.SIGINT):
        before = signal.getsignal(number)

        def heard(number: int, frame: FrameType | None, before: Any = before) -> None:
            end()
            if callable(before):
                before(number, frame)

        if callable(before) and before is not signal.default_int_handler:  # a server's own
            signal.signal(number, heard)


watch = Watch()
"""Of this process."""
