"""Asking the broker, soon: for whoever must answer although the broker does not."""

from collections.abc import Iterable
from typing import Any

from kombu.exceptions import OperationalError
from redis.exceptions import RedisError

from leaderboard.celery import app

PATIENCE = 1.0
"""How long [s] one answer may take. Sending has more, since it may come after a failover."""


class BrokerAwayError(Exception):
    """The broker does not answer, or not with what was asked."""


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
