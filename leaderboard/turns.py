"""Django's handler with few requests at a time, each in one thread from its first middleware on.

Requests share one interpreter, so that many at a time only take it from each other: each of them
gets its next step after all the others, and all end late together. And Django's own way with ASGI
changes threads at every middleware, twice; that costs more than most pages.
"""

import asyncio
from concurrent.futures import ThreadPoolExecutor
from contextvars import copy_context
from typing import Any, Final

import django
from django.core.handlers.asgi import ASGIHandler
from django.db import close_old_connections
from django.http import HttpRequest, HttpResponseBase

AT_ONCE: Final = 4
"""Enough that one computes while others wait for the database [1]."""
NEVER_WAIT: Final = ("/healthz", "/readyz", "/metrics")
"""Machines ask here whether something hangs."""


class InTurns(ASGIHandler):
    """Bodies are read before the turn, answers sent after it: slow visitors hold up nobody."""

    def __init__(self) -> None:
        super().__init__()
        self.load_middleware(is_async=False)
        self._turns = ThreadPoolExecutor(AT_ONCE, thread_name_prefix="turn")

    async def get_response_async(self, request: HttpRequest) -> Any:
        # None: the loop's own threads, of which there are always some
        threads = None if request.path in NEVER_WAIT else self._turns
        loop = asyncio.get_running_loop()
        return await loop.run_in_executor(threads, copy_context().run, self._answer, request)

    def _answer(self, request: HttpRequest) -> HttpResponseBase:
        """What Django's signals do for their own thread is done here for this one."""
        close_old_connections()
        try:
            return self.get_response(request)
        finally:
            close_old_connections()


def in_turns() -> InTurns:
    """The whole site, set up as the settings say."""
    django.setup(set_prefix=False)
    return InTurns()
