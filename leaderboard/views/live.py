"""What the page of a grading that goes on hears: as a stream, or when it asks.

A stream is begun in a turn like any page, which says who may see what; then it waits outside of it,
in the event loop (turns.py), and is begun anew every few minutes, with the same questions.
"""

import asyncio
import json
from collections.abc import AsyncIterator
from contextlib import aclosing
from typing import Final

from django.http import HttpRequest, HttpResponse, JsonResponse, StreamingHttpResponse
from django.http.response import HttpResponseBase
from django.views.decorators.http import require_GET, require_safe

from leaderboard.news import News, Told, news
from leaderboard.reports import Report
from leaderboard.views.grading import counted, is_staff, seen
from leaderboard.watching import watch

LONGEST: Final = 300.0
"""Life of a stream [s]."""
UNSTORED: Final = {"Cache-Control": "no-store"}
RETRY: Final = 2000
"""After which a browser whose stream has ended begins another [ms]."""


@require_safe
def live(request: HttpRequest, pk: int) -> HttpResponse:
    """Everything at once, for browsers and ways to them that keep no stream open."""
    found, evaluations = seen(request, pk)
    evaluation, _ = counted(evaluations, staff=is_staff(request))
    shows_config = found.config_is_visible_to(request.user)
    told = news(Report(evaluation, found.network_config), shows_config=shows_config)
    return JsonResponse(Told().changes(told), headers=UNSTORED)


@require_GET
def events(request: HttpRequest, pk: int) -> HttpResponseBase:
    found, evaluations = seen(request, pk)
    evaluation, _ = counted(evaluations, staff=is_staff(request))
    if evaluation.is_final:
        return HttpResponse(status=204)  # a browser asks no more after that
    if watch.is_full:
        return HttpResponse("Too many pages follow their gradings now.", status=503)
    shows_config = found.config_is_visible_to(request.user)
    stream = _stream(evaluation.pk, shows_config=shows_config)
    # nginx would wait for more
    headers = {**UNSTORED, "X-Accel-Buffering": "no"}
    return StreamingHttpResponse(stream, content_type="text/event-stream", headers=headers)


async def _stream(evaluation: int, *, shows_config: bool) -> AsyncIterator[bytes]:
    told, until = Told(), asyncio.get_running_loop().time() + LONGEST
    yield f"retry: {RETRY}\n\n".encode()
    async with aclosing(watch.follow(evaluation, shows_config=shows_config)) as heard:
        async for now in heard:
            yield _message(None if now is None else told.changes(now))
            if asyncio.get_running_loop().time() > until:
                return


def _message(changes: News | None) -> bytes:
    """As the server-sent events of the HTML standard want it; a comment where there is no news."""
    if not changes:
        return b":\n\n"
    return b"data: " + json.dumps(changes, separators=(",", ":")).encode() + b"\n\n"
