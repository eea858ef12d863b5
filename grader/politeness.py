"""Giving way: what computes takes the processor time that the site and the database leave."""

import contextlib
import os
import time
from pathlib import Path
from typing import Final

AT_ONCE: Final = "--at-once"
"""Said to a process that somebody waits for: it gives way to nobody."""
NICENESS: Final = 10
"""How much nicer than whoever starts it a process gets that gives way [1]."""
NICEST: Final = 19
TURNS: Final = 30
"""How often a process waits its turn with the kernel, `TURN` seconds each."""
TURN: Final = 0.1


def give_way(process: int | None = None) -> None:
    """Makes a process nicer, this one or one that it has started.

    Linux shares processor time out among sessions before it looks at the processes in them, where
    /proc has `autogroup`: alone in its session, a process would be as important as the whole site,
    however nice it is. So a session of its own gives way as well; those of others are theirs.
    """
    number = process or os.getpid()
    nicer = min(NICEST, os.getpriority(os.PRIO_PROCESS, number) + NICENESS)
    os.setpriority(os.PRIO_PROCESS, number, nicer)
    if os.getsid(number) == number:
        _give_way_as_a_session(Path(f"/proc/{number}/autogroup"), nicer)


def _give_way_as_a_session(group: Path, nicer: int) -> None:
    # where this file is missing or read only the niceness alone counts
    with contextlib.suppress(OSError):
        for _ in range(TURNS):
            # without CAP_SYS_ADMIN the kernel takes one wish in 100 ms, of all processes together
            try:
                group.write_text(str(nicer))
            except BlockingIOError:
                time.sleep(TURN)
            else:
                break
