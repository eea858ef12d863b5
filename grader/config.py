"""The way in for configurations: a text becomes a NetworkConfig or the list of all its faults."""

import re
from typing import Any

from pydantic import ValidationError
from pydantic_core import ErrorDetails

from grader import json_text, yaml_text
from grader.document import Document, Path, decode
from grader.errors import ConfigError, Problem, field_name, shown
from grader.fields import closest
from grader.messages import wording
from grader.schema import MAX_PARAMETERS, NUM_ACTIONS, Layer, NetworkConfig, Trainer

__all__ = [
    "MAX_PARAMETERS",
    "NUM_ACTIONS",
    "ConfigError",
    "Layer",
    "NetworkConfig",
    "Problem",
    "Trainer",
    "check",
    "parse",
    "read",
    "validate",
]

MAX_PROBLEMS = 100
"""Most problems named at once [1]; more are only counted."""


def parse(text: str | bytes) -> NetworkConfig:
    """Reads a configuration from JSON or YAML.

    A text whose first character is a brace or bracket is JSON, any other is YAML.

    Args:
        text: As uploaded or pasted; bytes must be UTF-8.

    Raises:
        ConfigError: It cannot be read, or not be used; has every problem with its line.
    """
    return check(read(text))


def read(text: str | bytes) -> Document:
    """Reads plain values with their places, whatever they mean.

    Raises:
        ConfigError: The text is neither JSON nor YAML.
    """
    characters = decode(text)
    reader = json_text if characters.lstrip()[0] in "{[" else yaml_text
    document: Document = reader.read(characters)
    return document


def validate(value: Any) -> NetworkConfig:
    """Checks plain values, say from a database, like those read from a text.

    Raises:
        ConfigError: They make no configuration; the problems have no lines.
    """
    return check(Document(value=value))


def check(document: Document) -> NetworkConfig:
    """Checks plain values whose places are known.

    Raises:
        ConfigError: They make no configuration; the problems have lines.
    """
    if not isinstance(document.value, dict):
        place = document.places.get((), (None, None))
        message = f"a configuration is a mapping of fields to values, not {shown(document.value)}"
        raise ConfigError(Problem("", message, *place))
    config, bad = None, set(document.refused)
    problems = list(document.problems)
    try:
        config = NetworkConfig.model_validate(document.value)
    except ValidationError as error:
        for detail in error.errors(include_url=False):
            path = _path(detail)
            if path and path not in bad:
                bad.add(path)
                problems.append(_problem(document, path, detail, found=len(problems)))
        problems += _contradictions(document, bad)
    if config is None or problems:
        raise ConfigError(*_sorted(problems))
    return config


def _path(detail: ErrorDetails) -> Path:
    return tuple(detail["loc"])


def _contradictions(document: Document, bad: set[Path]) -> list[Problem]:
    """What is wrong between fields that are each right, even where other fields are wrong."""
    names = {field_name(path).split("[")[0] for path in bad}
    good = {
        name: value for name, value in document.value.items() if name in NetworkConfig.model_fields
    }
    for path in bad:
        if len(path) > 1 and path[0] == "trainer" and isinstance(good.get("trainer"), dict):
            good["trainer"] = {k: v for k, v in good["trainer"].items() if k != path[1]}
        else:
            good.pop(str(path[0]), None)
    found = _unchecked(good).contradictions()
    return [
        Problem(fields[0], message, *_place(document, _parsed(fields[0])))
        for fields, message in found
        if names.isdisjoint(fields)
    ]


def _unchecked(good: dict[str, Any]) -> NetworkConfig:
    """A config of valid fields that may contradict each other."""
    values = dict(good)
    if "layers" in values:
        values["layers"] = tuple(Layer.model_validate(layer) for layer in values["layers"])
    if "trainer" in values:
        values["trainer"] = Trainer.model_validate(values["trainer"])
    return NetworkConfig.model_construct(**values)


def _parsed(name: str) -> Path:
    """The path that ``errors.field_name`` spells."""
    return tuple(int(part) if part.isdigit() else part for part in re.findall(r"\w+", name))


def _place(document: Document, path: Path) -> tuple[int | None, int | None]:
    """Where the value at ``path`` stands, or else what it is missing from."""
    while path and path not in document.places:
        path = path[:-1]
    return document.places.get(path, (None, None))


def _problem(document: Document, path: Path, detail: ErrorDetails, *, found: int) -> Problem:
    if detail["type"] != "extra_forbidden":
        return Problem(field_name(path), wording(detail), *_place(document, path))
    # looking for likeness is slow, and nobody reads the hundredth guess
    guess = closest(path) if found < MAX_PROBLEMS else None
    message = "there is no such field" + (f"; did you mean {guess}?" if guess else "")
    return Problem(field_name(path), message, *document.keys.get(path, _place(document, path)))


def _sorted(problems: list[Problem]) -> list[Problem]:
    ordered = sorted(problems, key=lambda problem: (problem.line or 0, problem.column or 0))
    if len(ordered) <= MAX_PROBLEMS:
        return ordered
    rest = Problem("", f"and {len(ordered) - MAX_PROBLEMS:,} problems more")
    return [*ordered[:MAX_PROBLEMS], rest]
