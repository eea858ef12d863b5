"""One update of a network from a batch of experiences; ``grader.learner`` in compiled code."""

import math
from typing import Any, Final, NamedTuple

import numpy as np

from grader.compiled.activations import through
from grader.compiled.backward import go_back, hand_down, output_gradient
from grader.compiled.batch import INPUTS_AT_ONCE, Memory, Room, spell_batch
from grader.compiled.chance import SAMPLE
from grader.compiled.forward import best_of, forward, worth
from grader.compiled.layout import Row, Shape
from grader.compiled.sparse import CELLS, GATHER, NEITHER, STEP
from grader.compiled.steps import Learned, Rule, Scales, scales_of
from grader.compiled.updating import go_through
from grader.compiled.vectors import WIDTH, fma, load, splat, store, total
from grader.schema import NetworkConfig
from simulator.compiled import compiled
from simulator.draws import draw

BOTH: Final = GATHER | STEP


class Aim(NamedTuple):
    """What the network is to learn."""

    gamma: float
    batch: int
    target_interval: int  # [updates] between copies into the target network; 0: there is none
    double: bool  # the network chooses the next action, the target network says its worth
    huber: float  # deltas beyond it count in proportion, not squared; 0: none is


def aim_of(config: NetworkConfig) -> Aim:
    """What a configuration's network is to learn."""
    return Aim(
        gamma=float(config.gamma),
        batch=config.trainer.batch_size,
        target_interval=config.target_update_interval,
        double=config.double_q,
        huber=float(config.huber_delta),
    )


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
