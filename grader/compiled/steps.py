"""How a weight follows its gradient: decay and the trainers, sixteen weights at a time."""

from typing import Any, Final, NamedTuple

import numpy as np

from grader.compiled.layout import Row
from grader.compiled.vectors import fma, load, roots, splat, store, where_less
from grader.schema import Trainer
from simulator.compiled import inlined

SGD, NESTEROV, ADAM = range(3)
METHODS: Final = {"sgd": SGD, "nesterov": NESTEROV, "adam": ADAM}
ADAM_EPSILON: Final = 1e-8
"""Keeps adam's step finite where the gradient is 0 (Kingma and Ba, 2015)."""


class Rule(NamedTuple):
    """A trainer's numbers."""

    method: int
    rate: float
    momentum: float
    beta1: float
    beta2: float
    l1: float
    l2: float
    batch: float  # [experiences] that the gradient is summed over
    clip: float  # greatest length of the mean gradient; 0: any


class Scales(NamedTuple):
    """What changes from update to update."""

    gradient: float  # 1, or less to clip
    mean: float  # adam: learning rate / (1 - beta1^t)
    square: float  # adam: 1 / (1 - beta2^t)


class Learned(NamedTuple):
    """A network on its way, each [length] and laid out like it."""

    weights: Row
    gradient: Row  # of the features, summed over a batch; zeros between updates
    momentum: Row  # sgd: the velocity; adam: the running mean of the gradient
    squares: Row  # adam: the running mean of the squared gradient


def rule_of(trainer: Trainer) -> Rule:
    """The numbers of a configuration's trainer; 0 as 0.0, or it would be compiled once more."""
    return Rule(
        method=METHODS[trainer.method],
        rate=float(trainer.learning_rate),
        momentum=float(trainer.momentum),
        beta1=float(trainer.beta1),
        beta2=float(trainer.beta2),
        l1=float(trainer.l1_decay),
        l2=float(trainer.l2_decay),
        batch=float(trainer.batch_size),
        clip=float(trainer.clip_gradient),
    )


@inlined
def pull(rule: Rule, w: Any) -> Any:
    """Returns the decay of weights: l2 w + l1 sign(w)."""
    decay = splat(rule.l2) * w
    if rule.l1 > 0.0:
        zero = splat(np.float32(0))
        up = where_less(zero, w, splat(rule.l1), zero)
        decay = decay + where_less(w, zero, splat(-rule.l1), up)
    return decay


@inlined
def stepped(rule: Rule, scales: Scales, net: Learned, at: int, g: Any, decayed: int) -> Any:
    """Makes one step of sixteen weights, for the sum of their gradients; returns them."""
    w = load(net.weights, at)
    if rule.clip > 0.0:
        g = g * splat(scales.gradient)
    if decayed:
        g = g + pull(rule, w)
    g = g * splat(1.0 / rule.batch)
    if rule.method == ADAM:
        mean = load(net.momentum, at) * splat(rule.beta1) + g * splat(1.0 - rule.beta1)
        square = load(net.squares, at) * splat(rule.beta2) + g * g * splat(1.0 - rule.beta2)
        store(net.momentum, at, mean)
        store(net.squares, at, square)
        root = roots(square * splat(scales.square)) + splat(ADAM_EPSILON)
        w = w - mean * splat(scales.mean) / root
    elif rule.momentum > 0.0:
        before = load(net.momentum, at)
        velocity = fma(before, splat(rule.momentum), g * splat(rule.rate))
        store(net.momentum, at, velocity)
        if rule.method == NESTEROV:
            ahead = velocity - splat(rule.momentum) * before
            velocity = fma(splat(rule.momentum), velocity, ahead)
        w = w - velocity
    else:
        w = fma(g, splat(-rule.rate), w)
    store(net.weights, at, w)
    return w


@inlined
def scales_of(rule: Rule, length: float, beta1_power: float, beta2_power: float) -> Scales:
    """Returns the scales of an update.

    Args:
        rule: The trainer's numbers.
        length: Of the summed gradient; looked at only to clip.
        beta1_power: beta1^t at the t-th update.
        beta2_power: beta2^t.
    """
    gradient = 1.0
    if rule.clip > 0.0 and length > rule.clip * rule.batch:
        gradient = rule.clip * rule.batch / length
    if rule.method != ADAM:
        return Scales(gradient, 0.0, 0.0)
    return Scales(gradient, rule.rate / (1.0 - beta1_power), 1.0 / (1.0 - beta2_power))
