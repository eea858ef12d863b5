"""The compose file's own commands, settings and health checks, run as processes on loopback.

Only addresses and folders are exchanged for the ones of this test; everything else is what a
container would be started with.
"""

import os
import re
import signal
import subprocess
import sys
import urllib.request
from pathlib import Path

import psycopg
import pytest
from psycopg import sql

from tests.deploy.compose import environment_of, resolved
from tests.processes import PATIENCE, ROOT, eventually, started
from tests.servers import free_port

DOCKERFILE = (ROOT / "Dockerfile").read_text()
DATABASE = f"compose_{os.getpid()}"


class Here:
    """The services of the compose file, with their container's addresses exchanged for ours."""

    def __init__(self, folder: Path) -> None:
        self.services = resolved()["services"]
        self.folder = folder
        self.port = free_port()
        server = os.environ["DATABASE_URL"].rpartition("/")[0]
        self.exchanged = {
            self.services["web"]["environment"]["DATABASE_URL"]: f"{server}/{DATABASE}",
            "redis://redis:6379/0": os.environ["CELERY_BROKER_URL"],
            "0.0.0.0": "127.0.0.1",
            "8000": str(self.port),
        }

    def put(self, text: str) -> str:
        for there, here in self.exchanged.items():
            text = text.replace(there, here)
        return text

    def command(self, name: str) -> list[str]:
        return [self.put(word) for word in self.services[name]["command"]]

    def environment(self, name: str) -> dict[str, str]:
        given = environment_of(self.services[name])
        return {
            **{variable: self.put(value) for variable, value in given.items()},
            "OVERTAKE_DATA": str(self.folder / "data"),
            "STATIC_ROOT": str(self.folder / "static"),
            "PATH": f"{Path(sys.executable).parent}:{os.environ['PATH']}",
            "HOME": os.environ.get("HOME", str(self.folder)),
        }

    def run(self, name: str, command: list[str]) -> subprocess.CompletedProcess[str]:
        return subprocess.run(
            command,
            cwd=ROOT,
            env=self.environment(name),
            capture_output=True,
            text=True,
            check=False,
            timeout=PATIENCE,
        )

    def is_healthy(self, name: str) -> bool:
        kind, *command = self.services[name]["healthcheck"]["test"]
        assert kind == "CMD"
        return self.run(name, [self.put(word) for word in command]).returncode == 0

    def started(self, name: str):
        # Nothing of this run's own environment: a container has none of it either
        command = ["env", "-i", *(f"{k}={v}" for k, v in self.environment(name).items())]
        return started([*command, *self.command(name)], name=name)


@pytest.fixture(scope="module")
def here(tmp_path_factory):
    """A new database that the service migrate has brought up to date, and an empty data folder."""
    named = sql.Identifier(DATABASE)
    with psycopg.connect(os.environ["DATABASE_URL"], autocommit=True) as connection:
        connection.execute(sql.SQL("CREATE DATABASE {}").format(named))
        here = Here(tmp_path_factory.mktemp("compose"))
        migrated = here.run("migrate", here.command("migrate"))
        assert migrated.returncode == 0, migrated.stdout + migrated.stderr
        yield here
        connection.execute(sql.SQL("DROP DATABASE {} WITH (FORCE)").format(named))


@pytest.mark.parametrize("name", ["web", "worker", "dispatcher"])
def test_it_becomes_healthy_and_was_not_before(here, name):
    assert not here.is_healthy(name)
    with here.started(name) as process:
        eventually(
            lambda: process.is_running and here.is_healthy(name),
            what=f"{name} is healthy",
        )
        assert process.stop() != -signal.SIGKILL, "on TERM it ends by itself, and in time"


def test_the_migrations_can_run_again_at_the_next_start(here):
    again = here.run("migrate", here.command("migrate"))
    assert (again.returncode, "No migrations to apply" in again.stdout) == (0, True)


def test_the_files_that_the_image_collects_are_served_under_names_that_never_change(here):
    (collect,) = re.findall(r"(?ms)^RUN (SECRET_KEY=.*?collectstatic .*?)$", DOCKERFILE)
    collected = here.run("migrate", ["sh", "-c", collect])
    assert collected.returncode == 0, collected.stderr
    with here.started("web"):
        eventually(lambda: here.is_healthy("web"), what="web is healthy")
        page = get(f"http://127.0.0.1:{here.port}/accounts/login/").read().decode()
        (stylesheet,) = re.findall(r'href="(/static/[^"]+\.[0-9a-f]{12}\.css)"', page)
        answer = get(f"http://127.0.0.1:{here.port}{stylesheet}")
        assert "immutable" in answer.headers["Cache-Control"]


def get(address: str):
    return urllib.request.urlopen(address, timeout=10)
