"""One configuration in two spellings: the text of the editor, and what stands in the form's fields.

Nothing is judged here. What is typed into a field goes into the text as it is, and the text is read
by the grader, so that form, editor and file know one rule.
"""

import json
import re
from collections.abc import Mapping
from functools import cache, lru_cache
from types import MappingProxyType
from typing import Any, NamedTuple

from grader import config as configuration
from grader import netjs
from grader.errors import ConfigError
from grader.json_text import NUMBER
from grader.schema import NetworkConfig
from leaderboard.config_edit import edited
from leaderboard.config_fields import LAYER_FIELDS, single

Values = Mapping[str, str]
"""What stands in the fields by their names: ``gamma``, ``trainer.method``, ``layers[0].units``."""

MOST_ROWS = 40
"""Layers that are looked at [1]; the schema refuses most of them, but as a person can read it."""
_ROW = re.compile(rf"layers\[(\d{{1,3}})\]\.({'|'.join(LAYER_FIELDS)})")


class Row(NamedTuple):
    """A hidden layer as the form has it."""

    units: str
    activation: str


@lru_cache(maxsize=64)
def read(text: str) -> Values | None:
    """What the form shows of a text; None: the text cannot be read, or has what no field holds.

    Fields that the text leaves out have their default.
    """
    try:
        if netjs.is_netjs("", text.encode("utf-8", "replace")):
            plain: Any = _plain(netjs.read(text).config)
        else:
            document = configuration.read(text)
            plain = None if document.problems else document.value
    except ConfigError:
        return None
    found = _flat(plain) if isinstance(plain, dict) else None
    if found is None:
        return None
    layers = {} if "layers" in plain else {k: v for k, v in _defaults().items() if _ROW.match(k)}
    others = {name: value for name, value in _defaults().items() if not _ROW.match(name)}
    return MappingProxyType({**others, **layers, **found})


def posted(data: Mapping[str, Any]) -> Values:
    """What was typed into the form."""
    values = {name: str(data.get(name, "")).strip() for name in single() if name in data}
    kept = sorted({int(found[1]) for name in data if (found := _ROW.fullmatch(name))})
    for place, number in enumerate(kept[:MOST_ROWS]):
        for field in LAYER_FIELDS:
            typed = str(data.get(f"layers[{number}].{field}", "")).strip()
            values[f"layers[{place}].{field}"] = typed
    return values


def rows(values: Values) -> list[Row]:
    """The hidden layers, from the view to the output."""
    found: list[Row] = []
    while (units := values.get(f"layers[{len(found)}].units")) is not None:
        found.append(Row(units, values.get(f"layers[{len(found)}].activation", "")))
    return found


def with_rows(values: Values, layers: list[Row]) -> Values:
    """The same with other hidden layers."""
    others = {name: value for name, value in values.items() if not _ROW.fullmatch(name)}
    for place, layer in enumerate(layers):
        for field, value in layer._asdict().items():
            others[f"layers[{place}].{field}"] = value
    return others


def write(values: Values) -> str:
    """The text of what stands in the fields, one field a line; an empty field is left out."""
    entries = []
    for name in NetworkConfig.model_fields:
        if name == "layers":
            entries.append(_listed('"layers": [', [_layer(row) for row in rows(values)], "]"))
        elif name == "trainer":
            trainer = [key for key in single() if key.startswith("trainer.")]
            lines = [_entry(key, values[key]) for key in trainer if values.get(key)]
            entries.append(_listed('"trainer": {', lines, "}"))
        elif values.get(name):
            entries.append(f"  {_entry(name, values[name])}")
    return "{\n" + ",\n".join(entries) + "\n}\n"


def merged(values: Values, text: str) -> str:
    """`text`, saying what stands in the fields: with as little changed as can be."""
    known, wanted = read(text), dict(values)
    if known is None or known.keys() != wanted.keys():
        return write(values)  # also where there are more layers, or fewer
    changes = {name: _token(value) for name, value in wanted.items() if value != known[name]}
    if not changes:
        return text
    try:
        candidates = list(edited(text, changes)) if "" not in wanted.values() else []
    except ConfigError:
        candidates = []  # the original's JavaScript
    return next((it for it in candidates if read(it) == wanted), write(values))


def holds_all_of(text: str) -> bool:
    """Whether a text is nothing but its values, so that the form loses nothing: no comments."""
    return not text.strip() or (text.lstrip().startswith("{") and read(text) is not None)


def default(name: str) -> str:
    """What a field has where nothing is said."""
    return _defaults().get(name, "")


def is_written(text: str) -> bool:
    """Whether `write` made it."""
    known = read(text)
    return known is None or write(known) == text


@cache
def _defaults() -> dict[str, str]:
    found = _flat(_plain(NetworkConfig()))
    assert found is not None
    return found


def _plain(config: NetworkConfig) -> dict[str, Any]:
    """Its values as people write them: 0, not 0.0."""

    def short(value: Any) -> Any:
        return int(value) if isinstance(value, float) and value.is_integer() else value

    values: dict[str, Any] = config.model_dump(mode="json")
    trainer = {name: short(value) for name, value in values["trainer"].items()}
    return {name: short(value) for name, value in values.items()} | {"trainer": trainer}


def _flat(plain: dict[str, Any]) -> dict[str, str] | None:
    """Plain values as the fields hold them; None if one of them does not."""
    found: dict[str, str] = {}
    for name, value in plain.items():
        if name == "layers" and isinstance(value, list) and len(value) <= MOST_ROWS:
            for place, layer in enumerate(value):
                known = {"type": "fc", "units": "", "activation": "relu"}
                if not isinstance(layer, dict) or layer.keys() - known or layer.get("type") == "":
                    return None
                given = {key: _spelled(entry) for key, entry in layer.items()}
                if None in given.values() or given.pop("type", "fc") != "fc":
                    return None
                for key in LAYER_FIELDS:
                    found[f"layers[{place}].{key}"] = given.get(key) or known[key]
        elif name == "trainer" and isinstance(value, dict):
            inner = _flat({f"trainer.{key}": entry for key, entry in value.items()})
            if inner is None:
                return None
            found |= inner
        elif name in single() and (spelled := _spelled(value)) is not None:
            found[name] = spelled
        else:
            return None
    return found


def _spelled(value: Any) -> str | None:
    """A scalar as one types it, if typing it means the same again."""
    if isinstance(value, bool):
        return str(value).lower()
    if isinstance(value, int | float):
        return repr(value)
    if isinstance(value, str) and value.strip() == value and _token(value) != value and value:
        return value
    return None


def _token(value: str) -> str:
    """What was typed, as JSON."""
    if NUMBER.fullmatch(value) or value in {"true", "false"}:
        return value
    return json.dumps(value, ensure_ascii=False)


def _entry(name: str, value: str) -> str:
    return f'"{name.rpartition(".")[2]}": {_token(value)}'


def _layer(row: Row) -> str:
    given = {name: value for name, value in row._asdict().items() if value}
    return "{" + ", ".join(['"type": "fc"', *(_entry(*item) for item in given.items())]) + "}"


def _listed(opening: str, lines: list[str], closing: str) -> str:
    inner = ",\n".join(f"    {line}" for line in lines)
    return f"  {opening}\n{inner}\n  {closing}" if lines else f"  {opening}{closing}"
