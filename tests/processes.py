"""Real processes for tests: start one, wait until it is ready, and be sure that it is gone."""

import os
import re
import shutil
import signal
import subprocess
import tempfile
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import TypeVar

T = TypeVar("T")

ROOT = Path(__file__).resolve().parent.parent
POLL_SECONDS = 0.05
TAIL_LINES = 60
PATIENCE = 600.0
"""How long a wait may take that promises nothing [s]: enough for a slow machine with other work.
A test names a time of its own only where that time is the promise."""


def eventually(condition: Callable[[], T], *, timeout: float = PATIENCE, what: str) -> T:
    """Ask again and again until the condition holds, and give back what it answered."""
    deadline = time.monotonic() + timeout
    while not (answer := condition()):
        if time.monotonic() > deadline:
            raise AssertionError(f"not within {timeout} s: {what}")
        time.sleep(POLL_SECONDS)
    return answer


class Started:
    """A running process in a group of its own, with everything it has said so far."""

    def __init__(self, process: subprocess.Popen[bytes], log: Path, name: str) -> None:
        self.process = process
        self.log = log
        self.name = name

    @property
    def pid(self) -> int:
        return self.process.pid

    @property
    def output(self) -> str:
        return self.log.read_text(errors="replace")

    @property
    def is_running(self) -> bool:
        return self.process.poll() is None

    def wait_until(self, ready: Callable[[], object] | str, *, timeout: float = PATIENCE) -> None:
        """Wait for a condition, or for a line of output that the pattern matches."""

        def holds() -> object:
            if isinstance(ready, str):
                if re.search(ready, self.output):
                    return True
            elif ready():
                return True
            if not self.is_running:
                raise AssertionError(f"{self.name} ended with {self.process.returncode}")
            return False

        eventually(holds, timeout=timeout, what=f"{self.name} is ready")

    def kill(self) -> None:
        """Kill -9, as the machine's out-of-memory killer would: the process alone, at once."""
        self.process.kill()
        self.process.wait()

    def stop(self, *, timeout: float = 20) -> int:
        """Ask it to end as a supervisor does, insist after the deadline, and sweep its group."""
        self.process.terminate()
        try:
            self.process.wait(timeout)
        except subprocess.TimeoutExpired:
            self.process.kill()
        with suppress(ProcessLookupError):
            os.killpg(self.pid, signal.SIGKILL)
        return self.process.wait()

    def print_tail(self) -> None:
        lines = self.output.splitlines()[-TAIL_LINES:]
        print(f"--- {self.name} (pid {self.pid}) said last:", *lines, sep="\n")


@contextmanager
def started(
    command: Sequence[str | Path],
    *,
    env: Mapping[str, str | None] | None = None,
    ready: Callable[[], object] | str | None = None,
    timeout: float = PATIENCE,
    stop_timeout: float = 20,
    name: str = "",
    cwd: Path = ROOT,
) -> Iterator[Started]:
    """Run a command for as long as the block lasts; print what it said if the block fails.

    Args:
        command: The program and its arguments.
        env: What to add to or change in this process's environment; None leaves a name out.
        ready: A condition, or a pattern for its output, to wait for before the block.
        timeout: How long it may take to get ready [s].
        stop_timeout: How long it may take to end after SIGTERM, before SIGKILL [s].
        name: What to call it in messages.
        cwd: The folder it runs in.
    """
    words = [str(word) for word in command]
    settings = {**os.environ, "PYTHONUNBUFFERED": "1", **(env or {})}
    with tempfile.TemporaryDirectory(prefix="overtake-") as folder:
        log = Path(folder, "output")
        with log.open("wb") as output:
            process = subprocess.Popen(
                [*dies_with_its_parent(), *words],
                cwd=cwd,
                env={name: value for name, value in settings.items() if value is not None},
                stdin=subprocess.DEVNULL,
                stdout=output,
                stderr=subprocess.STDOUT,
                start_new_session=True,
            )
        running = Started(process, log, name or " ".join(words))
        try:
            if ready is not None:
                running.wait_until(ready, timeout=timeout)
            yield running
        except BaseException:
            running.print_tail()
            raise
        finally:
            running.stop(timeout=stop_timeout)


def dies_with_its_parent() -> list[str]:
    """Let Linux end the process when pytest is killed and no teardown can run."""
    setpriv = shutil.which("setpriv")
    return [setpriv, "--pdeathsig", "TERM", "--"] if setpriv else []
