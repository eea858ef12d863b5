"""What a submission makes: objects, functions that are never called, and the original's Brain."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from tree_sitter import Node

from grader.netjs.numerals import UnclearError
from grader.netjs.syntax import refuse
from grader.netjs.values import UNDEFINED

INHERITED = frozenset(
    {"__proto__", "constructor", "hasOwnProperty", "isPrototypeOf", "propertyIsEnumerable",
     "toLocaleString", "toString", "valueOf"}
)  # fmt: skip
"""Fields that any object of the language has without their being set."""
FIXED = frozenset(
    {"temporal_window", "window_size", "net_inputs", "num_states", "num_actions", "value_net",
     "tdtrainer", "experience", "state_window", "action_window", "reward_window", "net_window",
     "layer_defs", "tdtrainer_options", "hidden_layer_sizes"}
)  # fmt: skip
"""Fields of the Brain that follow from how it was made."""


@dataclass(frozen=True, eq=False)
class Function:
    """A function that was written down; it is never called."""

    node: Node


class Record(dict[str, Any]):
    """An object, which knows where its fields were set."""

    def __init__(self, fields: Mapping[str, Any], places: Mapping[str, Node], node: Node) -> None:
        super().__init__(fields)
        self.places, self.node = dict(places), node

    def place(self, key: str) -> Node:
        """Where a field was set, or else the object begins."""
        return self.places.get(key, self.node)

    def snapshot(self) -> "Record":
        """A copy, that later changes do not reach."""
        return Record(self, self.places, self.node)


@dataclass(eq=False)
class Brain:
    """What the constructor of the original's Q-learning was given, at that moment.

    Attributes:
        node: Where it was called.
        states: Numbers in one observation.
        actions: How many there are.
        options: Its third argument, copied.
        layers: The options' layer_defs, copied one by one; None if there were none.
        trainer: The options' tdtrainer_options, copied; None if there were none.
        changed: Fields set on it afterwards.
    """

    node: Node
    states: Any
    actions: Any
    options: Record
    layers: list[Any] | None
    trainer: Record | None
    changed: Record


def brain_of(node: Node, arguments: list[Any]) -> Brain:
    """The Brain with its options as they are now: later changes of them change nothing."""
    states, actions, options = (*arguments, *[UNDEFINED] * 3)[:3]
    if options is UNDEFINED or options is None:
        options = Record({}, {}, node)
    if not isinstance(options, Record):
        raise UnclearError("the Brain's options must be an object")
    trainer = options.get("tdtrainer_options")
    return Brain(
        node=node,
        states=states,
        actions=actions,
        options=options.snapshot(),
        layers=_layers_of(options),
        trainer=trainer.snapshot() if isinstance(trainer, Record) else None,
        changed=Record({}, {}, node),
    )


def _layers_of(options: Record) -> list[Any] | None:
    layers = options.get("layer_defs", UNDEFINED)
    if layers is UNDEFINED or layers is None:
        return None
    if not isinstance(layers, list):
        refuse(options.place("layer_defs"), "layer_defs must be an array of layers")
    return [layer.snapshot() if isinstance(layer, Record) else layer for layer in layers]
