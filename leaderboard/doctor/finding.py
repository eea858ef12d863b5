"""What one check of the doctor found: how it is, what is wrong, what to do."""

from enum import StrEnum
from typing import NamedTuple


class State(StrEnum):
    OK = "ok"
    WARNING = "warning"
    WRONG = "wrong"
    UNKNOWN = "unknown"


class Finding(NamedTuple):
    """One line.

    Attributes:
        state: How it is. Unknown is what could not be looked at, since something else is wrong.
        words: What is so, or what is wrong.
        remedy: What to do about it; empty where nothing is to be done.
    """

    state: State
    words: str
    remedy: str = ""


def ok(words: str) -> Finding:
    return Finding(State.OK, words)


def warning(words: str, remedy: str) -> Finding:
    return Finding(State.WARNING, words, remedy)


def wrong(words: str, remedy: str) -> Finding:
    return Finding(State.WRONG, words, remedy)


def unknown(words: str) -> Finding:
    return Finding(State.UNKNOWN, words)
