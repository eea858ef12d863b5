"""The embedded site: everything under `manage.py serve`, and nothing left behind."""

import os
import re
import signal
import socket
import subprocess
from contextlib import closing
from pathlib import Path

import pytest

from tests.end_to_end.conftest import SERVE, free_port
from tests.end_to_end.test_main_job import finished
from tests.end_to_end.visitor import PASSWORD, Visitor
from tests.processes import PATIENCE, ROOT, eventually, started
from tests.servers import temporary_folder

READY = "Ctrl-C stops everything"


@pytest.fixture
def env(monkeypatch):
    """The environment of somebody who has just cloned the project."""
    for name in ("DATABASE_URL", "CELERY_BROKER_URL", "CACHE_URL", "SECRET_KEY"):
        monkeypatch.delenv(name, raising=False)
    # a short path, so that the broker's socket lies in it
    with temporary_folder() as folder:
        yield {"OVERTAKE_DATA": str(folder / "data")}


def processes_of(env) -> dict[int, str]:
    """Everything that runs on this data folder."""
    mark = f"OVERTAKE_DATA={env['OVERTAKE_DATA']}".encode()
    socket_name = f"{env['OVERTAKE_DATA']}/broker.sock"
    found = {}
    for entry in Path("/proc").iterdir():
        if not entry.name.isdigit():
            continue
        try:
            command = (entry / "cmdline").read_bytes().replace(b"\0", b" ").decode().strip()
            environment = (entry / "environ").read_bytes().split(b"\0")
            # redis-server writes its title, with the socket, over its environment
            if command and (mark in environment or socket_name in command):
                found[int(entry.name)] = command
        except (FileNotFoundError, ProcessLookupError, PermissionError):
            continue
    return found


def refused(env, *options, cwd=ROOT) -> str:
    done = subprocess.run(
        [*SERVE, *map(str, options)],
        env={**os.environ, **env},
        cwd=cwd,
        capture_output=True,
        text=True,
        check=False,
        timeout=PATIENCE,
    )
    assert done.returncode == 1
    assert "Traceback" not in done.stderr
    return done.stderr.strip()


def test_a_fresh_site_shows_a_graded_demo_stops_on_ctrl_c_and_keeps_its_data(env):
    port = free_port()
    with started([*SERVE, "--port", str(port)], env=env, ready=READY) as site:
        password = re.search(r"admin login: admin   password: (\S+)", site.output)[1]
        with closing(Visitor(f"http://127.0.0.1:{port}")) as visitor:
            admin_must_choose_a_password(visitor, password)
            now = finished(visitor, "/submissions/1/")
            assert now["status"] == "succeeded"
            board = visitor.board("demo")
            assert [row[:2] for row in board] == [("1", "Demo driver")]
            assert 65 < board[0][2] < 68
            for driver in ("No action", "Gap seeker"):  # graded beside it, and maybe after it
                eventually(
                    lambda driver=driver: driver in visitor.get("/c/demo/").text,
                    what=f"{driver} is on the board",
                )
        assert {"broker", "dispatcher", "worker", "web"} == {
            log.stem for log in Path(env["OVERTAKE_DATA"], "log").iterdir()
        }
        running = " ".join(processes_of(env).values())
        for part in ("broker.sock", "manage.py dispatch", "celery", "uvicorn"):
            assert part in running
        site.process.send_signal(signal.SIGINT)
        assert site.process.wait(PATIENCE) == 0
        assert processes_of(env) == {}

    with started([*SERVE, "--port", str(port)], env=env, ready=READY) as site:
        assert "password" not in site.output
        with closing(Visitor(f"http://127.0.0.1:{port}")) as visitor:
            assert visitor.board("demo") == board


def admin_must_choose_a_password(visitor, printed):
    visitor.log_in("admin", printed)
    page = visitor.get("/admin/")
    assert "Choose a password of your own first" in page.text
    visitor.send_form(
        "/accounts/password/change/",
        {"oldpassword": printed, "password1": PASSWORD, "password2": PASSWORD},
    )
    assert "Competitions and gradings" in visitor.get("/admin/").text


def test_who_dies_is_started_again_and_kill_9_of_all_leaves_nothing_behind(env):
    with started(
        [*SERVE, "--port", str(free_port()), "--no-demo"],
        env=env,
        ready=READY,
    ) as site:
        worker = next(pid for pid, command in processes_of(env).items() if "celery" in command)
        assert os.getpriority(os.PRIO_PROCESS, worker) > os.getpriority(os.PRIO_PROCESS, site.pid)
        os.kill(worker, signal.SIGKILL)
        site.wait_until("the worker ended; starting it again")
        eventually(
            lambda: [pid for pid, command in processes_of(env).items() if "celery" in command],
            what="a new worker",
        )
        site.kill()
        eventually(lambda: not processes_of(env), what="nothing is left behind")


def test_pages_are_answered_while_a_web_process_dies_and_it_comes_back(env):
    port = free_port()

    def webs() -> set[int]:
        return {pid for pid, command in processes_of(env).items() if "uvicorn" in command}

    with (
        started([*SERVE, "--port", str(port), "--no-demo"], env=env, ready=READY) as site,
        closing(Visitor(f"http://127.0.0.1:{port}")) as visitor,
    ):
        before = webs()
        assert len(before) == 2
        assert visitor.get("/metrics").status_code == 200, "it is known where a visitor comes from"
        for pid in before:
            os.kill(pid, signal.SIGKILL)
        with closing(Visitor(f"http://127.0.0.1:{port}")) as another:
            assert another.get("/healthz").status_code == 200, "who comes meanwhile waits"
        eventually(lambda: len(webs() - before) == 2, what="two new web processes")
        assert site.is_running


def test_a_busy_port_is_one_clear_line(env):
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        port = taken.getsockname()[1]
        line = refused(env, "--port", port)
    assert f"Cannot listen on 127.0.0.1:{port}" in line
    assert f"--port {port + 1}" in line
    assert "\n" not in line


def test_a_port_that_is_none_is_one_clear_line(env):
    assert "Cannot listen on 127.0.0.1:70000" in refused(env, "--port", 70_000)


def test_a_second_site_on_the_same_data_is_one_clear_line(env):
    with started(
        [*SERVE, "--port", str(free_port()), "--no-demo"],
        env=env,
        ready=READY,
    ):
        line = refused(env, "--port", free_port())
    assert "already running on the data in" in line
    assert "\n" not in line


def test_a_data_folder_that_cannot_be_made_is_one_clear_line(env, tmp_path):
    (tmp_path / "file").write_text("not a folder")
    env["OVERTAKE_DATA"] = str(tmp_path / "file" / "data")
    line = refused(env)
    assert "Cannot make the data folder" in line
    assert "Set OVERTAKE_DATA" in line
    assert "\n" not in line
