"""How much load there is, and what the processes of a measurement tell each other."""

import json
from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import Any, Final, NamedTuple, Self

PARTICIPANTS: Final = 200
EACH: Final = 5
"""Submissions of a participant, which is also the quota: one more would be refused [1]."""
SECONDS: Final = 60.0
"""Within which all of them are handed in [s]."""
PACE: Final = SECONDS / EACH
"""From one submission of a participant to the next [s]; the first ones are spread over it."""
OLD_PARTICIPANTS: Final = 2_000
OLD_SUBMISSIONS: Final = 10_000
"""On the board before; the participants who hand in now are among theirs."""
READERS: Final = 20
READING_PACE: Final = 2.0
"""From one page of a reader to the next [s]: ten a second for all of them."""
READING_SECONDS: Final = 60.0
SLUG: Final = "load"
ITERATIONS: Final = 10_000
"""Of each of the two trainings: with the start of its process a second of a core [1]."""


class Participant(NamedTuple):
    """Somebody who is logged in: the key of the session."""

    number: int
    session: str


class Planted(NamedTuple):
    """What is in the database at the beginning.

    Attributes:
        participants: Those who hand in.
        graded: Some submissions that are on the board.
    """

    participants: Sequence[Participant]
    graded: Sequence[int]

    def to_json(self) -> str:
        """Returns it as a line of text."""
        return json.dumps(self._asdict())

    @classmethod
    def of(cls, text: str) -> Self:
        """Reads what `to_json` wrote."""
        values = json.loads(text)
        return cls([Participant(*it) for it in values["participants"]], values["graded"])


class Request(NamedTuple):
    """One answered request: its kind, the milliseconds to the answer, and what was wrong."""

    name: str
    milliseconds: float
    fault: str


def write(requests: Iterable[Request], path: Path) -> None:
    """Keeps every single time: what is asked of them is decided elsewhere."""
    path.write_text(json.dumps(list(requests)))


def read(path: Path) -> list[Request]:
    """Returns what `write` kept."""
    rows: list[Any] = json.loads(path.read_text())
    return [Request(*row) for row in rows]
