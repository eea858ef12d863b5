"""The layers that a submission describes, as fields of a NetworkConfig."""

import math
from typing import Any, Final

from tree_sitter import Node

from grader.document import Place
from grader.errors import shown
from grader.netjs.notes import Meaning, whole
from grader.netjs.objects import Brain, Record
from grader.netjs.syntax import place, refuse, spelled
from grader.netjs.values import UNDEFINED
from grader.schema import NUM_ACTIONS

HIDDEN: Final = ("relu", "tanh", "sigmoid", "maxout")


def _num_inputs(fields: dict[str, Any]) -> int:
    """Numbers that the network gets, from the fields of the view."""
    rows = fields["patches_ahead"] + fields["patches_behind"]
    states = int((2 * fields["lanes_side"] + 1) * rows)
    return states + int(fields["temporal_window"]) * (states + NUM_ACTIONS)


def describe(brain: Brain, options: Record, meaning: Meaning) -> None:
    """Puts the hidden layers into the meaning.

    Raises:
        ConfigError: There is a layer that is not offered here, or its size contradicts another.
    """
    meaning.put(("layers",), [], options.place("layer_defs"))
    if brain.layers is None:
        _sizes(brain, options, meaning)
        return
    layers = [_described(layer, brain) for layer in brain.layers]
    if len(layers) < 2:  # noqa: PLR2004
        refuse(options.place("layer_defs"), "layer_defs needs an input and a regression layer")
    first, *hidden, last = layers
    _input(first, meaning)
    for layer in hidden:
        if layer.get("type") in HIDDEN:
            _activation(layer, meaning)
        elif layer.get("type") == "dropout":
            meaning.note(layer.node, "dropout in training has no meaning here")
        elif layer.get("type") == "fc":
            _hidden(layer, layer.node, meaning)
        else:
            refuse(layer.node, f"a hidden layer must be of type 'fc', not {named(layer)}")
    _output(last, meaning)


def _sizes(brain: Brain, options: Record, meaning: Meaning) -> None:
    """Without layer_defs, the original made layers of these sizes, or none."""
    sizes, node = options.get("hidden_layer_sizes"), options.place("hidden_layer_sizes")
    if not isinstance(sizes, list):
        meaning.note(brain.node, "there is no opt.layer_defs: the network has no hidden layer")
        sizes = []
    for size in sizes:
        _hidden({"num_neurons": size, "activation": "relu"}, node, meaning)


def _input(first: Record, meaning: Meaning) -> None:
    if first.get("type") != "input":
        refuse(first.node, f"the first layer must be of type 'input', not {named(first)}")
    size = math.prod(
        whole(side, first.get(side, 1.0), first.place(side))
        for side in ("out_sx", "out_sy", "out_depth")
    )
    if size != num_inputs(meaning.document.value):
        message = f"the input layer has {size:,} numbers, but the view and temporal_window make"
        refuse(first.node, f"{message} {num_inputs(meaning.document.value):,}")


def num_inputs(fields: dict[str, Any]) -> int:
    """Numbers that the network gets, from the fields of the view."""
    rows = fields["patches_ahead"] + fields["patches_behind"]
    states = int((2 * fields["lanes_side"] + 1) * rows)
    return states + int(fields["temporal_window"]) * (states + NUM_ACTIONS)


def _output(last: Record, meaning: Meaning) -> None:
    if last.get("type") != "regression":
        refuse(last.node, f"the last layer must be of type 'regression', not {named(last)}")
    if whole("num_neurons", last.get("num_neurons"), last.place("num_neurons")) != NUM_ACTIONS:
        refuse(last.place("num_neurons"), f"the last layer must have {NUM_ACTIONS} neurons")
    if last.get("activation") in HIDDEN:
        message = "the last layer has no activation here; leave it out"
        refuse(last.place("activation"), message)
    for name in last.keys() - {"type", "num_neurons"}:
        meaning.note(last.place(name), f"the last layer's {spelled(name)} has no meaning here")


def _activation(layer: Record, meaning: Meaning) -> None:
    """An activation that stands in a layer of its own: it belongs to the layer before."""
    before = meaning.document.value["layers"][-1:]
    if not before or before[0]["activation"] != "linear":
        refuse(layer.node, f"a layer of type {named(layer)} must follow one of type 'fc'")
    _groups_of_two(layer, layer["type"])
    before[0]["activation"] = layer["type"]


def _groups_of_two(layer: Record, activation: Any) -> None:
    group = layer.get("group_size", 2.0)
    if activation == "maxout" and group != 2.0:  # noqa: PLR2004
        number = int(group) if isinstance(group, float) and group.is_integer() else group
        message = f"maxout takes 2 units together here, not {shown(number)}"
        refuse(layer.place("group_size"), f"{message}; leave group_size out")


def named(layer: Record) -> str:
    """A layer's type, for a message."""
    value = layer.get("type")
    return shown(value) if isinstance(value, str) else "without a type"


def _described(layer: Any, brain: Brain) -> Record:
    if not isinstance(layer, Record):
        refuse(brain.options.place("layer_defs"), f"a layer must be an object, not {shown(layer)}")
    return layer


def _hidden(layer: Any, node: Node, meaning: Meaning) -> None:
    places = layer.place if isinstance(layer, Record) else lambda _: node
    where = places("num_neurons")
    units = whole("num_neurons", layer.get("num_neurons", UNDEFINED), where)
    activation = layer.get("activation", UNDEFINED)
    if activation not in HIDDEN:
        if activation is not UNDEFINED and activation != "linear":
            message = f"the original knew no activation {shown(activation)} and took none"
            meaning.note(places("activation"), message)
        activation = "linear"
    if isinstance(layer, Record):
        _groups_of_two(layer, activation)
    for name in layer.keys() - {"type", "num_neurons", "activation", "group_size"}:
        meaning.note(places(name), f"a layer's {spelled(name)} has no meaning here")
    index = len(meaning.document.value["layers"])
    meaning.document.value["layers"].append({"units": units, "activation": activation})
    meaning.document.places["layers", index] = Place(*place(node))
    meaning.document.places["layers", index, "units"] = Place(*place(where))
