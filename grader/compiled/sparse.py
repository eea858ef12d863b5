"""The first layer, which sees few features instead of many cells: exact, at a fraction of the work.

W x is a sum over the features of x; the gradient of a feature is a sum over the inputs that hold
it; and that of a cell is the sum of those of all features that the cell is part of.
"""

from typing import Any, Final

import numpy as np
import numpy.typing as npt

from grader.compiled.activations import activated
from grader.compiled.layout import Row, Shape
from grader.compiled.steps import Learned, Rule, Scales, stepped
from grader.compiled.vectors import WIDTH, fma, load, splat, store, total
from grader.schema import NUM_ACTIONS
from simulator.compiled import compiled, inlined
from simulator.road import CAR_ROWS, LANES
from simulator.state import signed

# What going through the weights does, added up.
NEITHER: Final = signed(0)
GATHER: Final = signed(1)  # add the gradients of features up to those of the cells
STEP: Final = signed(2)  # make the trainer's step with them; else they are left at the cells
CELLS: Final = signed(4)  # cells have gradients of their own already


@inlined
def weigh(
    weights: Row, start: int, begin: Any, places: Any, shares: Any, first: int, end: int
) -> Any:
    """Returns sixteen units' sums: begin + the features first to end - 1 of a chunk."""
    units = begin
    for entry in range(first, end):
        feature = load(weights, start + signed(places[entry]))
        units = fma(splat(shares[entry]), feature, units)
    return units


@inlined
def weigh_two(
    weights: Row, start: int, other: int, begin: Any, second: Any, places: Any, shares: Any,
    first: int, end: int,
) -> tuple[Any, Any]:  # fmt: skip
    """Returns the same of two chunks, for one reading of the features."""
    for entry in range(first, end):
        place = signed(places[entry])
        share = splat(shares[entry])
        begin = fma(share, load(weights, start + place), begin)
        second = fma(share, load(weights, other + place), second)
    return begin, second


@compiled
def first_layer(
    shape: Shape,
    weights: Row,
    places: npt.NDArray[np.int32],
    shares: npt.NDArray[np.float32],
    ends: npt.NDArray[np.int64],
    inputs: int,
    hidden: Row,
) -> None:
    """Computes the first layer's units.

    Args:
        shape: Of the network.
        weights: Of the network.
        places: The features of all inputs, one input after the other.
        shares: How much of each feature the input holds.
        ends: [inputs + 1] where input i begins, and the last ends.
        inputs: How many.
        hidden: Written, a row of `shape.widest` numbers for each.
    """
    pairs = shape.chunks - shape.chunks % 2
    for chunk in range(0, pairs, 2):
        begin = load(weights, shape.biases + chunk * WIDTH)
        second = load(weights, shape.biases + chunk * WIDTH + WIDTH)
        start = chunk * shape.chunk
        for row in range(inputs):
            units, more = weigh_two(
                weights, start, start + shape.chunk, begin, second, places, shares,
                ends[row], ends[row + 1],
            )  # fmt: skip
            place = row * shape.widest + chunk * WIDTH
            store(hidden, place, activated(shape.activations[0], units))
            store(hidden, place + WIDTH, activated(shape.activations[0], more))
    for chunk in range(pairs, shape.chunks):
        begin = load(weights, shape.biases + chunk * WIDTH)
        start = chunk * shape.chunk
        for row in range(inputs):
            units = weigh(weights, start, begin, places, shares, ends[row], ends[row + 1])
            place = row * shape.widest + chunk * WIDTH
            store(hidden, place, activated(shape.activations[0], units))


@compiled
def first_gradient(
    shape: Shape,
    gradient: Row,
    places: npt.NDArray[np.int32],
    shares: npt.NDArray[np.float32],
    ends: npt.NDArray[np.int64],
    inputs: int,
    errors: Row,
) -> None:
    """Adds the features' gradients, for the errors of the units' sums; arguments as above."""
    for chunk in range(shape.chunks):
        biases = load(gradient, shape.biases + chunk * WIDTH)
        start = chunk * shape.chunk
        for row in range(inputs):
            error = load(errors, row * shape.widest + chunk * WIDTH)
            biases = biases + error
            for entry in range(ends[row], ends[row + 1]):
                place = start + signed(places[entry])
                store(gradient, place, fma(splat(shares[entry]), error, load(gradient, place)))
        store(gradient, shape.biases + chunk * WIDTH, biases)


