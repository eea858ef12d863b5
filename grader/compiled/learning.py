"""One update of a network from a batch of experiences; ``grader.learner`` in compiled code."""

import math
from typing import Any, Final, NamedTuple

import numpy as np
import numpy.typing as npt

from grader.compiled.activations import through, to_the_greater
from grader.compiled.chance import SAMPLE
from grader.compiled.dense import add_rows, multiply, turn
from grader.compiled.forward import Pass, best_of, forward, new_pass, stride_of, vectors_of, worth
from grader.compiled.glimpses import GLIMPSE, Glimpses, spell_input
from grader.compiled.layout import (
    BIASES,
    INPUTS,
    MATRIX,
    MAXOUT,
    SUMS,
    Row,
    Shape,
    aligned,
    padded,
    stride,
)
from grader.compiled.sparse import CELLS, GATHER, STEP, first_gradient, go_through_first_layer
from grader.compiled.steps import ADAM, Learned, Rule, Scales, scales_of, stepped
from grader.compiled.vectors import WIDTH, fma, load, splat, store, total
from grader.schema import NetworkConfig
from simulator.compiled import compiled, inlined
from simulator.draws import draw
from simulator.state import signed

NEITHER: Final = signed(0)
BOTH: Final = GATHER | STEP
WEIGHTS: Final = signed(1)  # which decay
OFFSETS: Final = signed(0)  # which do not

INPUTS_AT_ONCE = 64
"""Experiences that are looked at together [1]; it changes no bit."""


class Aim(NamedTuple):
    """What the network is to learn."""

    gamma: float
    batch: int
    target_interval: int  # [updates] between copies into the target network; 0: there is none
    double: bool  # the network chooses the next action, the target network says its worth
    huber: float  # deltas beyond it count in proportion, not squared; 0: none is


class Memory(NamedTuple):
    """Experiences: of each what was seen and done up to the next decision, later ones first."""

    seen: Glimpses  # [size, past + 2]; 0 is what was seen next
    done: npt.NDArray[np.int64]  # [size, past + 2]; 0 is not known yet
    rewards: npt.NDArray[np.float64]  # [size]


class Room(NamedTuple):
    """What an update needs besides: nothing of it lasts."""

    now: Pass
    next: Pass
    errors: Row  # [inputs, widest], flat: of the layer at hand
    below: Row  # of the layer before
    turned: Row  # the widest matrix on its side
    columns: Row  # a vector for each column of the view
    nothing: Row  # [widest] zeros
    slots: npt.NDArray[np.int64]  # [inputs] the experiences at hand


def aim_of(config: NetworkConfig) -> Aim:
    """What a configuration's network is to learn."""
    return Aim(
        gamma=float(config.gamma),
        batch=config.trainer.batch_size,
        target_interval=config.target_update_interval,
        double=config.double_q,
        huber=float(config.huber_delta),
    )


def new_memory(config: NetworkConfig, shape: Shape) -> Memory:
    """Room for all that is remembered."""
    size = config.replay_size
    return Memory(
        seen=np.zeros((size, shape.past + 2), GLIMPSE).view(np.recarray),
        done=np.zeros((size, shape.past + 2), np.int64),
        rewards=np.zeros(size),
    )


def new_room(shape: Shape, batch: int) -> Room:
    """Room for an update."""
    inputs = min(batch, INPUTS_AT_ONCE)
    turned = max((stride(d[INPUTS]) * padded(d[SUMS]) for d in shape.dense.tolist()), default=0)
    return Room(
        now=new_pass(shape, inputs),
        next=new_pass(shape, inputs),
        errors=aligned(inputs * shape.widest),
        below=aligned(inputs * shape.widest),
        turned=aligned(turned),
        columns=aligned(shape.width * WIDTH),
        nothing=aligned(shape.widest),
        slots=np.zeros(inputs, np.int64),
    )


