"""The JSON behind a submission's code, read in bounds; also as formatters leave it."""

import json
import re
from typing import Any

import numpy as np

from grader.errors import ConfigError, Problem

MAX_PARTS = 50_000
"""Most objects and arrays looked at [1]; the largest network has about 16,000."""
MAX_FORMATTED = 2_000_000
"""Longest weights that are looked at once more if they are no JSON [characters]."""
FORMATTED = (
    (re.compile(r"'([^'\"\\\n]*+)'"), r'"\1"'),
    (re.compile(r"([{,]\s*+)([A-Za-z_]\w*+|\d++)(?=\s*+:)"), r'\1"\2"'),
    (re.compile(r",(?=\s*+[}\]])"), ""),
    (re.compile(r"(?<![\w.])\.(?=\d)"), "0."),
)
"""What formatters make of JSON, and JSON again: quotes left out, commas and zeros."""


def read_json(text: str, start: int) -> tuple[Any, int]:
    """Reads one value; objects that count from "0" become arrays of numbers.

    Args:
        text: A whole file.
        start: Where in it the JSON begins.

    Returns:
        The value, and where the JSON ends.

    Raises:
        ConfigError: It can't be read, or is larger than any network's.
    """
    place = place_in(text, start)
    if text.count("{", start) + text.count("[", start) > MAX_PARTS:
        message = f"there are more than {MAX_PARTS:,} objects and arrays"
        raise ConfigError(Problem("weights", message, *place))
    decoder = json.JSONDecoder(object_pairs_hook=_object, parse_constant=_refuse_constant)
    try:
        return _decoded(decoder, text, start)
    except json.JSONDecodeError as error:
        raise ConfigError(_unreadable(error, len(text.rstrip()))) from None
    except RecursionError:
        raise ConfigError(Problem("weights", "nested too deep", *place)) from None
    except ConfigError as error:
        raise ConfigError(*(Problem(*problem[:2], *place) for problem in error.problems)) from None
    except ValueError:
        raise ConfigError(Problem("weights", "a number of too many digits", *place)) from None


def place_in(text: str, position: int) -> tuple[int, int]:
    """Line and column of a character, both from 1."""
    line = text.count("\n", 0, position) + 1
    return line, position - text.rfind("\n", 0, position)


def numbers(values: list[Any]) -> Any:
    """An array if all are numbers, else the list as it is."""
    if all(type(value) in {int, float} for value in values):
        try:
            return np.array(values, np.float64)
        except OverflowError:
            raise ConfigError(Problem("weights", "a whole number beyond all bounds")) from None
    return values


def _decoded(decoder: json.JSONDecoder, text: str, start: int) -> tuple[Any, int]:
    """What the JSON holds and where it ends; an editor may have made JavaScript of it."""
    try:
        return decoder.raw_decode(text, start)
    except json.JSONDecodeError:
        end = text.find(")", start)
        if not 0 < end - start < MAX_FORMATTED:
            raise
        plain = text[start:end]
        for pattern, json_of in FORMATTED:
            plain = pattern.sub(json_of, plain)
        try:
            found, length = decoder.raw_decode(plain)
        except json.JSONDecodeError:
            length = 0
        if plain[length:].strip() or not length:
            raise
        return found, end


def _unreadable(error: json.JSONDecodeError, length: int) -> Problem:
    """Says where JSON breaks off; parts of what is cut off are never whole."""
    cut_off = error.pos >= length - 1 or "Unt" in error.msg
    said = "the file seems to be cut off" if cut_off else "this is no JSON as the page wrote it"
    message = f"{said}: {error.msg[0].lower()}{error.msg[1:]}"
    return Problem("weights", message, error.lineno, error.colno)


def _object(pairs: list[tuple[str, Any]]) -> Any:
    """An object; one that counts from "0" is an array of numbers, made at once to save memory."""
    if pairs and pairs[0][0] == "0":
        if [key for key, _ in pairs] == [str(index) for index in range(len(pairs))]:
            return numbers([value for _, value in pairs])
        raise ConfigError(Problem("weights", 'numbers must be counted "0", "1", "2" and so on'))
    return dict(pairs)


def _refuse_constant(name: str) -> None:
    raise ConfigError(Problem("weights", f"{name} is no weight; the training had diverged"))
