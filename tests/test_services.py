"""The plugin and the processes: real servers, and nothing left behind however a run ends."""

import json
import signal
import sys
from pathlib import Path

import psycopg
import pytest
import redis
from redis.backoff import NoBackoff
from redis.retry import Retry

from tests.processes import ROOT, eventually, started

# A run of its own, without the site: it says where its servers are and waits to be ended.
INNER_RUN = """
import json, os, time

def test_waits():
    with open("where.new", "w") as file:
        json.dump(json.loads(os.environ["OVERTAKE_TEST_SERVICES"]), file)
    os.rename("where.new", "where.json")
    deadline = time.monotonic() + 60
    while time.monotonic() < deadline and not os.path.exists("go-on"):
        time.sleep(0.02)
"""
INNER_SETTINGS = """
[pytest]
addopts = -p tests.services -p no:django -p no:randomly
"""


@pytest.fixture
def inner_run(tmp_path):
    """A second pytest in a folder of its own, which starts servers as any run does."""
    (tmp_path / "test_inner.py").write_text(INNER_RUN)
    (tmp_path / "pytest.ini").write_text(INNER_SETTINGS)
    command = [sys.executable, "-m", "pytest", "-q"]
    # Not a worker of the outer run: a run that nobody started anything for, and that Ctrl-C ends
    # though the outer one may run in the background, where it is ignored
    command = [
        "env",
        "--default-signal=INT",
        "-u",
        "PYTEST_XDIST_WORKER",
        "-u",
        "OVERTAKE_TEST_SERVICES",
        *command,
    ]
    with started(
        command,
        cwd=tmp_path,
        env={"PYTHONPATH": str(ROOT), "OVERTAKE_TEST_DATABASE": "postgresql"},
        ready=(tmp_path / "where.json").exists,
        name="the inner pytest",
    ) as run:
        yield run, tmp_path, json.loads((tmp_path / "where.json").read_text())


def is_gone(pid: int) -> bool:
    """Whether the process has ended; one that only waits to be counted as dead has."""
    try:
        return Path(f"/proc/{pid}/stat").read_text().rpartition(") ")[2][0] == "Z"
    except FileNotFoundError:
        return True


def nothing_is_left(where: dict) -> bool:
    return is_gone(where["pid"]) and not Path(where["folder"]).exists()


def test_a_run_has_a_postgresql_and_a_redis_that_answer(inner_run):
    _, _, where = inner_run
    with psycopg.connect(where["database_url"]) as connection:
        assert connection.execute("SELECT 1").fetchone() == (1,)
    with redis.Redis.from_url(where["redis_url"]) as client:
        assert client.ping()


def test_the_servers_take_nobody_without_the_password(inner_run):
    _, _, where = inner_run
    password = where["database_url"].split(":")[2].split("@")[0]
    with pytest.raises(psycopg.OperationalError, match="password"):
        psycopg.connect(where["database_url"].replace(password, "a-guess"))
    address, _, port = where["redis_url"].rpartition("@")[2].rpartition(":")
    with (
        redis.Redis(host=address, port=int(port), retry=Retry(NoBackoff(), 0)) as client,
        pytest.raises(redis.AuthenticationError),
    ):
        client.ping()


def test_a_run_that_ends_leaves_nothing_behind_and_says_what_it_ran_on(inner_run):
    run, folder, where = inner_run
    (folder / "go-on").touch()
    assert run.process.wait(timeout=30) == 0
    assert nothing_is_left(where)
    assert f"database  {where['database_version']}" in run.output
    assert f"broker    {where['redis_version']}" in run.output


@pytest.mark.parametrize("ending", [signal.SIGKILL, signal.SIGTERM, signal.SIGINT])
def test_a_run_that_is_ended_by_a_signal_leaves_nothing_behind(inner_run, ending):
    run, _, where = inner_run
    run.process.send_signal(ending)
    eventually(lambda: nothing_is_left(where), what=f"all gone after {ending.name}")


def test_an_unknown_database_is_refused(tmp_path):
    (tmp_path / "pytest.ini").write_text(INNER_SETTINGS)
    with started(
        ["env", "-u", "PYTEST_XDIST_WORKER", sys.executable, "-m", "pytest"],
        cwd=tmp_path,
        env={"PYTHONPATH": str(ROOT), "OVERTAKE_TEST_DATABASE": "oracle"},
    ) as run:
        assert run.process.wait(timeout=30) == pytest.ExitCode.USAGE_ERROR
        assert "OVERTAKE_TEST_DATABASE is 'oracle': postgresql or sqlite" in run.output


def test_a_process_that_never_gets_ready_is_reported_with_what_it_said(capsys):
    with (
        pytest.raises(AssertionError, match="the shell ended with 3"),
        started(["sh", "-c", "echo no such thing; exit 3"], ready="ready", name="the shell"),
    ):
        pass
    assert "no such thing" in capsys.readouterr().out


def test_a_process_that_ignores_the_request_to_stop_is_killed():
    deaf = "trap '' TERM; echo deaf; while :; do sleep 0.1; done"
    with started(["sh", "-c", deaf], ready="deaf", stop_timeout=0.3) as run:
        assert run.is_running
    assert run.process.returncode == -signal.SIGKILL


def test_a_condition_that_never_holds_is_named():
    with pytest.raises(AssertionError, match=r"not within 0.1 s: pigs fly"):
        eventually(lambda: False, timeout=0.1, what="pigs fly")
