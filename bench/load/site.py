"""The site under load, as processes: PostgreSQL, Redis, a full board, and `manage.py serve`."""

import os
import subprocess
import sys
from collections.abc import Iterator, Mapping
from contextlib import ExitStack, contextmanager
from pathlib import Path
from typing import Any, NamedTuple

import psycopg

from bench.load.plan import Planted
from tests.processes import ROOT, started
from tests.servers import Postgres, Redis, free_port, start_somewhere, temporary_folder


class Site(NamedTuple):
    """A running site.

    Attributes:
        url: Where it answers.
        database: Its address, for questions that go past all code of the site.
        planted: Who is logged in and what is on the board.
        folder: For what is kept while it runs.
    """

    url: str
    database: str
    planted: Planted
    folder: Path

    def ask(self, query: str, *parameters: object) -> list[Any]:
        """Returns rows straight from the database."""
        with psycopg.connect(self.database) as connection:
            return connection.execute(query, parameters).fetchall()


@contextmanager
def serving() -> Iterator[Site]:
    """Starts everything by the commands that people use, and ends it."""
    with temporary_folder() as folder, ExitStack() as stack:
        database, broker = Postgres(folder / "postgresql"), Redis(folder / "redis")
        for server in (broker, database):
            stack.callback(server.stop)
            start_somewhere(server)
        env = {
            "DATABASE_URL": database.url,
            "CELERY_BROKER_URL": f"{broker.url}/0",
            "SECRET_KEY": "of the load test only",
            "OVERTAKE_DATA": str(folder / "data"),
            "LOG_LEVEL": "WARNING",
        }
        planted = _plant(env)
        port = free_port()
        serve = [sys.executable, "manage.py", "serve", "--no-demo", "--port", str(port)]
        stack.enter_context(started(serve, env=env, ready="Ctrl-C stops everything", name="serve"))
        yield Site(f"http://127.0.0.1:{port}", database.url, planted, folder)


def _plant(env: Mapping[str, str]) -> Planted:
    """In a process of its own: settings are read once, and these are not this process's."""
    done = subprocess.run(
        [sys.executable, "-m", "bench.load.plant"],
        cwd=ROOT,
        env={**os.environ, **env},
        stdout=subprocess.PIPE,
        text=True,
        check=True,
    )
    return Planted.of(done.stdout)
