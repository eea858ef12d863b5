"""A broker that is away keeps nobody waiting: the dispatcher sends the hints later."""

import json
import os
import socket
import subprocess
import sys
import threading
from collections.abc import Iterator
from contextlib import contextmanager, suppress

from leaderboard.broker import SILENCE, Silence
from tests.processes import ROOT

SEND_TWICE = """
import django, json
django.setup()
from leaderboard.broker import silence
from leaderboard.tasks import send
kept = []
for _ in range(2):
    send(1, "interactive")
    kept.append(silence.is_kept)
print(json.dumps(kept))
"""


@contextmanager
def hanging_up() -> Iterator[tuple[int, list[object]]]:
    """Somebody who takes every call and hangs up at once: (port, the calls so far)."""
    calls: list[object] = []
    with socket.create_server(("127.0.0.1", 0)) as server:

        def answer() -> None:
            with suppress(OSError):
                while True:
                    connection, caller = server.accept()
                    calls.append(caller)
                    connection.close()

        thread = threading.Thread(target=answer)
        thread.start()
        try:
            yield server.getsockname()[1], calls
        finally:
            server.shutdown(socket.SHUT_RDWR)
            thread.join()


def test_a_broker_that_is_away_is_asked_once_and_then_left_in_peace():
    with hanging_up() as (port, calls):
        done = subprocess.run(
            [sys.executable, "-c", SEND_TWICE],
            cwd=ROOT,
            env={
                **os.environ,
                "DJANGO_SETTINGS_MODULE": "leaderboard.settings",
                "CELERY_BROKER_URL": f"redis://127.0.0.1:{port}/0",
            },
            capture_output=True,
            check=True,
            text=True,
        )
    assert json.loads(done.stdout.splitlines()[-1]) == [True, True]
    assert len(calls) == 1
    assert done.stderr.count("waits for the dispatcher") == 1


def test_a_silence_ends_by_itself():
    now = 1_000.0
    silence = Silence(clock=lambda: now)
    assert not silence.is_kept
    silence.begin()
    assert silence.is_kept
    now += SILENCE
    assert not silence.is_kept
