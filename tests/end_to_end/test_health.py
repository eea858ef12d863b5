"""A site whose servers go away and come back: what it says of itself all the while."""

import json
import math
import re
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import ExitStack, closing
from dataclasses import dataclass

import httpx
import pytest

from tests.end_to_end.conftest import (
    BIN,
    PERIODS,
    answers,
    environment,
    free_port,
    make_organiser,
    open_competition,
    run,
)
from tests.end_to_end.visitor import SMALL, Visitor
from tests.processes import ROOT, Started, eventually, started
from tests.servers import Postgres, Redis, start_somewhere, temporary_folder


@dataclass
class Place:
    """A site with servers of its own, which may be killed."""

    url: str
    env: dict[str, str]
    postgres: Postgres
    redis: Redis
    worker: Started

    def ready(self) -> list[str]:
        """What fails, by name."""
        told = httpx.get(f"{self.url}/readyz", headers={"Accept": "application/json"}, timeout=10)
        checks = told.json()["checks"]
        failing = [name for name, check in checks.items() if not check["ok"]]
        assert told.status_code == (503 if failing else 200)
        assert all(checks[name]["since"] for name in failing if name in {"database", "broker"})
        return failing

    def metrics(self) -> str:
        start = time.monotonic()
        told = httpx.get(f"{self.url}/metrics", timeout=30)
        assert told.status_code == 200
        assert time.monotonic() - start < 15
        return told.text

    def sign(self, name: str) -> float:
        """Age of a sign of life [s]; of what never gave one, more than all others."""
        found = re.search(rf'overtake_sign_age_seconds{{sign="{name}"}} (\S+)', self.metrics())
        return float(found[1]) if found else math.inf

    def doctor(self) -> tuple[int, dict[str, str]]:
        """How it ended, and the state of each check."""
        start = time.monotonic()
        done = subprocess.run(
            [sys.executable, "manage.py", "doctor", "--json"],
            cwd=ROOT,
            env=environment(self.env),
            capture_output=True,
            text=True,
            check=False,
        )
        # it never hangs; a machine with other work takes seconds to start a process
        assert time.monotonic() - start < 60
        assert self.postgres.password not in done.stdout
        return done.returncode, {
            it["name"]: it["state"] for it in json.loads(done.stdout)["checks"]
        }


@pytest.fixture(scope="module")
def place() -> Iterator[Place]:
    with temporary_folder() as folder, ExitStack() as stack:
        postgres, redis = Postgres(folder / "postgresql"), Redis(folder / "redis")
        for server in (redis, postgres):
            stack.callback(server.stop)
            start_somewhere(server)
        env = {
            **PERIODS,
            "DATABASE_URL": postgres.url,
            "CELERY_BROKER_URL": f"{redis.url}/0",
            "SECRET_KEY": "of the health tests only",
            "STAFF_NEED_MFA": "false",
            "OVERTAKE_DATA": str(folder / "data"),
            "CANARY_SECONDS": "1",
            "LOG_FORMAT": "json",
            "WORKER_CONCURRENCY": "1",
        }
        manage = [sys.executable, "manage.py"]
        run([*manage, "migrate", "--no-input", "-v0"], env=env)
        make_organiser(env)
        port = free_port()
        url = f"http://127.0.0.1:{port}"
        web = [BIN / "uvicorn", "leaderboard.asgi:application", "--port", str(port)]
        stack.enter_context(started(web, env=env, ready=lambda: answers(url), name="web"))
        stack.enter_context(started([*manage, "dispatch"], env=env, name="dispatcher"))
        celery = [BIN / "celery", "--quiet", "-A", "leaderboard", "worker"]
        worker = stack.enter_context(started(celery, env=env, ready=r"ready\.", name="worker"))
        with closing(Visitor(url)) as organiser:
            organiser.log_in("olga")
            open_competition(organiser)
        yield Place(url, env, postgres, redis, worker)


@pytest.fixture(scope="module")
def alice(place) -> Iterator[Visitor]:
    with closing(Visitor(place.url)) as alice:
        alice.sign_up("Alice")
        yield alice


def is_ready(place: Place) -> None:
    eventually(lambda: place.ready() == [], what="readyz is content")


def test_a_site_that_is_whole_is_ready_and_the_doctor_finds_nothing_wrong(place):
    is_ready(place)
    eventually(lambda: "overtake_machines_alive 1.0" in place.metrics(), what="a machine")
    code, states = place.doctor()
    assert code == 0, states
    assert set(states.values()) <= {"ok", "warning"}


def test_a_worker_s_lines_name_the_request_that_submitted(place, alice):
    is_ready(place)
    alice.headers["X-Request-ID"] = "alice.1"
    page = alice.submit("spring", SMALL % 1500)
    del alice.headers["X-Request-ID"]
    eventually(lambda: alice.submission(page)["status"] == "succeeded", what="it is graded")
    lines = [json.loads(line) for line in place.worker.output.splitlines()]
    assert "overtake.canary" not in place.worker.output.partition("ready.")[2]
    claimed = {
        line["evaluation"]
        for line in lines
        if "claimed trainings" in line["message"] and line["request"] == "alice.1"
    }
    assert len(claimed) == 1
    assert {line.get("request") for line in lines if line.get("evaluation") in claimed} == {
        "alice.1"
    }


@pytest.mark.deep
def test_while_every_slot_grades_the_canary_waits_and_is_first_when_one_is_free(place, alice):
    is_ready(place)
    page = alice.submit("spring", SMALL % 5_000_000)
    eventually(lambda: place.sign("busy") < place.sign("canary"), what="no free slot is seen")
    waits = 'overtake_broker_messages{queue="canary"} 1.0'
    eventually(lambda: waits in place.metrics(), what="the canary waits")
    assert place.ready() == []
    alice.cancel(page)
    eventually(lambda: place.sign("canary") < place.sign("busy"), what="the canary")
    assert place.ready() == []


def test_without_the_broker_the_site_says_so_soon_and_is_well_again_with_it(place):
    is_ready(place)
    place.redis.process.kill()
    place.redis.process.wait()
    assert place.ready() == ["broker"]
    told = place.metrics()
    assert 'overtake_up{part="broker"} 0.0' in told
    assert 'overtake_up{part="database"} 1.0' in told
    code, states = place.doctor()
    assert code == 1
    assert (states["database"], states["broker"], states["lines"]) == ("ok", "wrong", "unknown")
    place.redis.start(place.redis.port)  # empty: it forgot everything
    is_ready(place)


def test_without_the_database_the_site_says_so_soon_and_is_well_again_with_it(place):
    is_ready(place)
    place.postgres.stop()
    assert httpx.get(f"{place.url}/healthz").text == "ok\n"
    assert place.ready() == ["database", "dispatcher", "canary"]
    told = place.metrics()
    assert 'overtake_up{part="database"} 0.0' in told
    assert 'overtake_broker_messages{queue="bulk"} 0.0' in told
    code, states = place.doctor()
    assert code == 1
    assert (states["database"], states["broker"], states["oldest"]) == ("wrong", "ok", "unknown")
    place.postgres.start(place.postgres.port)
    is_ready(place)
