"""What units do with their sums, and how steeply."""

from typing import Any

import numpy as np

from grader.compiled.functions import sigmoid, tanh
from grader.compiled.layout import RELU, SIGMOID, TANH, Row
from grader.compiled.vectors import load, splat, store, where_less
from simulator.compiled import inlined


@inlined
def activated(kind: int, sums: Any) -> Any:
    """Returns sixteen units' values for their sums; of maxout the sums, see `greater_of_two`."""
    if kind == RELU:
        nothing = splat(np.float32(0))
        return where_less(sums, nothing, nothing, sums)  # what is no number stays none
    if kind == TANH:
        return tanh(sums)
    if kind == SIGMOID:
        return sigmoid(sums)
    return sums


@inlined
def through(kind: int, values: Any, errors: Any) -> Any:
    """Returns the errors of the sums, for those of the values; of maxout see `to_the_greater`."""
    nothing = splat(np.float32(0))
    one = splat(np.float32(1))
    if kind == RELU:
        return where_less(nothing, values, errors, nothing)
    if kind == TANH:
        return errors * (one - values * values)
    if kind == SIGMOID:
        return errors * ((one - values) * values)
    return errors


@inlined
def greater_of_two(hidden: Row, first: int, second: int) -> None:
    """Writes the values of sixteen pairs over the first sums; over the second, which was chosen.

    That is 1 where the second is greater, else 0.
    """
    one = load(hidden, first)
    other = load(hidden, second)
    nothing = splat(np.float32(0))
    # equal ones and what is no number are the sum with a zero or with no number
    neither = one + (other - other)
    greater = where_less(one, other, other, where_less(other, one, one, neither))
    store(hidden, first, greater)
    store(hidden, second, where_less(one, other, splat(np.float32(1)), nothing))


@inlined
def to_the_greater(hidden: Row, second: int, errors: Row, place: int, half: int) -> None:
    """Hands the errors of sixteen values, in place, to the sum that each of them is of.

    Args:
        hidden: Of `greater_of_two`.
        second: Where it wrote which was chosen.
        errors: Of the values at `place`; of the second sums written at `place + half`.
        place: See errors.
        half: See errors.
    """
    error = load(errors, place)
    handed = error * load(hidden, second)
    store(errors, place + half, handed)
    store(errors, place, error - handed)
