"""What all commands do alike at a terminal: read, write, refuse in one line, end on Ctrl-C."""

import argparse
import json
import os
import signal
import sys
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any, NoReturn

from grader.bar import CLEAR_LINE
from grader.errors import ConfigError, Problem

UNUSABLE, INTERRUPTED = 2, 130
"""Exit codes."""


class Parser(argparse.ArgumentParser):
    """Says what is wrong in one line."""

    def error(self, message: str) -> NoReturn:
        """Ends the program."""
        self.exit(UNUSABLE, f"{self.prog}: {message}\n")


def read(source: str, limit: int) -> bytes:
    """A file's bytes, or those of standard input for ``-``; no more than one above the limit.

    Raises:
        ConfigError: It cannot be read.
    """
    try:
        if source == "-":
            return sys.stdin.buffer.read(limit + 1)
        with Path(source).open("rb") as file:
            return file.read(limit + 1)
    except (OSError, ValueError) as error:
        raise ConfigError(Problem("", reason(error))) from None


def reason(error: Exception) -> str:
    """Why a file cannot be read or written, as the system says it."""
    words = getattr(error, "strerror", None) or str(error)
    return words[0].lower() + words[1:]


def refuse(problems: tuple[Problem, ...], source: str, *, as_json: bool) -> int:
    """Says what is wrong, a line for each; returns the exit code."""
    for problem in problems:
        print(problem.located(source), file=sys.stderr)
    if as_json:
        print_json({"problems": [problem._asdict() for problem in problems]})
    return UNUSABLE


def say_notes(notes: Sequence[Problem], source: str) -> None:
    """Says what of a file of the original has another meaning here, apart from the result."""
    for note in notes:
        print(note._replace(message=f"note: {note.message}").located(source), file=sys.stderr)


def print_json(values: dict[str, Any]) -> None:
    """One JSON object on one line."""
    print(json.dumps(values, allow_nan=False))


def guarded(command: Callable[[], int]) -> int:
    """Runs a command to its exit code, ended at once by Ctrl-C and quietly by a closed pipe."""
    signal.signal(signal.SIGINT, _end_at_once)
    try:
        code = command()
        sys.stdout.flush()
    except BrokenPipeError:
        # the reader left; nobody is there to be told, not even by the flush at exit
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return 1
    return code


def _end_at_once(*_: object) -> NoReturn:
    """On Ctrl-C: an exception could be lost in a library's callback. There is nothing to save."""
    if sys.stderr.isatty():
        os.write(sys.stderr.fileno(), CLEAR_LINE.encode())
    os._exit(INTERRUPTED)
