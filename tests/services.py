"""The pytest plugin that gives every run a real database and a real broker.

It is loaded by `-p` in pyproject.toml, because pytest-django reads the settings before any
conftest.py is read, and settings without a DATABASE_URL quietly mean SQLite.

    OVERTAKE_TEST_DATABASE=sqlite    run on the embedded database instead of PostgreSQL
    OVERTAKE_TEST_DATABASE_URL=...   run on a PostgreSQL that is already there
    OVERTAKE_TEST_BROKER=embedded    use the Valkey of the wheel although Redis is installed
    OVERTAKE_TEST_REPORT=FILE        also write the counts and versions there, as JSON
"""

import json
import os
import secrets
import sqlite3
import subprocess
import sys
from collections.abc import Callable, Generator
from pathlib import Path
from typing import Any

import hypothesis
import psycopg
import pytest
import redis

from tests import deep

# A busy machine is no failure: examples may take any time
hypothesis.settings.register_profile(
    "patient", deadline=None, suppress_health_check=[hypothesis.HealthCheck.too_slow]
)
hypothesis.settings.load_profile("patient")

SERVERS = Path(__file__).with_name("servers.py")
STOP_SECONDS = 45


@pytest.hookimpl(wrapper=True, tryfirst=True)
def pytest_load_initial_conftests(early_config: pytest.Config) -> Generator[None]:
    options = early_config.known_args_namespace
    if not (options.help or options.version or is_xdist_worker()):
        os.environ["OVERTAKE_TEST_SERVICES"] = json.dumps(start_servers(early_config.add_cleanup))
    if "OVERTAKE_TEST_SERVICES" in os.environ:
        configure(json.loads(os.environ["OVERTAKE_TEST_SERVICES"]))
    return (yield)


def is_xdist_worker() -> bool:
    return "PYTEST_XDIST_WORKER" in os.environ


def database_asked_for() -> str:
    asked = os.environ.get("OVERTAKE_TEST_DATABASE", "postgresql")
    if asked not in {"postgresql", "sqlite"}:
        raise pytest.UsageError(f"OVERTAKE_TEST_DATABASE is {asked!r}: postgresql or sqlite")
    return asked


def start_servers(add_cleanup: Callable[[Callable[[], None]], None]) -> dict[str, Any]:
    """Start the servers and promise their end; the process that keeps them watches this one."""
    starts_postgresql = (
        database_asked_for() == "postgresql" and "OVERTAKE_TEST_DATABASE_URL" not in os.environ
    )
    keeper = subprocess.Popen(
        [sys.executable, str(SERVERS), *(["postgresql"] if starts_postgresql else [])],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
        # Ctrl-C is for pytest: the servers are needed until the last teardown.
        start_new_session=True,
    )

    def stop() -> None:
        keeper.communicate(timeout=STOP_SECONDS)

    add_cleanup(stop)
    assert keeper.stdout
    line = keeper.stdout.readline()
    if not line:
        raise pytest.UsageError("the test servers did not start; the reason stands above")
    found: dict[str, Any] = json.loads(line)
    if "OVERTAKE_TEST_DATABASE_URL" in os.environ:
        found["database_url"] = os.environ["OVERTAKE_TEST_DATABASE_URL"]
    # One key for all processes of the run: they read each other's sessions and tokens.
    found["secret_key"] = secrets.token_urlsafe(50)
    return found


def configure(found: dict[str, Any]) -> None:
    """Point this process at the servers; every xdist worker has a broker and a folder alone."""
    worker = os.environ.get("PYTEST_XDIST_WORKER", "")
    number = int(worker.removeprefix("gw")) + 1 if worker else 0
    folder = Path(found["folder"], f"data{number}")
    folder.mkdir(exist_ok=True)
    os.environ["OVERTAKE_DATA"] = str(folder)
    os.environ["SECRET_KEY"] = found["secret_key"]
    os.environ["CELERY_BROKER_URL"] = f"{found['redis_url']}/{2 * number}"
    os.environ.pop("DATABASE_URL", None)
    if "database_url" in found:
        os.environ["DATABASE_URL"] = found["database_url"]


@pytest.hookimpl(trylast=True)
def pytest_sessionstart(session: pytest.Session) -> None:
    """Refuse to run on another database than the one asked for."""
    if not session.config.pluginmanager.hasplugin("django"):
        return
    from django.db import connection

    if connection.vendor != database_asked_for():
        raise pytest.UsageError(
            f"asked for tests on {database_asked_for()}, but the settings chose {connection.vendor}"
        )


@pytest.hookimpl(trylast=True)
def pytest_terminal_summary(terminalreporter: Any, config: pytest.Config) -> None:
    if is_xdist_worker() or "CELERY_BROKER_URL" not in os.environ:
        return
    counts = {
        outcome: len(reports)
        for outcome, reports in terminalreporter.stats.items()
        if outcome in {"passed", "failed", "error", "skipped", "xfailed", "xpassed"}
    }
    if left := deep.left(config):
        counts["left to make test-deep"] = left
    report = {
        "database": database_version(),
        "broker": broker_version(),
        "seed": getattr(config.option, "randomly_seed", None),
        "counts": counts,
    }
    facts = [
        (key, value)
        for passed in terminalreporter.stats.get("passed", [])
        for key, value in passed.user_properties
    ]
    if facts:
        # what tests put down with record_property: figures that a reader wants to see
        terminalreporter.section("what the tests saw")
        for key, value in facts:
            terminalreporter.line(f"{key}: {value}")
    terminalreporter.section("what the tests ran on")
    terminalreporter.line(f"database  {report['database']}")
    terminalreporter.line(f"broker    {report['broker']}")
    terminalreporter.line(f"order     repeat it with --randomly-seed={report['seed']}")
    if path := os.environ.get("OVERTAKE_TEST_REPORT"):
        Path(path).write_text(json.dumps(report))


def database_version() -> str:
    """Ask the server itself, over a connection made from the settings' own address."""
    if "DATABASE_URL" not in os.environ:
        return f"SQLite {sqlite3.sqlite_version}"
    with psycopg.connect(os.environ["DATABASE_URL"]) as connection:
        (version,) = connection.execute("SHOW server_version").fetchone() or ("",)
    return f"PostgreSQL {version}"


def broker_version() -> str:
    with redis.Redis.from_url(os.environ["CELERY_BROKER_URL"]) as client:
        about = client.info("server")
    if "valkey_version" in about:
        return f"Valkey {about['valkey_version']}, started from {about['executable']}"
    return f"Redis {about['redis_version']}, started from {about['executable']}"
