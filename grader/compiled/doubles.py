"""A network as the original computed it: in float64, each sum in the order of its inputs.

JavaScript rounds after every multiplication and every addition, and so does this: no fused
operation, no other order, no library's exp. A trained network of then therefore chooses the same
actions here.
"""

import math
from typing import Final, NamedTuple

import numpy as np
import numpy.typing as npt

from grader.schema import NUM_ACTIONS
from simulator.compiled import compiled, inlined

Doubles = npt.NDArray[np.float64]
Numbers = npt.NDArray[np.int64]

LINEAR, RELU, TANH, SIGMOID, MAXOUT = range(5)
KINDS: Final = {"linear": LINEAR, "relu": RELU, "tanh": TANH, "sigmoid": SIGMOID, "maxout": MAXOUT}

# ln 2 in two parts: the first has so few digits that its products with exponents are exact.
LN2_HIGH: Final = float.fromhex("0x1.62e42fee00000p-1")
LN2_LOW: Final = float.fromhex("0x1.a39ef35793c76p-33")
PER_LN2: Final = 1 / math.log(2)
GREATEST_EXPONENT: Final = 709.782712893384
LEAST_EXPONENT: Final = -708.0
POWERS_OF_TWO: Final = 2.0 ** np.arange(-1022, 1024)
LEAST_POWER: Final = -1022
SERIES: Final = tuple(1 / math.factorial(power) for power in range(13, 1, -1))


class Net(NamedTuple):
    """The layers of a network, and room for what passes through them."""

    weights: Doubles  # of all layers, each [inputs + 1, units], the last row the biases
    places: Numbers  # [L] where each layer's begin
    inputs: Numbers  # [L]
    units: Numbers  # [L]
    kinds: Numbers  # [L] one of KINDS
    factors: Doubles  # [L] by which a layer's values are multiplied, as dropout does when graded
    values: Doubles  # [widest] of the layer below
    sums: Doubles  # [widest] of the layer
    chosen: Numbers  # [widest] the inputs that are not 0


@inlined
def exp(x: float) -> float:
    """Returns e^x for a float64, within a unit of the last place; below -708 it is 0.

    x = n ln 2 + r with |r| <= (ln 2) / 2, so e^x = 2^n e^r, and e^r by its series to r^13.
    """
    if x != x:  # noqa: PLR0124 - NaN
        return x
    if x > GREATEST_EXPONENT:
        return math.inf
    if x < LEAST_EXPONENT:
        return 0.0
    n = math.floor(x * PER_LN2 + 0.5)
    r = (x - n * LN2_HIGH) - n * LN2_LOW
    s = 0.0
    for term in SERIES:
        s = s * r + term
    # halved and doubled again: 2^1024 is no float64
    half: float = POWERS_OF_TWO[int(n) - 1 - LEAST_POWER]
    return (1.0 + (r + r * r * s)) * half * 2.0


@inlined
def activate(kind: int, sums: Doubles, units: int, factor: float, values: Doubles) -> None:
    """Writes what a layer hands on, by the original's formulas.

    A NaN, as tanh gives far from 0, is neither less nor greater than anything and passes through.
    """
    if kind == MAXOUT:
        for pair in range(units // 2):
            one, other = sums[2 * pair], sums[2 * pair + 1]
            greater = other if other > one else one  # noqa: FURB136 - NaN
            values[pair] = greater * factor
        return
    for unit in range(units):
        x = sums[unit]
        if kind == RELU:
            x = 0.0 if x < 0.0 else x  # noqa: FURB136 - NaN
        elif kind == TANH:
            y = exp(2.0 * x)
            x = (y - 1.0) / (y + 1.0)
        elif kind == SIGMOID:
            x = 1.0 / (1.0 + exp(-x))
        values[unit] = x * factor


@inlined
def multiply(net: Net, layer: int) -> None:
    """Writes the sums of a layer's units. An input of 0 adds nothing, in any order."""
    inputs, units = net.inputs[layer], net.units[layer]
    weights = net.weights[net.places[layer] :]
    sums, values, chosen = net.sums[:units], net.values, net.chosen
    count = 0
    for index in range(inputs):
        chosen[count] = index
        count += values[index] != 0.0
    for unit in range(units):
        sums[unit] = 0.0
    # four at a time, so that each sum is read and written once for four products
    for k in range(0, count - 3, 4):
        a, b, c, d = chosen[k], chosen[k + 1], chosen[k + 2], chosen[k + 3]
        va, vb, vc, vd = values[a], values[b], values[c], values[d]
        row_a, row_b = weights[a * units : (a + 1) * units], weights[b * units : (b + 1) * units]
        row_c, row_d = weights[c * units : (c + 1) * units], weights[d * units : (d + 1) * units]
        for unit in range(units):
            sums[unit] = (
                (((sums[unit] + va * row_a[unit]) + vb * row_b[unit]) + vc * row_c[unit])
                + vd * row_d[unit]
            )  # fmt: skip
    for k in range(count - count % 4, count):
        a = chosen[k]
        for unit in range(units):
            sums[unit] += values[a] * weights[a * units + unit]
    biases = weights[inputs * units :]
    for unit in range(units):
        sums[unit] += biases[unit]


@compiled
def best_action(net: Net) -> int:
    """Returns what the network does about its input, which stands in `net.values`.

    The first of equal ones; one that is NaN is never better than another.
    """
    for layer in range(net.places.size):
        multiply(net, layer)
        activate(net.kinds[layer], net.sums, net.units[layer], net.factors[layer], net.values)
    best = 0
    for action in range(1, NUM_ACTIONS):
        if net.values[action] > net.values[best]:
            best = action
    return best