@inlined
def go_through_column(
    shape: Shape,
    rule: Rule,
    scales: Scales,
    net: Learned,
    first: int,
    column: int,
    ground: Any,
    doing: int,
) -> tuple[Any, Any]:
    """Goes through the cells of a column; returns the sum of the weights, that of g squared."""
    windows = first + (shape.windows + column * (shape.rows + CAR_ROWS - 1)) * WIDTH
    cells = first + (shape.cells + column * shape.rows) * WIDTH
    nothing = splat(np.float32(0))
    g0 = g1 = g2 = g3 = w0 = w1 = w2 = nothing
    weights = squared = nothing
    if doing & GATHER:
        g1 = load(net.gradient, windows)
        g2 = load(net.gradient, windows + WIDTH)
        g3 = load(net.gradient, windows + 2 * WIDTH)
        for window in range(3):
            store(net.gradient, windows + window * WIDTH, nothing)
    for row in range(shape.rows):
        at = cells + row * WIDTH
        g = nothing
        if doing & CELLS:
            g = load(net.gradient, at)
            store(net.gradient, at, nothing)
        if doing & GATHER:
            # the cell is part of the four windows that begin with it or up to three rows before
            g0, g1, g2 = g1, g2, g3
            g3 = load(net.gradient, windows + (row + 3) * WIDTH)
            store(net.gradient, windows + (row + 3) * WIDTH, nothing)
            g = g + (ground + ((g0 + g1) + (g2 + g3)))
        if doing & STEP:
            w = stepped(rule, scales, net, at, g, True)  # noqa: FBT003
        else:
            store(net.gradient, at, g)
            squared = fma(g, g, squared)
            w = load(net.weights, at)
        store(net.weights, windows + row * WIDTH, (w0 + w1) + (w2 + w))
        w0, w1, w2 = w1, w2, w
        weights = weights + w
    for row in range(shape.rows, shape.rows + CAR_ROWS - 1):
        store(net.weights, windows + row * WIDTH, (w0 + w1) + w2)
        w0, w1, w2 = w1, w2, nothing
    return weights, squared


@inlined
def go_through_block(
    shape: Shape,
    rule: Rule,
    scales: Scales,
    net: Learned,
    first: int,
    block: int,
    room: Row,
    doing: int,
) -> Any:
    """Goes through one chunk's weights of one observation; returns the sum of g squared."""
    nothing = splat(np.float32(0))
    squared = nothing
    for column in range(shape.width):
        beside = column - shape.lanes_side
        ground = nothing
        if doing & GATHER:
            for lane in range(max(0, -beside), min(LANES, LANES - beside)):
                ground = ground + load(net.gradient, first + lane * WIDTH)
        weights, more = go_through_column(shape, rule, scales, net, first, column, ground, doing)
        store(room, column * WIDTH, weights)
        squared = squared + more
    for lane in range(LANES):
        ground = nothing
        for beside in range(max(-shape.lanes_side, -lane), min(shape.lanes_side + 1, LANES - lane)):
            ground = ground + load(room, (shape.lanes_side + beside) * WIDTH)
        store(net.weights, first + lane * WIDTH, ground)
        if doing & GATHER:
            store(net.gradient, first + lane * WIDTH, nothing)
    if block > 0:
        for action in range(NUM_ACTIONS):
            at = first + (shape.actions + action) * WIDTH
            g = load(net.gradient, at)
            squared = fma(g, g, squared)
            if doing & STEP:
                store(net.gradient, at, nothing)
                stepped(rule, scales, net, at, g, True)  # noqa: FBT003
    return squared


@compiled
def go_through_first_layer(
    shape: Shape,
    rule: Rule,
    scales: Scales,
    net: Learned,
    room: Row,
    doing: int,
) -> float:
    """Goes through all of the first layer's weights and makes grounds and windows anew.

    Args:
        shape: Of the network.
        rule: Of the trainer.
        scales: Of this update.
        net: The network.
        room: A vector for each column of the view.
        doing: GATHER, STEP, CELLS, added up; without the first two only sums are made.

    Returns:
        The sum of the squared gradients, of cells, actions and biases.
    """
    squared = splat(np.float32(0))
    for chunk in range(shape.chunks):
        for block in range(shape.past + 1):
            first = chunk * shape.chunk + block * shape.features * WIDTH
            squared = squared + go_through_block(
                shape, rule, scales, net, first, block, room, doing
            )
        at = shape.biases + chunk * WIDTH
        g = load(net.gradient, at)
        squared = fma(g, g, squared)
        if doing & STEP:
            store(net.gradient, at, splat(np.float32(0)))
            stepped(rule, scales, net, at, g, False)  # noqa: FBT003
    return np.float64(total(squared))
