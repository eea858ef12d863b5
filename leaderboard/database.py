"""Asking the database, soon: for whoever must answer although the database does not.

The site's own connections wait for it, up to ten seconds for one of the pool and for ever for an
answer, which is right for a page and wrong for whoever is asked whether all is well.
"""

import contextlib
from collections.abc import Iterator

import psycopg
from django.db import Error as DatabaseError
from django.db import connection

PATIENCE = 2
"""How long [s] a connection may take; a server that made it has a process that answers."""

_ADDRESS = {"host", "port", "user", "password", "dbname", "service", "passfile"}


class DatabaseAwayError(Exception):
    """The database does not answer, or not with what was asked."""


@contextlib.contextmanager
def answering() -> Iterator[None]:
    """For some queries that are soon answered, if anything is.

    Raises:
        DatabaseAwayError: without the database's address, in which its password may stand.
    """
    probe()
    try:
        yield
    except DatabaseError as error:
        connection.close()
        raise DatabaseAwayError(type(error).__name__) from error


def probe() -> None:
    """Ask it something, over a connection that cannot wait for long.

    Raises:
        DatabaseAwayError: it does not answer in time.
    """
    try:
        if connection.vendor == "postgresql":
            _probe_postgresql()
        with connection.cursor() as cursor:
            cursor.execute("SELECT 1")
    except (DatabaseError, psycopg.Error) as error:
        connection.close()
        raise DatabaseAwayError(type(error).__name__) from error


def _probe_postgresql() -> None:
    parameters = connection.get_connection_params()
    address = {
        name: value
        for name, value in parameters.items()
        if name in _ADDRESS or name.startswith("ssl")
    }
    with psycopg.connect(**address, connect_timeout=PATIENCE) as probe:
        probe.execute("SELECT 1")
