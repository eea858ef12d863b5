"""From errors to gradients, layer by layer, from the last one to the first."""

from typing import Any

import numpy as np

from grader.compiled.activations import through, to_the_greater
from grader.compiled.batch import Room
from grader.compiled.dense import add_rows, multiply, turn
from grader.compiled.forward import stride_of, vectors_of
from grader.compiled.layout import BIASES, INPUTS, MATRIX, MAXOUT, SUMS, Row, Shape
from grader.compiled.sparse import first_gradient
from grader.compiled.steps import Learned
from grader.compiled.vectors import WIDTH, fma, load, splat, store
from simulator.compiled import compiled, inlined


@inlined
def output_gradient(
    shape: Shape, net: Learned, hidden: Row, at: int, action: int, delta: Any
) -> None:
    """Adds one experience's part of the output layer's gradient."""
    row = shape.output + action * shape.top
    for column in range(0, shape.top, WIDTH):
        place = row + column
        grown = fma(splat(delta), load(hidden, at + column), load(net.gradient, place))
        store(net.gradient, place, grown)
    net.gradient[shape.output_biases + action] += delta


@inlined
def hand_down(shape: Shape, layer: int, room: Room, inputs: int) -> None:
    """Makes errors of a maxout layer's values those of its sums."""
    if shape.activations[layer] != MAXOUT:
        return
    half = shape.sums[layer] // 2
    for row in range(inputs):
        begin = row * shape.widest
        # an odd last unit may have a vector to itself, of which no value is
        for at in range(begin + vectors_of(shape.values[layer]), begin + half, WIDTH):
            store(room.errors, at, splat(np.float32(0)))
        for at in range(begin, begin + half, WIDTH):
            second = layer * room.now.layer + at + half
            to_the_greater(room.now.hidden, second, room.errors, at, half)


@compiled
def go_back(shape: Shape, net: Learned, room: Room, inputs: int) -> None:
    """Adds the gradient of all hidden layers, from the errors of the last one's sums."""
    for layer in range(shape.dense.shape[0] - 1, -1, -1):
        dense: Any = shape.dense[layer]
        columns = vectors_of(dense[SUMS])
        below = vectors_of(dense[INPUTS])
        length = stride_of(dense[SUMS])
        width = stride_of(dense[INPUTS])
        values = layer * room.now.layer
        multiply(
            dense[INPUTS], inputs, columns,
            room.now.hidden, values, 1, shape.widest,
            room.errors, 0, shape.widest,
            net.gradient, dense[MATRIX], length,
            net.gradient, dense[MATRIX], length,
        )  # fmt: skip
        add_rows(net.gradient, dense[BIASES], room.errors, inputs, columns, shape.widest)
        room.turned[: columns * width] = 0.0
        turn(dense[INPUTS], dense[SUMS], net.weights, dense[MATRIX], length, room.turned, width)
        multiply(
            inputs, dense[SUMS], below,
            room.errors, 0, shape.widest, 1,
            room.turned, 0, width,
            room.below, 0, shape.widest,
            room.nothing, 0, 0,
        )  # fmt: skip
        for row in range(inputs):
            for column in range(0, below, WIDTH):
                at = row * shape.widest + column
                value = load(room.now.hidden, values + at)
                store(
                    room.errors, at, through(shape.activations[layer], value, load(room.below, at))
                )
        hand_down(shape, layer, room, inputs)
    now = room.now
    first_gradient(shape, net.gradient, now.places, now.shares, now.ends, inputs, room.errors)
