"""Giving way: what computes takes the processor time that the site and the database leave."""

import contextlib
import os
from pathlib import Path
from typing import Final

NICENESS: Final = 10
"""How much nicer than whoever starts it a process gets that gives way [1]."""
NICEST: Final = 19


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
        # without this file the niceness alone counts
        with contextlib.suppress(OSError):
            Path(f"/proc/{number}/autogroup").write_text(str(nicer))
