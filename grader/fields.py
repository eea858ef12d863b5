"""The fields of a configuration as a table, for forms, documentation and good guesses."""

import difflib
from typing import Any, Literal, NamedTuple, get_args, get_origin

from pydantic import BaseModel
from pydantic.fields import FieldInfo
from pydantic_core import PydanticUndefined

from grader.schema import Layer, NetworkConfig, Trainer


class FieldNote(NamedTuple):
    """One field as a form or a page needs it.

    Attributes:
        name: As in a problem: ``gamma``, ``trainer.momentum``, ``layers[].units``.
        title: A few words.
        help: A sentence or two.
        kind: "integer", "number" or "choice".
        default: None where a value must be given.
        ge: Least value allowed.
        le: Greatest value allowed.
        choices: The values allowed, where they are words.
    """

    name: str
    title: str
    help: str
    kind: str
    default: Any
    ge: float | None
    le: float | None
    choices: tuple[str, ...]


def fields() -> tuple[FieldNote, ...]:
    """Every field that holds a value, in the order of the example; layers and trainer unfolded."""
    notes: list[FieldNote] = []
    for name, info in NetworkConfig.model_fields.items():
        if name == "layers":
            notes += _notes(Layer, "layers[].")
        elif name == "trainer":
            notes += _notes(Trainer, "trainer.")
        else:
            notes.append(_note(name, info))
    return tuple(notes)


def _notes(part: type[BaseModel], prefix: str) -> list[FieldNote]:
    return [_note(prefix + name, info) for name, info in part.model_fields.items()]


def _note(name: str, info: FieldInfo) -> FieldNote:
    bounds = {
        key: getattr(item, key)
        for item in info.metadata
        for key in ("ge", "le")
        if hasattr(item, key)
    }
    choices = get_args(info.annotation) if get_origin(info.annotation) is Literal else ()
    default = None if info.default is PydanticUndefined else info.default
    if info.annotation is bool:
        choices, default = ("false", "true"), str(default).lower()
    kind = "choice" if choices else "integer" if info.annotation is int else "number"
    return FieldNote(
        name=name,
        title=info.title or name,
        help=info.description or "",
        kind=kind,
        default=default,
        ge=bounds.get("ge"),
        le=bounds.get("le"),
        choices=choices,
    )


def closest(path: tuple[str | int, ...]) -> str | None:
    """The field that an unknown name was probably meant to be, also in another part."""
    parts: dict[str | int, type[BaseModel]] = {"layers": Layer, "trainer": Trainer}
    part = NetworkConfig if len(path) == 1 else parts.get(path[0], NetworkConfig)
    wanted = str(path[-1])[:64].lower()
    near = difflib.get_close_matches(wanted, part.model_fields, n=1)
    if near:
        return near[0]
    names = {note.name.rsplit(".", 1)[-1]: note.name for note in fields()}
    anywhere = difflib.get_close_matches(wanted, names, n=1, cutoff=0.8)
    return names[anywhere[0]] if anywhere else None
