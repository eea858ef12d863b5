"""JSON read with the place of every value, which the standard library does not keep."""

import json
import re
from json import decoder
from typing import Any, NoReturn

from grader.document import Document, Path, Place
from grader.errors import ConfigError, Problem, shown

SPACE = (" ", "\t", "\n", "\r")
NUMBER = re.compile(r"-?(?:0|[1-9][0-9]*)(?:\.[0-9]+)?(?:[eE][+-]?[0-9]+)?")
WORD = re.compile(r"-?[A-Za-z_][A-Za-z_0-9]*|[^\s,:\[\]{}]{1,20}")
LITERALS = {"true": True, "false": False, "null": None}
NOT_FINITE = {"NaN", "Infinity", "-Infinity"}


def read(text: str) -> Document:
    """Reads one JSON value that fills the text.

    Raises:
        ConfigError: The text is not JSON; names the place of the first fault.
    """
    reader = _Reader(text)
    reader.document.value = reader.value(())
    reader.skip_space()
    if reader.at < len(text):
        reader.fail("nothing may follow the closing bracket")
    return reader.document


class _Reader:
    """A position that moves over the text once, from left to right."""

    def __init__(self, text: str) -> None:
        self.text = text
        self.at = 0
        self.document = Document()

    @property
    def place(self) -> Place:
        line_start = self.text.rfind("\n", 0, self.at)
        return Place(self.text.count("\n", 0, self.at) + 1, self.at - line_start)

    def fail(self, message: str) -> NoReturn:
        raise ConfigError(Problem("", f"not JSON: {message}", *self.place))

    def skip_space(self) -> None:
        while self.text.startswith(SPACE, self.at):
            self.at += 1

    def takes(self, character: str) -> bool:
        """Skips space, then takes ``character`` if it comes next."""
        self.skip_space()
        if self.text.startswith(character, self.at):
            self.at += 1
            return True
        return False

    def value(self, path: Path) -> Any:
        self.skip_space()
        place = self.place
        self.document.enter(path, place)
        if self.takes("{"):
            return self.mapping(path)
        if self.takes("["):
            return self.sequence(path)
        if self.text.startswith('"', self.at):
            return self.string()
        return self.scalar(path, place)

    def scalar(self, path: Path, place: Place) -> Any:
        if found := NUMBER.match(self.text, self.at):
            self.at = found.end()
            return self.document.number(found[0], path, place)
        found = WORD.match(self.text, self.at)
        if not found:
            self.fail("a value is missing here")
        if found[0] in LITERALS:
            self.at = found.end()
            return LITERALS[found[0]]
        if found[0] in NOT_FINITE:
            self.at = found.end()
            self.document.refuse(path, f"must be a finite number, not {found[0]}", place)
            return None
        return self.fail(f"{shown(found[0])} is no value; text stands in double quotes")

    def string(self) -> str:
        try:
            value, self.at = decoder.scanstring(self.text, self.at + 1)  # type: ignore[attr-defined]
        except json.JSONDecodeError as error:
            self.at = error.pos
            self.fail(error.msg[0].lower() + error.msg[1:])
        return str(value)

    def mapping(self, path: Path) -> dict[str, Any]:
        entries: dict[str, Any] = {}
        if self.takes("}"):
            return entries
        while True:
            self.skip_space()
            if not self.text.startswith('"', self.at):
                self.fail("a field's name in double quotes is missing here")
            place = self.place
            inner = (*path, self.string())
            self.document.add_key(inner, place)
            if not self.takes(":"):
                self.fail("a colon is missing after the field's name")
            value = self.value(inner)
            if inner not in self.document.refused:
                entries[str(inner[-1])] = value
            if self.takes("}"):
                return entries
            if not self.takes(","):
                self.fail("a comma or a closing brace is missing here")

    def sequence(self, path: Path) -> list[Any]:
        entries: list[Any] = []
        if self.takes("]"):
            return entries
        while True:
            entries.append(self.value((*path, len(entries))))
            if self.takes("]"):
                return entries
            if not self.takes(","):
                self.fail("a comma or a closing bracket is missing here")
