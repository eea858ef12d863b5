"""How far two quantities rise together: Spearman's rank correlation; numpy only."""

import math
from statistics import NormalDist
from typing import NamedTuple

import numpy as np
import numpy.typing as npt

LEVEL = 0.95
"""Nominal coverage of the interval [1]."""
LEAST = 10
"""Pairs from which on the interval means something [1]."""
_Z = NormalDist().inv_cdf((1 + LEVEL) / 2)
_CERTAIN = 1 - 1e-12

Floats = npt.NDArray[np.float64]


class Association(NamedTuple):
    """Spearman's rank correlation [1] with the ends of its interval; of so many pairs."""

    rho: float
    low: float
    high: float
    pairs: int

    @property
    def is_told(self) -> bool:
        """Whether none at all lies outside of the interval."""
        return self.low > 0 or self.high < 0


def association(values: Floats, scores: Floats) -> Association | None:
    """Of pairs; None: there are too few, or one of the two is always the same.

    The interval is Fisher's; its variance, (1 + rho^2 / 2) / (n - 3), Bonett and Wright's (2000).
    It takes the pairs for independent.

    Args:
        values: Finite, shape [n].
        scores: Finite, shape [n].
    """
    if len(values) < LEAST:
        return None
    first, second = ranks(values), ranks(scores)
    first -= first.mean()
    second -= second.mean()
    spread = math.sqrt(float(first @ first) * float(second @ second))
    if not spread:
        return None
    rho = min(1.0, max(-1.0, float(first @ second) / spread))
    middle = math.atanh(min(_CERTAIN, max(-_CERTAIN, rho)))
    reach = _Z * math.sqrt((1 + rho * rho / 2) / (len(values) - 3))
    # rounding must not put the ends of a perfect correlation beside it
    low, high = min(rho, math.tanh(middle - reach)), max(rho, math.tanh(middle + reach))
    return Association(rho, low, high, len(values))


def ranks(values: Floats) -> Floats:
    """From 1 for the least on; equal values share the mean of their ranks."""
    _, place, counts = np.unique(values, return_inverse=True, return_counts=True)
    last = np.cumsum(counts)
    shared: Floats = (last - (counts - 1) / 2)[place]
    return shared
