"""The state of the roads: a record for each road, small enough that its frames stay in cache.

No map of the road is kept. A car's place on it is one number, its key; whoever wants to know what
is in a cell compares the cell's key with those of all cars at once.
"""

from typing import Any, Final, Protocol, TypeAlias

import numpy as np
from numpy.typing import NDArray

from simulator.compiled import inlined
from simulator.draws import DRAWN_AT_ONCE
from simulator.road import CARS, LANES, ROWS

# A key is a column's first key plus a row. Cars stand at rows -7 to 76 and look four rows ahead;
# with columns this far apart none is near a car in another one.
KEYS_A_COLUMN: Final = 96
KEY_OF_ROW_0: Final = 16
NOWHERE: Final = 2**15  # a key far from all others

# A car between two columns has a second key. Slots: the cars, then those second keys.
SLOTS: Final = 64
NEAR_SLOTS: Final = 32  # searched always; the others only if so many cars change lanes at once

# Sums of a road, by place.
CAMERA: Final = 0  # [px/frame] the road's own speed, from the last frame
TRAVELLED: Final = 1  # [px] the ego's way since its last decision
TOTAL: Final = 2  # [px] the controlled cars' mean way since the start
SUMS: Final = 3

_ROAD: Final = np.dtype(
    [
        ("y", np.float64, CARS),
        ("follow", np.float64, CARS),
        ("throttle", np.float64, CARS),
        ("shown", np.float64, CARS),
        ("x", np.float64, CARS),
        ("sums", np.float64, SUMS),
        ("seed", np.uint64),
        ("behaviour", np.int64),
        ("changing", np.uint64),
        ("straddling", np.int64),
        ("rows", np.int64),
        ("lane", np.int64, CARS),
        ("row", np.uint16, SLOTS),
        ("base", np.uint16, SLOTS),
        ("key", np.uint16, SLOTS),
        ("centre", np.uint16, NEAR_SLOTS),
        ("ahead", np.uint16, NEAR_SLOTS),
        ("car", np.uint8, SLOTS),
        ("rare", np.uint64, DRAWN_AT_ONCE),
    ],
    align=True,
)

Roads: TypeAlias = Any  # a numpy.recarray [B] of _ROAD: roads.x is [B, CARS]


class Road(Protocol):
    """One of the records."""

    y: NDArray[np.float64]  # [CARS] px from the far end of the visible road
    follow: NDArray[np.float64]  # [CARS] follow limit, 0 to 2; speed = follow * throttle
    throttle: NDArray[np.float64]  # [CARS] 0 to 2
    shown: NDArray[np.float64]  # [CARS] px/frame, the speed that a car's cells show
    x: NDArray[np.float64]  # [CARS] px from the left edge of the road
    sums: NDArray[np.float64]  # [SUMS]
    seed: np.uint64  # of the run being driven; in the original the run's number
    behaviour: int  # state of the original's stream of that name
    changing: np.uint64  # a bit for each car that isn't settled in its lane
    straddling: int  # how many cars have a second key
    rows: int  # that the longest car covers: four, or five by rounding
    lane: NDArray[np.int64]  # [CARS] the lane it is in or changes to
    row: NDArray[np.uint16]  # [SLOTS] of the car's front, modulo 2**16
    base: NDArray[np.uint16]  # [SLOTS] the first key of the slot's column
    key: NDArray[np.uint16]  # [SLOTS] base + row
    centre: NDArray[np.uint16]  # [CARS and more] first key of the column under its centre line
    ahead: NDArray[np.uint16]  # [CARS and more] centre + row
    car: NDArray[np.uint8]  # [SLOTS] whose key it is
    rare: NDArray[np.uint64]  # [DRAWN_AT_ONCE] a bit for each car that may change lanes


def new_roads(roads: int) -> Roads:
    """Returns the state of so many roads without traffic."""
    state: Roads = np.zeros(roads, _ROAD).view(np.recarray)
    state.base = NOWHERE
    state.car[:, :CARS] = np.arange(CARS)
    return state


@inlined
def first_key(column: int) -> int:
    """Returns the key of a column's row 0."""
    return KEYS_A_COLUMN * column + KEY_OF_ROW_0


@inlined
def signed(word: Any) -> int:
    """Returns an unsigned word as a whole number to reckon with; int() would leave it unsigned."""
    return np.int64(word)  # type: ignore[return-value]


@inlined
def on_road(lane: int, row: int) -> bool:
    """Returns whether there is such a cell."""
    return 0 <= lane < LANES and 0 <= row < ROWS
