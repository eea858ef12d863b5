"""All weights, one after the other: gradients are summed up and measured, or steps are made."""

from typing import Final

import numpy as np

from grader.compiled.batch import Room
from grader.compiled.forward import vectors_of
from grader.compiled.layout import BIASES, MATRIX, SUMS, Shape
from grader.compiled.sparse import NEITHER, STEP, go_through_first_layer
from grader.compiled.steps import Learned, Rule, Scales, stepped
from grader.compiled.vectors import WIDTH, fma, load, splat, store, total
from simulator.compiled import compiled
from simulator.state import signed

WEIGHTS: Final = signed(1)  # which decay
OFFSETS: Final = signed(0)  # which do not


@compiled
def go_through_rows(
    rule: Rule, scales: Scales, net: Learned, first: int, end: int, decayed: int, doing: int
) -> float:  # fmt: skip
    """Steps the weights first to end - 1, or only measures: returns the sum of g squared."""
    squared = splat(np.float32(0))
    for at in range(first, end, WIDTH):
        g = load(net.gradient, at)
        if doing & STEP:
            store(net.gradient, at, splat(np.float32(0)))
            stepped(rule, scales, net, at, g, decayed)
        else:
            squared = fma(g, g, squared)
    return np.float64(total(squared))


@compiled
def go_through(
    shape: Shape, rule: Rule, scales: Scales, net: Learned, room: Room, doing: int
) -> float:  # fmt: skip
    """Goes through all weights; arguments and return as of `go_through_first_layer`."""
    squared = go_through_first_layer(shape, rule, scales, net, room.columns, doing)
    for layer in range(shape.dense.shape[0]):
        dense = shape.dense[layer]
        end = dense[BIASES]
        units = vectors_of(dense[SUMS])
        squared += go_through_rows(rule, scales, net, dense[MATRIX], end, WEIGHTS, doing)
        squared += go_through_rows(rule, scales, net, end, end + units, OFFSETS, doing)
    if not shape.identity:
        end = shape.output_biases
        squared += go_through_rows(rule, scales, net, shape.output, end, WEIGHTS, doing)
        squared += go_through_rows(rule, scales, net, end, end + WIDTH, OFFSETS, doing)
    return squared


@compiled
def sum_up(shape: Shape, rule: Rule, net: Learned, room: Room) -> None:
    """Makes grounds and windows of weights that were set from outside."""
    scales = Scales(0.0, 0.0, 0.0)
    go_through_first_layer(shape, rule, scales, net, room.columns, NEITHER)
