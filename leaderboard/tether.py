"""`python tether.py PARENT COMMAND ...`: become the command, and end when the parent ends.

Linux sends the signal itself (PR_SET_PDEATHSIG), and keeps the wish across exec. It is KILL,
because a parent that could still ask politely would have done so. Elsewhere the command runs
untethered; then only a kill -9 of the parent leaves it behind.

Run as a file, not as a module: importing the site first would take longer than a parent may live.
"""

import ctypes
import os
import signal
import sys

_PR_SET_PDEATHSIG = 1


def tethered(command: list[str]) -> list[str]:
    """The command, tied to the process that calls this."""
    return [sys.executable, __file__, str(os.getpid()), *command]


def main(parent: int, command: list[str]) -> None:
    if sys.platform == "linux":
        ctypes.CDLL(None, use_errno=True).prctl(_PR_SET_PDEATHSIG, signal.SIGKILL)
        if os.getppid() != parent:  # it ended before the wish was registered
            sys.exit(1)
    os.execvp(command[0], command)  # noqa: S606


if __name__ == "__main__":
    main(int(sys.argv[1]), sys.argv[2:])
