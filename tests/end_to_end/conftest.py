"""A whole site as processes: web, dispatcher and workers, started by the commands users start."""

import logging
import os
import socket
import subprocess
import sys
import uuid
from collections.abc import Iterator, Mapping
from contextlib import ExitStack
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import httpx
import psycopg
import pytest
import redis
from playwright.sync_api import Page

from tests.end_to_end.browser import browser_page
from tests.end_to_end.visitor import PASSWORD, Visitor
from tests.processes import ROOT, Started, started

# its line for every request would bury what a failed test has to say
logging.getLogger("httpx").setLevel(logging.WARNING)

BIN = Path(sys.executable).parent
SERVE = [sys.executable, "manage.py", "serve"]
PERIODS = {
    "LEASE_SECONDS": "4",
    "HEARTBEAT_SECONDS": "1",
    "DISPATCH_SECONDS": "1",
    "STANDING_SECONDS": "1",
}


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


@dataclass
class Site:
    """A site on a database of its own, and what can be asked of it from outside."""

    url: str
    env: dict[str, str]
    database: str
    web: Started
    stack: ExitStack

    def visitor(self) -> Visitor:
        return self.stack.enter_context(Visitor(self.url))

    def organiser(self) -> Visitor:
        organiser = self.visitor()
        organiser.log_in("olga")
        return organiser

    def worker(self, **settings: str) -> Any:
        return started(
            [BIN / "celery", "-A", "leaderboard", "worker"],
            env={**self.env, **settings},
            ready=r"ready\.",
            name="worker",
        )

    def broker(self) -> redis.Redis:
        return redis.Redis.from_url(self.env["CELERY_BROKER_URL"])

    def ask(self, query: str, *parameters: object) -> list[Any]:
        """Rows straight from the database, past all code of ours."""
        with psycopg.connect(self.database) as connection:
            return connection.execute(query, parameters).fetchall()

    def attempts(self, submission: str) -> list[tuple[int, int, str, int | None]]:
        """Every attempt at a submission as (training, fence, exit, computing process)."""
        return self.ask(
            """
            SELECT training.index, attempt.fence, attempt.exit, attempt.process
            FROM leaderboard_attempt attempt
            JOIN leaderboard_training training ON training.id = attempt.training_id
            JOIN leaderboard_evaluation evaluation ON evaluation.id = training.evaluation_id
            WHERE evaluation.submission_id = %s ORDER BY training.index, attempt.fence
            """,
            int(submission.strip("/").split("/")[-1]),
        )

    def runs(self, submission: str) -> list[tuple[int, int, float]]:
        """Every stored run of a submission as (training, run, average speed [mph])."""
        return self.ask(
            """
            SELECT training.index, run.index, run.average_mph
            FROM leaderboard_run run
            JOIN leaderboard_training training ON training.id = run.training_id
            JOIN leaderboard_evaluation evaluation ON evaluation.id = training.evaluation_id
            WHERE evaluation.submission_id = %s ORDER BY training.index, run.index
            """,
            int(submission.strip("/").split("/")[-1]),
        )


@pytest.fixture(scope="session")
def site(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Site]:
    """Web and dispatcher on PostgreSQL and Redis, an organiser, and a small competition."""
    artifacts = tmp_path_factory.mktemp("artifacts")
    with ExitStack() as stack:
        name = f"site_{uuid.uuid4().hex[:8]}"
        server = os.environ["DATABASE_URL"]
        with psycopg.connect(server, autocommit=True) as connection:
            connection.execute(f"CREATE DATABASE {name}")
        database = server.rsplit("/", 1)[0] + f"/{name}"
        port = free_port()
        broker, number = os.environ["CELERY_BROKER_URL"].rsplit("/", 1)
        env = {
            **PERIODS,
            "DATABASE_URL": database,
            # its own among the broker's databases, beside that of the tests in this process
            "CELERY_BROKER_URL": f"{broker}/{int(number) + 1}",
            "SECRET_KEY": "of the end-to-end tests only",
            "ARTIFACTS": str(artifacts),
            "STAFF_NEED_MFA": "false",
        }
        manage = [sys.executable, "manage.py"]
        run([*manage, "migrate", "--no-input", "-v0"], env=env)
        make_organiser(env)
        url = f"http://127.0.0.1:{port}"
        web = stack.enter_context(
            started(
                [BIN / "uvicorn", "leaderboard.asgi:application", "--port", str(port)],
                env=env,
                ready=lambda: answers(url),
                name="web",
            )
        )
        stack.enter_context(
            started([*manage, "dispatch"], env=env, ready="dispatcher ready", name="dispatcher")
        )
        site = Site(url=url, env=env, database=database, web=web, stack=stack)
        open_competition(site.organiser())
        yield site


def run(command: list[str], *, env: Mapping[str, str | None]) -> str:
    """Run to its end, or show what it said."""
    done = subprocess.run(
        command, cwd=ROOT, env=environment(env), capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stdout + done.stderr
    return done.stdout


def environment(env: Mapping[str, str | None]) -> dict[str, str]:
    """This process's own with these; None leaves a name out."""
    return {name: value for name, value in {**os.environ, **env}.items() if value is not None}


def make_organiser(env: Mapping[str, str | None]) -> None:
    """The organiser Olga, on the command line, as whoever runs a site makes the first one."""
    run(
        [
            *(sys.executable, "manage.py", "createsuperuser", "--no-input"),
            *("--username", "olga", "--email", "olga@example.org", "--display_name", "Olga"),
        ],
        env={**env, "DJANGO_SUPERUSER_PASSWORD": PASSWORD},
    )


def answers(url: str) -> bool:
    try:
        return httpx.get(f"{url}/healthz").status_code == 200
    except httpx.TransportError:
        return False


def open_competition(organiser: Visitor, **fields: object) -> None:
    """As an organiser does it: through the admin page's form."""
    page = organiser.send_form(
        "/admin/leaderboard/competition/add/",
        {
            "slug": "spring",
            "title": "Spring season",
            "accepts": "configs",
            "rules": "open",
            "trainings": 2,
            "runs": 5,
            "frames": 600,
            "quota": 100,
            "budget_seconds": 10_000_000,  # what is refused by its cost is tested elsewhere
            "key": "0",
            "configs_visible": "always",
            "opens_at_0": "2026-01-01",
            "opens_at_1": "00:00:00",
            "baselines-TOTAL_FORMS": 0,
            "baselines-INITIAL_FORMS": 0,
            **fields,
        },
    )
    assert "was added successfully" in page.text, page.text


@pytest.fixture
def page(site: Site) -> Iterator[Page]:
    """A fresh browser on that site; whatever it complains of fails the test."""
    with browser_page(site.url) as page:
        yield page
