"""Every random number of a run: Philox4x32-10, keyed by seed, frame, car and purpose.

A draw depends on these four alone, never on how many draws came before it. Source: Salmon, Moraes,
Dror, Shaw, "Parallel Random Numbers: As Easy as 1, 2, 3", SC 2011. docs/simulator.md has the map.
"""

from collections.abc import Sequence
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray

from simulator.compiled import compiled, inlined
from simulator.road import CARS

# What a draw is for: the third word of the counter. Numbers are frozen: scores depend on them.
PLACE: Final = 0  # the cell that a car starts in
THROTTLE: Final = 1  # an uncontrolled car's throttle at the start
RESPAWN_LANE: Final = 2
RESPAWN_THROTTLE: Final = 3
CHANGE: Final = 4  # whether an uncontrolled car wants to change lanes
DIRECTION: Final = 5  # and to which side
EXPLORE: Final = 6  # whether a controlled car acts at random
ACTION: Final = 7  # and how

DRAWN_AT_ONCE: Final = 32  # [frames] whose lane-change draws are looked at together
BLOCK: Final = 4  # [draws] that one evaluation of the generator yields
MAX_WORD: Final = 2**32 - 1
MAX_SEED: Final = 2**64 - 1

_ROUNDS: Final = 10
_LOW = np.uint64(MAX_WORD)
_HALF = np.uint64(32)
_MULTIPLIER_0 = np.uint64(0xD2511F53)
_MULTIPLIER_1 = np.uint64(0xCD9E8D57)
_WEYL_0 = np.uint64(0x9E3779B9)
_WEYL_1 = np.uint64(0xBB67AE85)


@inlined
def philox(
    c0: np.uint64, c1: np.uint64, c2: np.uint64, c3: np.uint64, seed: np.uint64
) -> tuple[np.uint64, np.uint64, np.uint64, np.uint64]:
    """Returns the four words for a counter of four words and a 64-bit key; words are 32-bit."""
    # Said again, words are 32-bit, so that a compiler multiplies them as such.
    c0 &= _LOW
    c2 &= _LOW
    k0 = seed & _LOW
    k1 = seed >> _HALF
    for _ in range(_ROUNDS):
        p0 = _MULTIPLIER_0 * c0
        p1 = _MULTIPLIER_1 * c2
        c0 = (p1 >> _HALF) ^ c1 ^ k0
        c2 = (p0 >> _HALF) ^ c3 ^ k1
        c1 = p1 & _LOW
        c3 = p0 & _LOW
        k0 = (k0 + _WEYL_0) & _LOW
        k1 = (k1 + _WEYL_1) & _LOW
    return c0, c1, c2, c3


@inlined
def unit(word: int | np.uint64) -> float:
    """Returns a 32-bit word as a number in (0, 1); exact, and never 0 or 1."""
    return (float(word) + 0.5) / 4294967296.0


@inlined
def draw(seed: np.uint64, frame: int, car: int, purpose: int) -> float:
    """Returns the number in (0, 1) of this seed, frame, car and purpose."""
    block = philox(
        np.uint64(frame), np.uint64(car // BLOCK), np.uint64(purpose), np.uint64(0), seed
    )
    return unit(block[car % BLOCK])


@inlined
def find_rare(
    seed: np.uint64, first: int, purpose: int, least: int, rare: NDArray[np.uint64]
) -> None:
    """Finds the draws that are at least unit(least), for all cars and some frames from first on.

    Args:
        seed: of the run.
        first: the first frame.
        purpose: what the draws are for.
        least: a word.
        rare: [DRAWN_AT_ONCE] written for each frame: bit c is set if car c's draw is among them.
    """
    # A word at or above it carries into the bit behind the word.
    carry = np.uint64(MAX_WORD + 1 - least)
    one = np.uint64(1)
    for frame in range(DRAWN_AT_ONCE):
        rare[frame] = 0
    for block in range(CARS // BLOCK):
        for frame in range(DRAWN_AT_ONCE):
            w0, w1, w2, w3 = philox(
                np.uint64(first + frame), np.uint64(block), np.uint64(purpose), np.uint64(0), seed
            )
            bits = (w0 + carry) >> _HALF
            bits |= ((w1 + carry) >> _HALF) << one
            bits |= ((w2 + carry) >> _HALF) << np.uint64(2)
            bits |= ((w3 + carry) >> _HALF) << np.uint64(3)
            rare[frame] |= bits << np.uint64(BLOCK * block)


@compiled
def _draw_each(
    seeds: NDArray[np.uint64], frame: int, car: int, purpose: int, into: NDArray[np.float64]
) -> None:
    for run in range(seeds.shape[0]):
        into[run] = draw(seeds[run], frame, car, purpose)


def uniforms(
    seeds: Sequence[int] | NDArray[Any], *, frame: int, car: int, purpose: int
) -> NDArray[np.float64]:
    """Returns one draw for each run.

    Args:
        seeds: [B] unsigned 64-bit run seeds.
        frame: the frame of the run, 0 to 2**32 - 1.
        car: the car that the draw is for, 0 to 2**32 - 1.
        purpose: what it is for, 0 to 2**32 - 1; see the constants above.

    Returns:
        [B] numbers strictly between 0 and 1, multiples of 2**-33.

    Raises:
        ValueError: a seed or a word of the counter is out of bounds.
    """
    for name, word in (("frame", frame), ("car", car), ("purpose", purpose)):
        if not 0 <= word <= MAX_WORD:
            raise ValueError(f"{name} is {word}; it must be 0 to {MAX_WORD}.")
    keys = checked_seeds(seeds)
    numbers = np.empty(keys.size, np.float64)
    _draw_each(keys, int(frame), int(car), int(purpose), numbers)
    return numbers


def checked_seeds(seeds: Sequence[int] | NDArray[Any]) -> NDArray[np.uint64]:
    """Returns the seeds as a new array of unsigned 64-bit numbers.

    Raises:
        ValueError: they are not one row of whole numbers from 0 to 2**64 - 1.
    """
    # Lists become objects first: numpy would round a list of small and large seeds to floats.
    given = seeds if isinstance(seeds, np.ndarray) else np.array(seeds, dtype=object)
    if given.ndim != 1:
        raise ValueError(f"seeds have shape {given.shape}; they must be one row.")
    if given.dtype.kind not in "iuO":
        raise ValueError(f"seeds are {given.dtype}; they must be whole numbers.")
    for seed in given if given.dtype.kind != "u" else ():
        whole = isinstance(seed, int | np.integer) and not isinstance(seed, bool)
        if not whole or not 0 <= seed <= MAX_SEED:
            raise ValueError(f"seed {seed!r} must be a whole number, 0 to {MAX_SEED}.")
    return given.astype(np.uint64)
