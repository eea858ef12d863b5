"""Asking and telling the broker, soon: for whoever must answer although the broker does not."""

import math
import threading
import time
from collections.abc import Callable, Iterable
from typing import Any

from kombu.exceptions import OperationalError
from redis.exceptions import RedisError

from leaderboard.celery import app

PATIENCE = 1.0
"""How long [s] one answer may take. Sending has more, since it may come after a failover."""
SILENCE = 5.0
"""So long [s] nothing is sent after the broker was found away: hints can wait."""


class BrokerAwayError(Exception):
    """The broker does not answer, or not with what was asked."""


class Silence:
    """Kept by this process after the broker was found away: only one visitor waits for it."""

    def __init__(self, clock: Callable[[], float] = time.monotonic) -> None:
        self._clock = clock
        self._until = -math.inf
        self._lock = threading.Lock()

    def begin(self) -> None:
        with self._lock:
            self._until = self._clock() + SILENCE

    @property
    def is_kept(self) -> bool:
        with self._lock:
            return self._clock() < self._until


silence = Silence()


def messages(queues: Iterable[str]) -> dict[str, int]:
    """Messages that wait, by queue.

    Raises:
        BrokerAwayError: without the broker's address, in which its password may stand.
    """
    patience = {
        "socket_connect_timeout": PATIENCE,
        "socket_timeout": PATIENCE,
        "max_retries": 0,  # kombu would go on for six seconds
    }
    try:
        with app.connection_for_read(transport_options=patience) as connection:
            channel: Any = connection.default_channel
            return {queue: int(channel.queue_declare(queue).message_count) for queue in queues}
    except (OperationalError, RedisError, OSError) as error:
        # kombu wraps what happened, and its own name for it says nothing
        raise BrokerAwayError(type(error.__cause__ or error).__name__) from error
