"""Several processes as one: started together, restarted when they die, ended together."""

import os
import signal
import subprocess
import threading
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path

from grader.politeness import give_way
from leaderboard.tether import tethered

PATIENCE = 20.0  # seconds a process may take to end before it is killed


@dataclass
class Member:
    name: str
    command: list[str]
    log: Path
    passed: tuple[int, ...] = ()  # file descriptors that it is given
    gives_way: bool = False  # to all others that want the processor
    process: subprocess.Popen[bytes] | None = None
    started_at: float = field(default=0.0)

    def start(self) -> None:
        with self.log.open("ab") as log:
            self.process = subprocess.Popen(
                tethered(self.command),
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=subprocess.STDOUT,
                pass_fds=self.passed,
                start_new_session=True,  # Ctrl-C is for the supervisor alone; it ends them in order
            )
        if self.gives_way:
            give_way(self.process.pid)
        self.started_at = time.monotonic()

    @property
    def is_running(self) -> bool:
        return self.process is not None and self.process.poll() is None

    def stop(self) -> None:
        if self.process is None:
            return
        self.process.terminate()
        try:
            self.process.wait(PATIENCE)
        except subprocess.TimeoutExpired:
            os.killpg(self.process.pid, signal.SIGKILL)
            self.process.wait()


class Supervisor:
    """Runs its members until told to stop; what was started first is ended last."""

    def __init__(self, *, logs: Path, say: Callable[[str], None]) -> None:
        self._logs = logs
        self._say = say
        self._members: list[Member] = []
        self.stopping = threading.Event()
        logs.mkdir(parents=True, exist_ok=True)
        for number in (signal.SIGTERM, signal.SIGINT, signal.SIGHUP):
            signal.signal(number, lambda *_: self.stopping.set())

    def start(
        self,
        name: str,
        command: list[str],
        *,
        ready: Callable[[], bool],
        passed: tuple[int, ...] = (),
        gives_way: bool = False,
    ) -> None:
        """Start a member and wait until it is ready. Those of one name share a log.

        Raises:
            RuntimeError: it died before that; with the end of its log.
        """
        member = Member(name, command, self._logs / f"{name}.log", passed, gives_way)
        self._members.append(member)
        member.start()
        while not ready() and not self.stopping.is_set():
            if not member.is_running:
                tail = member.log.read_text(errors="replace").strip().splitlines()[-5:]
                raise RuntimeError(f"the {name} did not start ({member.log}):\n" + "\n".join(tail))
            self.stopping.wait(0.05)

    def watch(self) -> None:
        """Until told to stop: start again whoever dies, at most once a second."""
        while not self.stopping.wait(1.0):
            for member in self._members:
                if not member.is_running:
                    self._say(f"the {member.name} ended; starting it again (see {member.log})")
                    member.start()

    def stop(self) -> None:
        for member in reversed(self._members):
            member.stop()
