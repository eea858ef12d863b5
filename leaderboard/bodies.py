"""Request bodies: refused by their size before any of it is kept.

Django reads a body to its end, onto the disk, before anybody may look at it.
"""

from collections.abc import Awaitable, Callable, Mapping
from typing import Any

# bytes; a configuration has 64 kB, a file of weights 16 MB. What is merely too long for the form is
# still answered by the form, which keeps what was typed; this is the bound for what nobody sends
# by mistake.
LONGEST = 20 * 1024 * 1024

Scope = dict[str, Any]
Message = Mapping[str, Any]
Receive = Callable[[], Awaitable[Message]]
Send = Callable[[Message], Awaitable[None]]
Application = Callable[[Scope, Receive, Send], Awaitable[None]]

ANSWER = (
    b"This is larger than 20 MB, more than any page here takes: it was not read. A network "
    b"configuration has at most 64 kB, a file of weights 16 MB. Go back: what you typed is still "
    b"there.\n"
)


class _TooLongError(Exception):
    pass


def limited(application: Application) -> Application:
    """The application, with 413 for bodies that say or turn out to be longer than LONGEST."""

    async def within_limits(scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await application(scope, receive, send)
            return
        seen, answered = 0, False

        async def counted() -> Message:
            nonlocal seen
            message = await receive()
            seen += len(message.get("body", b""))
            if seen > LONGEST:
                raise _TooLongError
            return message

        async def noted(message: Message) -> None:
            nonlocal answered
            answered = True
            await send(message)

        if _announced(scope) > LONGEST:
            await _refuse(send)
            return
        try:
            await application(scope, counted, noted)
        except _TooLongError:
            if not answered:
                await _refuse(send)

    return within_limits


def _announced(scope: Scope) -> int:
    for name, value in scope["headers"]:
        if name == b"content-length" and value.isdigit():
            return int(value[:20])
    return 0


async def _refuse(send: Send) -> None:
    headers = [
        (b"content-type", b"text/plain; charset=utf-8"),
        (b"content-length", str(len(ANSWER)).encode()),
        (b"connection", b"close"),
    ]
    await send({"type": "http.response.start", "status": 413, "headers": headers})
    await send({"type": "http.response.body", "body": ANSWER})
