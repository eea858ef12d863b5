"""What a car saw, kept in 256 bytes, and written out as the few features that make up the input."""

from typing import Any, Final

import numpy as np
import numpy.typing as npt

from grader.compiled.layout import Shape
from grader.compiled.vectors import WIDTH
from simulator.compiled import inlined
from simulator.road import CAR_ROWS, ROWS
from simulator.sight import MOST_PARTS, Sight, see
from simulator.state import Road, signed
from simulator.view import View

# Most rows of one part of a car: five if rounding puts its last marked point into the next row.
MOST_ROWS: Final = CAR_ROWS + 1
PARTLY: Final = -1  # in place of the lane, where the road ends within the view's rows

GLIMPSE: Final = np.dtype(
    [
        ("parts", np.int32),  # how many
        ("lane", np.int8),  # of the car, or PARTLY
        ("left", np.uint8),  # the view's part on the road, as in `Sight.road`
        ("right", np.uint8),
        ("top", np.uint8),
        ("bottom", np.uint8),
        ("loose", np.uint8),  # whether cells are among its features
        ("code", np.uint16, MOST_PARTS),  # of the part: its feature, or a loose part, see `coded`
        ("excess", np.float32, MOST_PARTS),  # speed / 100 - 1
    ],
    align=True,
)

Glimpses = Any
"""A numpy array of GLIMPSE."""


def most_entries(shape: Shape) -> int:
    """The most features that one input can be the sum of: every part loose, no ground whole."""
    ground = shape.width * (ROWS // CAR_ROWS + CAR_ROWS)
    one = ground + MOST_PARTS * MOST_ROWS + 1
    return (shape.past + 1) * one


@inlined
def coded(shape: Shape, column: int, row: int, length: int) -> int:
    """Returns the code of a part of a car.

    Four rows, or fewer where the view's edge cuts them, are a window: its feature. Others are
    loose: cut by the road's end, covered by another car, or five by rounding.
    """
    window = row
    if row == 0 and length < CAR_ROWS:
        window = length - CAR_ROWS
    whole = min(window + CAR_ROWS, shape.rows) - max(window, 0)
    if length == whole:
        return shape.windows + column * (shape.rows + CAR_ROWS - 1) + window + CAR_ROWS - 1
    return shape.features + (column * shape.rows + row) * MOST_ROWS + length - 1


@inlined
def glance(road: Road, car: int, view: View, shape: Shape, sight: Sight, glimpse: Any) -> None:
    """Writes what a car sees into a glimpse; `sight` is room for one."""
    see(road, car, view, sight, 0)
    edges = sight.road[0]
    glimpse.left, glimpse.right, glimpse.top, glimpse.bottom = (
        edges[0],
        edges[1],
        edges[2],
        edges[3],
    )
    whole = edges[2] == 0 and edges[3] == shape.rows
    glimpse.lane = road.lane[car] if whole else PARTLY
    count = sight.number[0]
    glimpse.parts = count
    loose = not whole
    for part in range(count):
        column, row, length = sight.parts[0, part]
        code = coded(shape, signed(column), signed(row), signed(length))
        loose |= code >= shape.features
        glimpse.code[part] = code
        glimpse.excess[part] = np.float32(sight.excess[0, part])
    glimpse.loose = loose


@inlined
def spell(
    shape: Shape,
    glimpse: Any,
    block: int,
    count: int,
    places: npt.NDArray[np.int32],
    shares: npt.NDArray[np.float32],
) -> int:
    """Writes a glimpse as features, one observation of an input.

    Args:
        shape: Of the network.
        glimpse: What was seen.
        block: Which observation: 0 the newest.
        count: How many features were written so far.
        places: Written: where in a chunk each feature's vector stands.
        shares: Written: how much of it the input holds.

    Returns:
        How many features were written by now.
    """
    first = block * shape.features
    if glimpse.lane != PARTLY:
        places[count] = (first + glimpse.lane) * WIDTH
        shares[count] = 1.0
        count += 1
    else:
        count = spell_partly(shape, glimpse, first, count, places, shares)
    for part in range(glimpse.parts):
        code = signed(glimpse.code[part])
        share = glimpse.excess[part]
        if code < shape.features:
            places[count] = (first + code) * WIDTH
            shares[count] = share
            count += 1
        else:
            loose = code - shape.features
            cell = first + shape.cells + loose // MOST_ROWS
            for row in range(loose % MOST_ROWS + 1):
                places[count] = (cell + row) * WIDTH
                shares[count] = share
                count += 1
    return count


@inlined
def spell_partly(
    shape: Shape,
    glimpse: Any,
    first: int,
    count: int,
    places: npt.NDArray[np.int32],
    shares: npt.NDArray[np.float32],
) -> int:
    """Writes the road of a view that reaches beyond its end: windows, and the cells left over."""
    for column in range(signed(glimpse.left), signed(glimpse.right)):
        row = signed(glimpse.top)
        windows = first + shape.windows + column * (shape.rows + CAR_ROWS - 1) + CAR_ROWS - 1
        while row + CAR_ROWS <= signed(glimpse.bottom):
            places[count] = (windows + row) * WIDTH
            shares[count] = 1.0
            count += 1
            row += CAR_ROWS
        while row < signed(glimpse.bottom):
            places[count] = (first + shape.cells + column * shape.rows + row) * WIDTH
            shares[count] = 1.0
            count += 1
            row += 1
    return count


@inlined
def spell_input(
    shape: Shape,
    seen: Glimpses,
    done: npt.NDArray[np.int64],
    newest: int,
    count: int,
    places: npt.NDArray[np.int32],
    shares: npt.NDArray[np.float32],
) -> int:
    """Writes a whole input as features: what is seen and, with a window, what was seen and done.

    Args:
        shape: Of the network.
        seen: Glimpses, later ones first.
        done: What was done about each of them.
        newest: Which of them is the input's first.
        count: How many features were written so far.
        places: Written, as in `spell`.
        shares: Written.

    Returns:
        How many features were written by now.
    """
    for block in range(shape.past + 1):
        count = spell(shape, seen[newest + block], block, count, places, shares)
        if block > 0:
            action = shape.actions + done[newest + block]
            places[count] = (block * shape.features + action) * WIDTH
            shares[count] = shape.states
            count += 1
    return count
