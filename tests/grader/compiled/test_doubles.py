"""The original's arithmetic: against mpmath, and against plain Python that sums in index order."""

import math
import random

import mpmath
import numpy as np
import pytest

from grader.compiled import doubles
from grader.compiled.doubles import best_action
from grader.compiled.session import new_net
from grader.config import validate
from grader.pretrained import Pretrained
from simulator.compiled import compiled

ACTIVATIONS = ["linear", "relu", "tanh", "sigmoid", "maxout"]


@compiled
def exp_of(x):
    return doubles.exp(x)


def test_exp_is_within_a_unit_of_the_last_place():
    draw = random.Random(1)
    for x in [
        0.0,
        -0.0,
        1.0,
        709.7,
        -707.9,
        1e-300,
        *(draw.uniform(-708, 709) for _ in range(4000)),
    ]:
        exact = mpmath.exp(mpmath.mpf(x))
        assert abs(mpmath.mpf(exp_of(x)) - exact) <= math.ulp(float(exact)) * 1.01


def test_exp_at_its_ends_is_that_of_javascript():
    assert exp_of(710.0) == math.inf
    assert exp_of(math.inf) == math.inf
    assert exp_of(-math.inf) == exp_of(-800.0) == 0.0
    assert math.isnan(exp_of(math.nan))


def values_in_order(network, inputs):
    """The outputs, by the original's formulas in Python, which rounds as JavaScript does."""
    values = list(inputs)
    kinds = [*(layer.activation for layer in network.config.layers), "linear"]
    factors = [*network.factors, *[1.0] * len(kinds)]
    for matrix, kind, factor in zip(network.matrices, kinds, factors, strict=False):
        sums = []
        for unit in range(matrix.shape[1]):
            total = 0.0
            for place, value in enumerate(values):
                total += value * float(matrix[place, unit])
            sums.append(total + float(matrix[-1, unit]))
        values = [factor * value for value in activated(kind, sums)]
    return values


def activated(kind, sums):
    if kind == "relu":
        return [0.0 if x < 0 else x for x in sums]
    if kind == "tanh":
        return [(exp_of(2 * x) - 1) / (exp_of(2 * x) + 1) for x in sums]
    if kind == "sigmoid":
        return [1 / (1 + exp_of(-x)) for x in sums]
    if kind == "maxout":
        return [max(sums[i], sums[i + 1]) for i in range(0, len(sums) - 1, 2)]
    return sums


def drawn(kind, units, seed, *, scale=0.4):
    config = validate(
        {"patches_ahead": 7, "layers": [{"units": u, "activation": kind} for u in units]}
    )
    generator = np.random.default_rng(seed)
    matrices = [generator.normal(0, scale, (n + 1, u)) for n, u in config.shapes]
    return Pretrained.of(config, matrices), generator


@pytest.mark.parametrize("kind", ACTIVATIONS)
@pytest.mark.parametrize("units", [(), (1,), (2, 9), (17, 5), (33,)])
def test_every_output_has_the_bits_of_sums_in_index_order(kind, units):
    if kind == "maxout" and units == (1,):
        units = (3,)
    network, generator = drawn(kind, units, len(units) + 7)
    network = network._replace(factors=tuple(0.3 for _ in units))
    net = new_net(network)
    for _ in range(50):
        inputs = np.round(generator.uniform(0, 1, network.config.num_inputs), 1)
        inputs[generator.integers(0, len(inputs), 6)] = 0.0
        net.values[: len(inputs)] = inputs
        action = best_action(net)
        expected = values_in_order(network, inputs.tolist())
        assert net.values[:5].tolist() == expected
        assert action == expected.index(max(expected))


def test_the_first_of_equal_actions_is_taken():
    network, _ = drawn("relu", (3,), 1)
    net = new_net(network._replace(matrices=tuple(0 * matrix for matrix in network.matrices)))
    net.values[:21] = 1.0
    assert best_action(net) == 0


def test_far_from_zero_tanh_is_not_a_number_and_no_action_is_better():
    network, _ = drawn("tanh", (4,), 1)
    far = tuple(np.full_like(matrix, 1000.0) for matrix in network.matrices)
    net = new_net(network._replace(matrices=far))
    net.values[:21] = 1.0
    assert best_action(net) == 0
    assert np.isnan(net.values[:5]).all()
