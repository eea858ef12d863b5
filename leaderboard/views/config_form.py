"""The fields of the form, with help, bounds and what is wrong with each."""

from collections import defaultdict
from collections.abc import Sequence
from functools import cache, lru_cache
from typing import NamedTuple

from django.template.loader import render_to_string
from django.utils.safestring import SafeString

from grader.errors import Problem
from grader.fields import FieldNote, fields
from leaderboard import config_text
from leaderboard.config_fields import MOST_LAYERS, finer, groups, notes
from leaderboard.config_text import Values
from leaderboard.templatetags.overtake import number


class Control(NamedTuple):
    """A field as the template writes it."""

    name: str
    note: FieldNote
    value: str
    bounds: str
    errors: Sequence[str]

    @property
    def choices(self) -> Sequence[str]:
        """What can be chosen; what was sent and cannot be stays, with its error."""
        known = self.note.choices
        return known if not known or self.value in known else (*known, self.value)


class LayerControls(NamedTuple):
    place: int
    units: Control
    activation: Control
    errors: Sequence[str]


def form_fields(values: Values, problems: Sequence[Problem]) -> SafeString:
    if problems:
        return _rendered(values, problems)
    return _faultless(tuple(values.items()))


@lru_cache(maxsize=32)
def _faultless(values: tuple[tuple[str, str], ...]) -> SafeString:
    """Most who open the form see one of the presets."""
    return _rendered(dict(values), ())


def _rendered(values: Values, problems: Sequence[Problem]) -> SafeString:
    errors: dict[str, list[str]] = defaultdict(list)
    for problem in problems:
        errors[problem.field].append(problem.message)

    def control(name: str, note: FieldNote) -> Control:
        return Control(name, note, values.get(name, ""), _bounds(note), errors.get(name, ()))

    layers = [
        LayerControls(
            place,
            control(f"layers[{place}].units", notes()["layers[].units"]),
            control(f"layers[{place}].activation", notes()["layers[].activation"]),
            errors.get(f"layers[{place}]", ()),
        )
        for place in range(len(config_text.rows(values)))
    ]
    unlike = {it.name for it in finer() if values.get(it.name) != config_text.default(it.name)}
    context = {
        "groups": [
            (group, [control(note.name, note) for note in group.fields]) for group in groups()
        ],
        "finer": [control(note.name, note) for note in finer()],
        "open": bool(unlike) or any(errors.get(it.name) for it in finer()),
        "layers": layers,
        "layer_notes": (notes()["layers[].units"], notes()["layers[].activation"]),
        "layer_bounds": _bounds(notes()["layers[].units"]),
        "layers_errors": errors.get("layers", ()),
        "full": len(layers) >= MOST_LAYERS,
        "most": MOST_LAYERS,
    }
    return render_to_string("leaderboard/_config_form.html", context)


@cache
def _bounds(note: FieldNote) -> str:
    if note.choices:
        return f"Default {note.default}"
    bounds = f"{number(note.ge)} to {number(note.le)}"
    return bounds if note.default is None else f"{bounds}, default {number(note.default)}"


@cache
def reference() -> SafeString:
    """Every field with its default and bounds, as a table. It changes with the program alone."""
    return render_to_string("leaderboard/_reference.html", {"fields": fields()})