@inlined
def spell_batch(shape: Shape, memory: Memory, room: Room, inputs: int) -> int:
    """Writes the experiences at hand as features: what was seen, and what was seen next.

    Returns:
        CELLS if cells are among the features of what was seen, else 0.
    """
    now = later = 0
    loose = signed(0)
    for row in range(inputs):
        slot = room.slots[row]
        seen, done = memory.seen[slot], memory.done[slot]
        later = spell_input(shape, seen, done, 0, later, room.next.places, room.next.shares)
        now = spell_input(shape, seen, done, 1, now, room.now.places, room.now.shares)
        room.next.ends[row + 1] = later
        room.now.ends[row + 1] = now
        for block in range(1, shape.past + 2):
            loose |= signed(seen[block].loose)
    return CELLS if loose else NEITHER


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
def aim_and_err(
    shape: Shape, aim: Aim, net: Learned, target: Row, memory: Memory, room: Room, inputs: int
) -> float:  # fmt: skip
    """Writes the errors of the last hidden layer's sums and adds the output layer's gradient.

    Returns:
        The losses, summed.
    """
    top = forward(shape, target, room.next, inputs)
    later = np.empty(INPUTS_AT_ONCE, np.float32)
    for row in range(inputs):
        worths = worth(shape, target, room.next.hidden, top + row * shape.widest)
        later[row] = worths[best_of(worths)]
    if aim.double:
        # what the target network thinks of the action that the network itself would choose
        choice = np.empty(INPUTS_AT_ONCE, np.int64)
        forward(shape, net.weights, room.next, inputs)
        for row in range(inputs):
            worths = worth(shape, net.weights, room.next.hidden, top + row * shape.widest)
            choice[row] = best_of(worths)
        forward(shape, target, room.next, inputs)
        for row in range(inputs):
            worths = worth(shape, target, room.next.hidden, top + row * shape.widest)
            later[row] = worths[choice[row]]
    forward(shape, net.weights, room.now, inputs)
    kind = shape.activations[shape.dense.shape[0]]
    losses = 0.0
    for row in range(inputs):
        slot = room.slots[row]
        action = memory.done[slot, 1]
        at = top + row * shape.widest
        taken = splat(np.float32(0))
        output = shape.output + action * shape.top
        for column in range(0, shape.top, WIDTH):
            units = load(room.now.hidden, at + column)
            taken = fma(units, load(net.weights, output + column), taken)
        value = total(taken) + net.weights[shape.output_biases + action]
        delta = value - (memory.rewards[slot] + aim.gamma * later[row])
        if aim.huber > 0.0 and abs(delta) > aim.huber:
            losses += aim.huber * (abs(delta) - 0.5 * aim.huber)
            delta = math.copysign(aim.huber, delta)
        else:
            losses += 0.5 * delta * delta
        error = np.float32(delta)
        for column in range(0, shape.top, WIDTH):
            back = splat(error) * load(net.weights, output + column)
            values = load(room.now.hidden, at + column)
            store(room.errors, row * shape.widest + column, through(kind, values, back))  # type: ignore[arg-type]
        if not shape.identity:
            output_gradient(shape, net, room.now.hidden, at, action, error)
    hand_down(shape, shape.dense.shape[0], room, inputs)
    return losses


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


@compiled
def learn(
    shape: Shape, aim: Aim, rule: Rule, net: Learned, target: Row, memory: Memory, room: Room,
    seed: np.uint64, iteration: int, remembered: int, updates: int, powers: Any,
) -> float:  # fmt: skip
    """Makes one update.

    Args:
        shape: Of the network.
        aim: What it is to learn.
        rule: How.
        net: The network.
        target: The target network's weights; without one, not looked at.
        memory: The experiences.
        room: For what does not last.
        seed: Of the training.
        iteration: The decision, from 1.
        remembered: How many experiences there are.
        updates: How many updates were made before.
        powers: [2] beta1 and beta2 to the number of updates; written.

    Returns:
        The mean loss of the batch.
    """
    if aim.target_interval > 0 and updates % aim.target_interval == 0:
        target[:] = net.weights
    judge = target if aim.target_interval > 0 else net.weights
    losses = 0.0
    cells = NEITHER
    for first in range(0, aim.batch, INPUTS_AT_ONCE):
        inputs = min(INPUTS_AT_ONCE, aim.batch - first)
        for row in range(inputs):
            chance = draw(seed, iteration, first + row, SAMPLE)
            room.slots[row] = np.int64(chance * remembered)
        cells |= spell_batch(shape, memory, room, inputs)
        losses += aim_and_err(shape, aim, net, judge, memory, room, inputs)
        go_back(shape, net, room, inputs)
    powers[0] *= rule.beta1
    powers[1] *= rule.beta2
    if rule.clip > 0.0:
        scales = Scales(0.0, 0.0, 0.0)
        squared = go_through(shape, rule, scales, net, room, GATHER | cells)
        scales = scales_of(rule, math.sqrt(squared), powers[0], powers[1])
        go_through(shape, rule, scales, net, room, STEP | CELLS)
    else:
        scales = scales_of(rule, 0.0, powers[0], powers[1])
        go_through(shape, rule, scales, net, room, BOTH | cells)
    return losses / aim.batch


__all__ = ["ADAM", "Aim", "Memory", "Room", "aim_of", "learn", "new_memory", "new_room", "sum_up"]
