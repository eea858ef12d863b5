"""The original's random numbers: two Lehmer streams, where only the order of the draws counts.

g <- 16807 * g mod 2147483647; the number drawn is u = (g - 1) / 2147483646.
"""

from collections.abc import Sequence
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray

from simulator.compiled import inlined
from simulator.road import CARS

MODULUS: Final = 2147483647  # a prime, 2**31 - 1
MULTIPLIER: Final = 16807
LOADING_SEED: Final = 1  # of both streams when the original is loaded
LOADING_DRAWS: Final = 40  # from the behaviour stream, before the first run of a session

# [CARS + 1] what so many draws in a row multiply the state by.
_JUMPS: Final = np.array([pow(MULTIPLIER, n, MODULUS) for n in range(CARS + 1)], np.uint32)
_WORD = np.uint64(2**32 - 1)
_PRIME = np.uint64(MODULUS)
_BITS = np.uint64(31)


def checked_states(states: Sequence[int] | NDArray[Any]) -> NDArray[np.int64]:
    """Returns states of a stream as a new array.

    Raises:
        ValueError: they are not one row of whole numbers from 1 to 2**31 - 2.
    """
    given = np.array(states)
    if given.ndim != 1 or given.dtype.kind not in "iu":
        raise ValueError(f"streams are {states!r}; they must be one row of whole numbers.")
    for state in given:
        if not 1 <= state < MODULUS:
            raise ValueError(f"stream {state} must be 1 to {MODULUS - 1}.")
    return given.astype(np.int64)


@inlined
def seeded(seed: np.uint64) -> int:
    """Returns the state of a stream with this seed."""
    state = seed % _PRIME
    return MODULUS - 1 if state == 0 else int(state)


@inlined
def jumped(state: int, draws: int) -> int:
    """Returns the state after so many draws, 0 to CARS."""
    product = (np.uint64(state) & _WORD) * np.uint64(_JUMPS[draws])
    # Modulo 2**31 - 1 the bits from the 31st on count as if they stood at the first.
    folded = (product & _PRIME) + (product >> _BITS)
    return int(folded - _PRIME if folded >= _PRIME else folded)


@inlined
def stream_unit(state: int) -> float:
    """Returns the number drawn when a stream came to this state."""
    return float(state - 1) / float(MODULUS - 1)


@inlined
def any_above(state: int, draws: int, least: int) -> bool:
    """Returns whether one of the next so many draws brings the stream to a state above least."""
    found = 0
    for ahead in range(1, draws + 1):
        found |= jumped(state, ahead) > least
    return found != 0
