"""Single values of a text, changed where they stand: its comments and layout stay as they are."""

import re
from collections.abc import Iterator, Mapping
from typing import NamedTuple

from grader import config as configuration
from grader.document import Document, Path, Place

_TOKEN = re.compile(r"\"(?:[^\"\\\n]|\\.)*\"|'[^'\n]*'|[^,\]}\s#]+")
_WORD = re.compile(r"[A-Za-z_]+")


class _Edit(NamedTuple):
    start: int
    end: int
    text: str


def edited(text: str, changes: Mapping[str, str]) -> Iterator[str]:
    """Texts that may say the same but for these changes, each a field and its value as JSON.

    Nobody here understands layouts: whoever asks has to read what comes back.

    Raises:
        ConfigError: The text cannot be read.
    """
    document = configuration.read(text)
    starts = [0, *(found.end() for found in re.finditer("\n", text))]
    for block in (True, False):
        edits: list[_Edit] = []
        for name, token in changes.items():
            path = _path(name)
            if path in document.places:
                edit = _replaced(text, _offset(starts, document.places[path]), token)
            else:
                edit = _inserted(document, starts, path, token, block=block)
            if edit is None:
                return
            edits.append(edit)
        yield _applied(text, edits)


def _path(name: str) -> Path:
    return tuple(int(part) if part.isdigit() else part for part in re.findall(r"\w+", name))


def _offset(starts: list[int], place: Place) -> int:
    return starts[place.line - 1] + place.column - 1


def _replaced(text: str, start: int, token: str) -> _Edit | None:
    found = _TOKEN.match(text, start)
    if not found:
        return None
    word = token.strip('"')
    bare = found[0][0] not in "\"'" and _WORD.fullmatch(found[0]) and _WORD.fullmatch(word)
    return _Edit(start, found.end(), word if bare else token)


def _inserted(
    document: Document, starts: list[int], path: Path, token: str, *, block: bool
) -> _Edit | None:
    """Before the first field of its mapping: on a line of its own, or on the same."""
    places = [at for key, at in document.keys.items() if key[:-1] == path[:-1]]
    if not places:
        return None
    first = min(places)
    start = _offset(starts, first)
    after = "\n" + " " * (first.column - 1) if block else ", "
    if block and document.value and not _is_json(document):
        return _Edit(start, start, f"{path[-1]}: {token}{after}")
    return _Edit(start, start, f'"{path[-1]}": {token},{after.removeprefix(",")}')


def _is_json(document: Document) -> bool:
    """Whether the text begins with a brace: the value's place is then before its first key."""
    return document.places[()] != min(document.keys.values(), default=Place(0, 0))


def _applied(text: str, edits: list[_Edit]) -> str:
    for edit in sorted(edits, reverse=True):
        text = text[: edit.start] + edit.text + text[edit.end :]
    return text
