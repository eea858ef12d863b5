"""What the commands of this room have in common: exit codes, refusals, one JSON object."""

import argparse
import json
import sys
from typing import Any, NoReturn

from grader.entry import Entry
from grader.errors import Problem

GRADED, UNUSABLE, INTERRUPTED = 0, 2, 130
"""Exit codes."""


class Parser(argparse.ArgumentParser):
    """Says what is wrong in one line."""

    def error(self, message: str) -> NoReturn:
        """Ends the program."""
        self.exit(UNUSABLE, f"{self.prog}: {message}\n")


def refuse(problems: tuple[Problem, ...], source: str, *, as_json: bool) -> int:
    """Says what is wrong, each problem on a line; returns the exit code."""
    for problem in problems:
        print(problem.located(source), file=sys.stderr)
    if as_json:
        print_json({"problems": [problem._asdict() for problem in problems]})
    return UNUSABLE


def say_notes(entry: Entry, source: str) -> None:
    """Says what of a file of the original has another meaning here, apart from the result."""
    for note in entry.notes:
        print(note._replace(message=f"note: {note.message}").located(source), file=sys.stderr)


def print_json(values: dict[str, Any]) -> None:
    """Prints one object on one line."""
    print(json.dumps(values, allow_nan=False))
