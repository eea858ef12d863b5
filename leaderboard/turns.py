"""Django's handler with few requests at a time: the others wait their turn in the order they came.

Every request has a thread of its own. They share one interpreter, so that many at a time only take
it from each other: each of them gets its next step after all the others, and all end late together.
"""

import asyncio
from typing import Any, Final

import django
from django.core.handlers.asgi import ASGIHandler
from django.http import HttpRequest, HttpResponseBase

AT_ONCE: Final = 4
"""Enough that one computes while others wait for the database [1]."""
NEVER_WAIT: Final = ("/healthz", "/readyz", "/metrics")
"""Machines ask here whether something hangs."""


class InTurns(ASGIHandler):
    """Bodies are read before the turn, answers sent after it: slow visitors hold up nobody."""

    def __init__(self) -> None:
        super().__init__()
        self._turns = asyncio.Semaphore(AT_ONCE)

    async def get_response_async(self, request: HttpRequest) -> Any:
        if request.path in NEVER_WAIT:
            return await super().get_response_async(request)
        async with self._turns:
            response: HttpResponseBase = await super().get_response_async(request)
        return response


def in_turns() -> InTurns:
    """The whole site, set up as the settings say."""
    django.setup(set_prefix=False)
    return InTurns()
