"""exp, tanh, sigmoid, logarithm and the normal distribution, as explicit operations.

The C library's give other last bits on processors without fused multiplication; these give the
same everywhere. Each is a textbook argument reduction and a Taylor series, long enough for its
precision; tests/grader/compiled/test_functions.py holds them against mpmath.
"""

import math
from typing import Any, Final

import numpy as np

from grader.compiled.vectors import floors, fma, power_of_two, splat, where_less
from simulator.compiled import inlined

# ln 2 in two parts: the first has so few digits that its products with exponents are exact.
LN2_HIGH: Final = np.float32(0.693359375)
LN2_LOW: Final = np.float32(math.log(2) - 0.693359375)
PER_LN2: Final = np.float32(1 / math.log(2))
# e^x beyond them is 0 or infinite in float32, or nearly.
LEAST_EXPONENT: Final = np.float32(-87.0)
GREATEST_EXPONENT: Final = np.float32(88.0)
# Below it, tanh is computed by its own series, without the difference that would lose its digits.
SMALL: Final = np.float32(0.5)


@inlined
def exp(x: Any) -> Any:
    """Returns e^x for a vector, x cut off at -87 and 88; within 2 units of the last place.

    x = n ln 2 + r with |r| <= (ln 2) / 2, so e^x = 2^n e^r, and e^r by its series to r^7.
    """
    x = where_less(x, splat(LEAST_EXPONENT), splat(LEAST_EXPONENT), x)
    x = where_less(splat(GREATEST_EXPONENT), x, splat(GREATEST_EXPONENT), x)
    n = floors(fma(x, splat(PER_LN2), splat(np.float32(0.5))))
    r = fma(n, splat(-LN2_HIGH), x)
    r = fma(n, splat(-LN2_LOW), r)
    s = splat(np.float32(1 / 5040))
    s = fma(s, r, splat(np.float32(1 / 720)))
    s = fma(s, r, splat(np.float32(1 / 120)))
    s = fma(s, r, splat(np.float32(1 / 24)))
    s = fma(s, r, splat(np.float32(1 / 6)))
    s = fma(s, r, splat(np.float32(0.5)))
    s = fma(s, r, splat(np.float32(1)))
    s = fma(s, r, splat(np.float32(1)))
    return s * power_of_two(n)


@inlined
def sigmoid(x: Any) -> Any:
    """Returns 1 / (1 + e^-x) for a vector."""
    one = splat(np.float32(1))
    return one / (one + exp(splat(np.float32(0)) - x))


@inlined
def tanh(x: Any) -> Any:
    """Returns tanh x for a vector.

    1 - 2 / (e^2x + 1); near 0 the Taylor series to x^15.
    """
    one = splat(np.float32(1))
    far = one - splat(np.float32(2)) / (exp(x + x) + one)
    square = x * x
    s = splat(np.float32(-929569 / 638512875))
    s = fma(s, square, splat(np.float32(21844 / 6081075)))
    s = fma(s, square, splat(np.float32(-1382 / 155925)))
    s = fma(s, square, splat(np.float32(62 / 2835)))
    s = fma(s, square, splat(np.float32(-17 / 315)))
    s = fma(s, square, splat(np.float32(2 / 15)))
    s = fma(s, square, splat(np.float32(-1 / 3)))
    close = fma(s * square, x, x)
    return where_less(square, splat(SMALL * SMALL), close, far)


@inlined
def logarithm(x: float) -> float:
    """Returns ln x for a float64 above 0, within 1e-15 of itself.

    x = 2^n m with m from sqrt(1/2) to sqrt 2, and ln m = 2 artanh((m - 1) / (m + 1)) by its series.
    """
    n = 0.0
    while x < 0.7071067811865476:  # noqa: PLR2004 - sqrt(1/2)
        x *= 2.0
        n -= 1.0
    while x > 1.4142135623730951:  # noqa: PLR2004 - sqrt 2
        x *= 0.5
        n += 1.0
    t = (x - 1.0) / (x + 1.0)
    square = t * t
    s = 0.0
    for power in range(23, 0, -2):
        s = s * square + 1.0 / power
    return n * 0.6931471805599453 + 2.0 * t * s


@inlined
def cosine_of_turns(turns: float) -> float:
    """Returns cos(2 pi turns) for a float64 from 0 to 1.

    Folded to a quarter of a turn, then the Taylor series to x^22.
    """
    folded = abs(turns - 0.5)
    sign = -1.0
    if folded > 0.25:  # noqa: PLR2004 - a quarter
        folded = 0.5 - folded
        sign = 1.0
    x = 6.283185307179586 * folded
    square = x * x
    s = 1.0
    for power in range(22, 0, -2):
        s = 1.0 - s * square / (power * (power - 1))
    return sign * s


@inlined
def normal(one: float, other: float) -> float:
    """Returns a draw from the normal distribution for two from the uniform one in (0, 1).

    Box and Muller, "A note on the generation of random normal deviates", 1958.
    """
    return math.sqrt(-2.0 * logarithm(one)) * cosine_of_turns(other)
