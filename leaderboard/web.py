"""`python -m leaderboard.web`: the web server, several processes that accept from one socket."""

import argparse
import os
import socket

import uvicorn

APPLICATION = "leaderboard.asgi:application"


def listen(host: str, port: int) -> socket.socket:
    """The socket that all web processes accept from.

    Raises:
        OSError, OverflowError: nobody can listen there.
    """
    listening = socket.socket(socket.AF_INET6 if ":" in host else socket.AF_INET)
    listening.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    # Connections inherit it. Without it the second packet of an answer, its body, waits 40 ms for
    # the visitor to confirm the first: asyncio sees to that only for sockets that it has made.
    listening.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
    try:
        listening.bind((host, port))
    except (OSError, OverflowError):
        listening.close()
        raise
    return listening


def main() -> None:
    options = argparse.ArgumentParser(prog="python -m leaderboard.web", description=__doc__)
    options.add_argument("--host", default="127.0.0.1")
    options.add_argument("--port", type=int, default=8000)
    given = options.parse_args()
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "leaderboard.settings")
    from django.conf import settings  # noqa: PLC0415  # wants its settings named first

    with listen(given.host, given.port) as listening:
        uvicorn.run(
            APPLICATION,
            fd=listening.fileno(),
            workers=settings.WEB_PROCESSES,
            proxy_headers=False,  # Django reads what the settings say is to be believed
        )


if __name__ == "__main__":
    main()
