"""From features to the worth of each action, for some inputs at once."""

from typing import Any, NamedTuple

import numpy as np
import numpy.typing as npt

from grader.compiled.activations import activated, greater_of_two
from grader.compiled.dense import multiply
from grader.compiled.glimpses import most_entries
from grader.compiled.layout import (
    BIASES,
    INPUTS,
    MATRIX,
    MAXOUT,
    SIGMOID,
    SUMS,
    Row,
    Shape,
    aligned,
)
from grader.compiled.sparse import first_layer
from grader.compiled.vectors import WIDTH, five_totals, fma, load, splat, store
from simulator.compiled import compiled, inlined


class Pass(NamedTuple):
    """The inputs, as features, and the units of every layer."""

    places: npt.NDArray[np.int32]  # where in a chunk the features stand, input after input
    shares: npt.NDArray[np.float32]  # how much of each the input holds
    ends: npt.NDArray[np.int64]  # [inputs + 1] where input i begins, and the last ends
    hidden: Row  # [D + 1, inputs, widest], flat: the values of the units
    layer: int  # [numbers] of a layer in it


def new_pass(shape: Shape, inputs: int) -> Pass:
    """Room for so many inputs at once."""
    entries = inputs * most_entries(shape)
    layer = inputs * shape.widest
    return Pass(
        places=np.zeros(entries, np.int32),
        shares=np.zeros(entries, np.float32),
        ends=np.zeros(inputs + 1, np.int64),
        hidden=aligned(len(shape.sums) * layer),
        layer=layer,
    )


@inlined
def vectors_of(units: int) -> int:
    """Returns the numbers that so many units take up."""
    return (units + WIDTH - 1) // WIDTH * WIDTH


@inlined
def stride_of(units: int) -> int:
    """Returns the length of a matrix's rows, see ``layout.stride``."""
    return vectors_of(units) | WIDTH


@inlined
def clear_padding(hidden: Row, place: int, inputs: int, units: int, widest: int) -> None:
    """Sets what only fills up a vector to 0: a sigmoid has made it one half.

    Of maxout it may be an odd last unit, which is taken together with none.
    """
    for row in range(inputs):
        for unit in range(units, vectors_of(units)):
            hidden[place + row * widest + unit] = 0.0


@compiled
def activate(shape: Shape, layer: int, hidden: Row, place: int, inputs: int) -> None:
    """Applies a layer's activation to its sums."""
    kind = shape.activations[layer]
    for row in range(inputs):
        for column in range(0, vectors_of(shape.sums[layer]), WIDTH):
            at = place + row * shape.widest + column
            store(hidden, at, activated(kind, load(hidden, at)))
    finish(shape, layer, hidden, place, inputs)


@inlined
def finish(shape: Shape, layer: int, hidden: Row, place: int, inputs: int) -> None:
    """Does what an activation does beyond one vector."""
    kind = shape.activations[layer]
    if kind == MAXOUT:
        half = shape.sums[layer] // 2
        for row in range(inputs):
            for column in range(0, half, WIDTH):
                at = place + row * shape.widest + column
                greater_of_two(hidden, at, at + half)
    if kind in (SIGMOID, MAXOUT):
        clear_padding(hidden, place, inputs, shape.values[layer], shape.widest)


@compiled
def forward(shape: Shape, weights: Row, run: Pass, inputs: int) -> int:
    """Computes all hidden units; returns where in `run.hidden` the last layer's begin."""
    first_layer(shape, weights, run.places, run.shares, run.ends, inputs, run.hidden)
    finish(shape, 0, run.hidden, 0, inputs)
    place = 0
    for layer in range(shape.dense.shape[0]):
        dense = shape.dense[layer]
        columns = vectors_of(dense[SUMS])
        multiply(
            inputs, dense[INPUTS], columns,
            run.hidden, place, shape.widest, 1,
            weights, dense[MATRIX], stride_of(dense[SUMS]),
            run.hidden, place + run.layer, shape.widest,
            weights, dense[BIASES], 0,
        )  # fmt: skip
        place += run.layer
        activate(shape, layer + 1, run.hidden, place, inputs)
    return place


@inlined
def worth(shape: Shape, weights: Row, hidden: Row, place: int) -> Any:
    """Returns the worth of the five actions, for the last hidden layer's units of one input."""
    a = b = c = d = e = splat(np.float32(0))
    for column in range(0, shape.top, WIDTH):
        units = load(hidden, place + column)
        at = shape.output + column
        a = fma(units, load(weights, at), a)
        b = fma(units, load(weights, at + shape.top), b)
        c = fma(units, load(weights, at + 2 * shape.top), c)
        d = fma(units, load(weights, at + 3 * shape.top), d)
        e = fma(units, load(weights, at + 4 * shape.top), e)
    s0, s1, s2, s3, s4 = five_totals(a, b, c, d, e)
    at = shape.output_biases
    return (
        s0 + weights[at],
        s1 + weights[at + 1],
        s2 + weights[at + 2],
        s3 + weights[at + 3],
        s4 + weights[at + 4],
    )


@inlined
def best_of(worths: Any) -> int:
    """Returns the action of the greatest worth, the first of several."""
    best = 0
    greatest = worths[0]
    for action in range(1, 5):
        if worths[action] > greatest:
            best = action
            greatest = worths[action]
    return best


__all__ = ["Pass", "best_of", "forward", "new_pass", "stride_of", "vectors_of", "worth"]
