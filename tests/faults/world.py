"""A site to break: its processes, found by what they are, and its database, asked past our code."""

import os
import signal
import sqlite3
import time
from collections.abc import Iterator, Mapping
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import psycopg
import redis

from tests.end_to_end.conftest import PERIODS, SERVE, free_port, make_organiser
from tests.processes import started
from tests.servers import Postgres, Redis, start_somewhere, temporary_folder

KINDS = {
    "worker": "celery -A leaderboard worker",
    "dispatcher": "manage.py dispatch",
    "computing": "grader.child",
    "web": "uvicorn",
    "broker": "unixsocket",
}


@dataclass
class World:
    """One or more `manage.py serve` on the same database, each restarting whoever of it dies."""

    url: str
    data: list[Path]
    postgres: Postgres | None = None
    redis_server: Redis | None = None
    killed: list[str] = field(default_factory=list)

    def processes(self, kind: str) -> list[int]:
        """Those alive of a kind, by their command and the folder in their environment."""
        return sorted(pid for pid, command in self.everything() if KINDS[kind] in command)

    def everything(self) -> Iterator[tuple[int, str]]:
        """Every process of this site: started with one of its folders, or by one that was."""
        marks = [f"OVERTAKE_DATA={folder}".encode() for folder in self.data]
        parents: dict[int, tuple[int, str]] = {}
        ours = set()
        for entry in Path("/proc").iterdir():
            if not entry.name.isdigit():
                continue
            try:
                state, parent = (entry / "stat").read_text().rsplit(")", 1)[1].split()[:2]
                command = (entry / "cmdline").read_bytes().replace(b"\0", b" ").decode().strip()
                environment = (entry / "environ").read_bytes().split(b"\0")
            except (FileNotFoundError, ProcessLookupError, PermissionError):
                continue
            if state != "Z" and command:
                parents[int(entry.name)] = (int(parent), command)
                # redis-server writes its title over its environment; its socket stands in there
                named = any(f"{folder}/" in command for folder in self.data)
                if named or any(mark in environment for mark in marks):
                    ours.add(int(entry.name))
        for pid, (parent, command) in parents.items():
            # the computing process gets nothing of the site's environment
            if pid in ours or (parent in ours and KINDS["computing"] in command):
                yield pid, command

    def kill(self, kind: str, pid: int) -> None:
        try:
            os.kill(pid, signal.SIGKILL)
        except ProcessLookupError:
            return
        self.killed.append(f"{kind} {pid}")

    def freeze(self, pid: int, seconds: float) -> None:
        """Stop a process for longer than its lease lasts, and let it go on."""
        os.kill(pid, signal.SIGSTOP)
        time.sleep(seconds)
        os.kill(pid, signal.SIGCONT)
        self.killed.append(f"worker {pid} frozen for {seconds:.0f} s")

    def broker(self) -> redis.Redis:
        if self.redis_server is not None:
            return redis.Redis.from_url(f"{self.redis_server.url}/0")
        return redis.Redis(unix_socket_path=str(self.data[0] / "broker.sock"))

    def ask(self, query: str) -> list[Any]:
        if self.postgres is not None:
            with psycopg.connect(self.postgres.url) as connection:
                return connection.execute(query).fetchall()
        connection = sqlite3.connect(f"file:{self.data[0] / 'overtake.sqlite3'}?mode=ro", uri=True)
        try:
            return connection.execute(query).fetchall()
        finally:
            connection.close()


@contextmanager
def on_real_services(**env: str) -> Iterator[World]:
    """Two serving machines, so to speak, on a PostgreSQL and a Redis that can be broken."""
    with temporary_folder() as folder, ExitStack() as stack:
        postgres, broker = Postgres(folder / "postgresql"), Redis(folder / "redis")
        for server in (broker, postgres):
            stack.callback(server.stop)
            start_somewhere(server)
        services = {
            "DATABASE_URL": postgres.url,
            "CELERY_BROKER_URL": f"{broker.url}/0",
            "SECRET_KEY": "of the fault tests only",
            "STAFF_NEED_MFA": "false",
            "ARTIFACTS": str(folder / "artifacts"),
            **env,
        }
        data = [folder / "first", folder / "second"]
        urls = [stack.enter_context(_serving(where, services)) for where in data]
        make_organiser({**services, "OVERTAKE_DATA": str(data[0])})
        yield World(urls[0], data, postgres, broker)


@contextmanager
def embedded() -> Iterator[World]:
    """One serving machine with everything of its own."""
    services = {"DATABASE_URL": None, "CELERY_BROKER_URL": None, "SECRET_KEY": None}
    with temporary_folder() as folder, _serving(folder / "data", services) as url:
        make_organiser({**services, "OVERTAKE_DATA": str(folder / "data")})
        yield World(url, [folder / "data"])


@contextmanager
def _serving(data: Path, services: Mapping[str, str | None]) -> Iterator[str]:
    port = free_port()
    env = {
        **PERIODS,
        **services,
        "OVERTAKE_DATA": str(data),
        "WORKER_CONCURRENCY": "1",
        "CHECKPOINT_SECONDS": "0.3",
    }
    with started(
        [*SERVE, "--port", str(port), "--no-demo"],
        env=env,
        ready="Ctrl-C stops everything",
        name=f"serve on {data.name}",
    ):
        yield f"http://127.0.0.1:{port}"
