"""What a score can be drawn over: every field of a configuration, and what follows from it."""

import math
from collections.abc import Callable
from functools import cache
from typing import NamedTuple

from grader.schema import NetworkConfig
from leaderboard.config_fields import groups, notes

SUBMITTED = "submitted"
"""The moment [s since 1970]: everybody may know it, whatever is hidden."""
COST = "cost"
"""Estimated before the grading [reference core-seconds]."""
WIDE = 1000
"""A field whose bounds are this far apart is drawn on a logarithmic axis [1]."""
_DECAYS = frozenset({"trainer.l1_decay", "trainer.l2_decay"})
"""From 0, and yet over orders of magnitude; their bounds do not tell."""
_NO_LAYER = "none"
DRIVEN = frozenset(
    {
        *("lanes_side", "patches_ahead", "patches_behind", "temporal_window", "other_agents"),
        *("cells", "inputs", "hidden", "units", "activation", "parameters"),
        *("epsilon_test_time", COST),
    }
)
"""Columns with a meaning for networks that were trained elsewhere."""


class Column(NamedTuple):
    """One of them.

    Attributes:
        name: In addresses; as in a configuration, where it has it.
        group: Under which heading it is chosen.
        words: What it can be; empty: it is a number.
        is_log: Whether it spans orders of magnitude.
        is_whole: Whether it is counted.
        of: Its value in a configuration: of words, which; None: it does not follow from that alone.
    """

    name: str
    title: str
    group: str
    words: tuple[str, ...] = ()
    is_log: bool = False
    is_whole: bool = False
    of: Callable[[NetworkConfig], float] | None = None

    @property
    def is_moment(self) -> bool:
        return self.name == SUBMITTED

    @property
    def is_public(self) -> bool:
        """Whether it can be seen though configurations are hidden."""
        return self.name == SUBMITTED

    @property
    def noun(self) -> str:
        """Within a sentence."""
        is_name = self.title[:2].isupper() or ":" in self.title
        return self.title if is_name else self.title[0].lower() + self.title[1:]


@cache
def choosable(*, driven: bool) -> dict[str, Column]:
    """All that a board has, by name; `driven`: of networks that were trained elsewhere."""
    every = [
        Column(SUBMITTED, "Submitted", "Open to everybody"),
        *configured().values(),
        Column(COST, "Cost, core-seconds", "What it takes", is_log=True),
    ]
    return {it.name: it for it in every if not driven or it.name in {*DRIVEN, SUBMITTED}}


@cache
def configured() -> dict[str, Column]:
    """Those that follow from a configuration alone, by name, in the order of the form."""
    found: list[Column] = []
    for group in groups():
        found += [_field(note.name, group.title) for note in group.fields]
        if group is groups()[0]:
            found += _NETWORK
    grouped = {it.name for it in found}
    finer = [name for name in notes() if name not in grouped and not name.startswith("layers[]")]
    found += [_field(name, "Finer points") for name in finer]
    return {it.name: it for it in found}


def _field(name: str, group: str) -> Column:
    note = notes()[name]
    inside, _, last = name.rpartition(".")

    def value(config: NetworkConfig) -> float:
        found = getattr(config.trainer if inside else config, last)
        if note.choices:
            return note.choices.index(str(found).lower())
        return float(found)

    least, most = note.ge or 0.0, note.le or math.inf
    wide = most >= WIDE * least if least else most >= WIDE or name in _DECAYS
    return Column(
        name,
        note.title,
        group,
        note.choices,
        is_log=wide and not note.choices,
        is_whole=note.kind == "integer",
        of=value,
    )


_ACTIVATIONS = (*notes()["layers[].activation"].choices, _NO_LAYER)


def _activation(config: NetworkConfig) -> float:
    """Of the first hidden layer: hardly anybody mixes them."""
    first = config.layers[:1]
    return _ACTIVATIONS.index(first[0].activation if first else _NO_LAYER)


def _number(name: str, title: str, of: Callable[[NetworkConfig], float]) -> Column:
    return Column(name, title, "The network", is_log=name != "hidden", is_whole=True, of=of)


_NETWORK = [
    _number("cells", "Cells seen", lambda it: it.num_states),
    _number("inputs", "Inputs", lambda it: it.num_inputs),
    _number("hidden", "Number of hidden layers", lambda it: len(it.layers)),
    _number("units", "Hidden units", lambda it: sum(layer.units for layer in it.layers)),
    _number("parameters", "Weights and biases", lambda it: it.parameters),
    Column("activation", "Activation", "The network", _ACTIVATIONS, of=_activation),
]
