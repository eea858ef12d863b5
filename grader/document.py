"""What reading a configuration's text leaves: plain values, each with its place."""

from dataclasses import dataclass, field
from typing import Any, NamedTuple

from grader.errors import ConfigError, Problem, field_name, shown

MAX_BYTES = 64 * 1024
"""Largest text looked at [bytes]; a real configuration has less than two thousand."""
MAX_DEPTH = 12
"""Deepest nesting followed [levels]; a real configuration has three."""
MAX_DIGITS = 18
"""Longest whole number read [digits]; every bound is far below."""

Path = tuple[str | int, ...]


class Place(NamedTuple):
    """A position in a text, both counted from 1."""

    line: int
    column: int


@dataclass
class Document:
    """What was read, so far as it could be.

    Attributes:
        value: Mappings, lists and scalars; entries that were refused are left out.
        places: Where each value stands.
        keys: Where the key of each mapping's entry stands.
        problems: What was refused although the text as a whole could be read.
        refused: The paths of those entries, which are not to be called missing too.
    """

    value: Any = None
    places: dict[Path, Place] = field(default_factory=dict)
    keys: dict[Path, Place] = field(default_factory=dict)
    problems: list[Problem] = field(default_factory=list)
    refused: set[Path] = field(default_factory=set)

    def refuse(self, path: Path, message: str, place: Place) -> None:
        """Leaves the entry at ``path`` out, and says why."""
        self.refused.add(path)
        self.problems.append(Problem(field_name(path), message, *place))

    def enter(self, path: Path, place: Place) -> None:
        """Notes the place of a value; refuses to go too deep.

        Raises:
            ConfigError: The nesting is deeper than ``MAX_DEPTH``.
        """
        if len(path) > MAX_DEPTH:
            message = f"nested deeper than {MAX_DEPTH} levels"
            raise ConfigError(Problem("", message, *place))
        self.places[path] = place

    def add_key(self, path: Path, place: Place) -> None:
        """Notes the place of a key; refuses one that the mapping had before."""
        if path in self.keys:
            self.refuse(path, f"given twice; first on line {self.keys[path].line}", place)
        else:
            self.keys[path] = place

    def number(self, text: str, path: Path, place: Place) -> int | float | None:
        """The finite number that ``text`` spells, else None with a problem noted."""
        if text.lstrip("+-").isdigit():
            if len(text.lstrip("+-")) > MAX_DIGITS:
                self.refuse(
                    path, f"a number of more than {MAX_DIGITS} digits: {shown(text)}", place
                )
                return None
            return int(text)
        value = float(text)
        if value - value != 0:  # true of infinities and NaN alone
            self.refuse(path, f"must be a finite number, not {shown(text)}", place)
            return None
        return value


def decode(text: str | bytes) -> str:
    """The characters of an uploaded or pasted text.

    Raises:
        ConfigError: It is larger than ``MAX_BYTES``, not UTF-8, or empty.
    """
    if len(text) > MAX_BYTES:
        message = f"the text is larger than {MAX_BYTES // 1024} kB"
        raise ConfigError(Problem("", message))
    if isinstance(text, bytes):
        try:
            text = text.decode("utf-8")
        except UnicodeDecodeError as error:
            before = error.object[: error.start]
            line, column = before.count(b"\n") + 1, len(before) - before.rfind(b"\n")
            message = f"not UTF-8 text: byte 0x{error.object[error.start]:02x}"
            raise ConfigError(Problem("", message, line, column)) from None
    text = text.removeprefix("\ufeff")
    if not text.strip():
        raise ConfigError(Problem("", "the text is empty", 1, 1))
    return text
