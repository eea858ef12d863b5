"""The plain part of YAML: mappings, lists and scalars by the core schema of YAML 1.2, with places.

Anchors, aliases and tags are refused: they are how a small text becomes a large or a dangerous one.
"""

import re
from collections.abc import Iterator
from typing import Any

import yaml

from grader.document import Document, Path, Place
from grader.errors import ConfigError, Problem, shown

NUMBER = re.compile(r"[-+]?(?:\.[0-9]+|[0-9]+(?:\.[0-9]*)?)(?:[eE][-+]?[0-9]+)?")
NOT_FINITE = re.compile(r"[-+]?\.inf|\.nan", re.IGNORECASE)
WORDS = {"": None, "~": None, "null": None, "true": True, "false": False}


def read(text: str) -> Document:
    """Reads the one YAML document of a text.

    PyYAML's events are read rather than its values: they have places, never build an object,
    and leave the meaning of a scalar (1e-3, no, 010) to us.

    Raises:
        ConfigError: The text is not YAML or uses more of it than a configuration needs.
    """
    document = Document()
    try:
        events = yaml.parse(text, Loader=yaml.SafeLoader)
        document.value = _whole(document, events)
    except ConfigError:
        raise  # it is a ValueError too
    except yaml.MarkedYAMLError as error:
        mark = error.problem_mark or error.context_mark
        place = (mark.line + 1, mark.column + 1) if mark else (None, None)
        message = error.problem or error.context or "cannot be read"
        raise ConfigError(Problem("", f"not YAML: {message}", *place)) from None
    except yaml.reader.ReaderError as error:
        before = text[: error.position]
        place = (before.count("\n") + 1, len(before) - before.rfind("\n"))
        message = f"not YAML: the character {shown(text[error.position])} is not allowed"
        raise ConfigError(Problem("", message, *place)) from None
    except (yaml.YAMLError, ValueError, OverflowError):
        # PyYAML lets some faults of escapes and directives through as they are
        raise ConfigError(Problem("", "not YAML: an escape or directive is malformed")) from None
    return document


def _whole(document: Document, events: Iterator[yaml.Event]) -> Any:
    next(events)
    if not isinstance(next(events), yaml.DocumentStartEvent):
        raise ConfigError(Problem("", "there is no value in the text", 1, 1))
    value = _value(document, events, next(events), ())
    next(events)
    event = next(events)
    if not isinstance(event, yaml.StreamEndEvent):
        raise ConfigError(Problem("", "more than one YAML document", *_place(event)))
    return value


def _place(event: yaml.Event) -> Place:
    assert event.start_mark  # only events made by hand have none
    return Place(event.start_mark.line + 1, event.start_mark.column + 1)


def _value(document: Document, events: Iterator[yaml.Event], event: yaml.Event, path: Path) -> Any:
    place = _place(event)
    document.enter(path, place)
    if getattr(event, "anchor", None):
        raise ConfigError(Problem("", "YAML anchors and aliases are not allowed", *place))
    if getattr(event, "tag", None):
        raise ConfigError(Problem("", "YAML tags are not allowed", *place))
    if isinstance(event, yaml.ScalarEvent):
        return _scalar(document, event, path)
    if isinstance(event, yaml.SequenceStartEvent):
        entries: list[Any] = []
        while not isinstance(event := next(events), yaml.SequenceEndEvent):
            entries.append(_value(document, events, event, (*path, len(entries))))
        return entries
    return _mapping(document, events, path)


def _mapping(document: Document, events: Iterator[yaml.Event], path: Path) -> dict[str, Any]:
    entries: dict[str, Any] = {}
    while not isinstance(event := next(events), yaml.MappingEndEvent):
        place = _place(event)
        if getattr(event, "anchor", None):
            raise ConfigError(Problem("", "YAML anchors and aliases are not allowed", *place))
        if not isinstance(event, yaml.ScalarEvent):
            raise ConfigError(Problem("", "a field's name must be plain text", *place))
        inner = (*path, event.value)
        document.add_key(inner, place)
        value = _value(document, events, next(events), inner)
        if inner not in document.refused:
            entries[event.value] = value
    return entries


def _scalar(document: Document, event: yaml.ScalarEvent, path: Path) -> Any:
    text: str = event.value
    if event.style:
        return text  # quoted: always text
    if text in WORDS or text.lower() in WORDS:
        return WORDS[text.lower()]
    if NUMBER.fullmatch(text):
        return document.number(text, path, _place(event))
    if NOT_FINITE.fullmatch(text):
        document.refuse(path, f"must be a finite number, not {text}", _place(event))
        return None
    return text
