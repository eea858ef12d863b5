"""The computing process, seen from the worker that starts, watches and ends it."""

import contextlib
import json
import logging
import os
import queue
import signal
import subprocess
import sys
import tempfile
import threading
from pathlib import Path
from types import TracebackType
from typing import Any, Self

from django.conf import settings

from grader.politeness import AT_ONCE

logger = logging.getLogger(__name__)

# Nothing of the site's environment goes along: no database, no broker, no secret key
_PASSED_ON = (
    *("PATH", "HOME", "LANG", "TMPDIR"),
    *("XDG_CACHE_HOME", "NUMBA_CACHE_DIR", "NUMBA_CPU_NAME"),
)
_LONGEST_LINE = 64 * 1024 * 1024  # bytes; a result of 10,000 runs is far smaller


def passed_on() -> dict[str, str]:
    """The environment of a process that computes."""
    return {name: os.environ[name] for name in _PASSED_ON if name in os.environ}


def asked(module: str, *, timeout: float) -> subprocess.CompletedProcess[str]:
    """What a module of the grader says when it is run: what trains must not be loaded here.

    Raises:
        OSError, subprocess.SubprocessError: it could not be run, or not to its end.
    """
    return subprocess.run(
        [sys.executable, "-m", module],
        cwd=settings.BASE_DIR,
        env=passed_on(),
        capture_output=True,
        text=True,
        check=False,
        timeout=timeout,
    )


class Computing:
    """`python -m grader.child` in a process group of its own: a job in, messages out.

    `at_once`: somebody waits for it, so that it gives way to nobody.
    """

    def __init__(self, job: dict[str, Any], *, at_once: bool = False) -> None:
        self._job = job
        self._arguments = [AT_ONCE] if at_once else []
        self._messages: queue.SimpleQueue[dict[str, Any] | None] = queue.SimpleQueue()

    def __enter__(self) -> Self:
        with contextlib.ExitStack() as if_it_cannot_start:
            self._log = if_it_cannot_start.enter_context(tempfile.TemporaryFile())
            self._process = subprocess.Popen(
                [sys.executable, "-m", "grader.child", *self._arguments],
                stdin=subprocess.PIPE,
                stdout=subprocess.PIPE,
                stderr=self._log,
                cwd=settings.BASE_DIR,
                env=passed_on(),
                start_new_session=True,
            )
            if_it_cannot_start.pop_all()  # __exit__ closes it
        assert self._process.stdin is not None
        # The pipe stays open for as long as the worker lives: its end tells the process to end
        with contextlib.suppress(BrokenPipeError):
            self._process.stdin.write(json.dumps(self._job).encode() + b"\n")
            self._process.stdin.flush()
        threading.Thread(target=self._read, daemon=True).start()
        return self

    @property
    def pid(self) -> int:
        return self._process.pid

    def receive(self, *, timeout: float) -> dict[str, Any] | None:
        """The next message, or None when none came in time.

        Raises:
            EOFError: the process has ended and everything it said was received.
        """
        try:
            message = self._messages.get(timeout=max(0.0, timeout))
        except queue.Empty:
            return None
        if message is None:
            self._messages.put(None)
            raise EOFError
        return message

    def memory_mb(self) -> float:
        """Resident memory of the process [MB]; 0 where the system does not tell."""
        try:
            pages = int(Path(f"/proc/{self.pid}/statm").read_text().split()[1])
        except (OSError, IndexError):
            return 0.0
        return pages * os.sysconf("SC_PAGE_SIZE") / 1e6

    def log_tail(self) -> str:
        size = self._log.seek(0, os.SEEK_END)
        self._log.seek(max(0, size - 4000))
        return self._log.read().decode(errors="replace").replace("\x00", "")

    def wait(self) -> int:
        return self._process.wait()

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        with contextlib.suppress(ProcessLookupError):
            os.killpg(self._process.pid, signal.SIGKILL)
        self._process.wait()
        assert self._process.stdin is not None
        with contextlib.suppress(BrokenPipeError):
            self._process.stdin.close()
        self._log.close()

    def _read(self) -> None:
        assert self._process.stdout is not None
        with self._process.stdout as pipe:
            for line in iter(lambda: pipe.readline(_LONGEST_LINE), b""):
                try:
                    message = json.loads(line)
                except ValueError:
                    message = {}
                if isinstance(message, dict):
                    self._messages.put(message)
        self._messages.put(None)
