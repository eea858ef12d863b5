"""What a car sees: cell by cell, or as the few cars in sight on a road that is otherwise free."""

from typing import Final, NamedTuple

import numpy as np
from numpy.typing import NDArray

from simulator.compiled import inlined
from simulator.kernels import last_row_of, row_of
from simulator.road import CARS, EMPTY_ROAD, LANE_PIXELS, LANES, MARK_WIDTH, ROWS
from simulator.state import Road, signed
from simulator.vectors import whole_below
from simulator.view import View

# Parts of cars in one sight. A car stands in two columns at most, and what others leave of it in
# sight is never two parts of a column: all are as long, give or take a row.
MOST_PARTS: Final = 2 * CARS
# The view's part on the road, by place in `Sight.road`: first column, the one after the last;
# first row, the one after the last.
LEFT_EDGE, RIGHT_EDGE, TOP_EDGE, BOTTOM_EDGE = range(4)
# A part of a car, by place in `Sight.parts`: its column, its farthest row, how many rows.
COLUMN, ROW, LENGTH = range(3)


class Sight(NamedTuple):
    """What the deciding car of each road sees, car by car; exactly as much as an observation.

    Columns count from the view's left, rows from its farthest. The observation is 0 off the road,
    speed / 100 in the cells of the parts, no two of which overlap, and 1 in all others.
    """

    road: NDArray[np.uint8]  # [B, 4] the edges of the view's part on the road
    number: NDArray[np.int64]  # [B] parts, 0 to MOST_PARTS
    parts: NDArray[np.uint8]  # [B, MOST_PARTS, 3] column, row, length; the first `number` are set
    excess: NDArray[np.float64]  # [B, MOST_PARTS] speed / 100 - 1: the observation's, less 1


class Frame(NamedTuple):
    """Where a view lies on the road."""

    left: int  # the lane of its first column
    top: int  # the row of its first row
    width: int
    height: int


def new_sight(roads: int) -> Sight:
    """Returns room for what is seen on so many roads."""
    return Sight(
        road=np.zeros((roads, 4), np.uint8),
        number=np.zeros(roads, np.int64),
        parts=np.zeros((roads, MOST_PARTS, 3), np.uint8),
        excess=np.zeros((roads, MOST_PARTS)),
    )


@inlined
def frame_of(road: Road, car: int, view: View) -> Frame:
    """Returns where a car's view lies."""
    return Frame(
        road.lane[car] - view.lanes_side,
        row_of(road.y[car]) - view.patches_ahead,
        2 * view.lanes_side + 1,
        view.patches_ahead + view.patches_behind,
    )


@inlined
def rows_in(road: Road, car: int, frame: Frame) -> tuple[int, int]:
    """Returns the first and the last row of a frame that a car covers; none if first > last."""
    first = max(row_of(road.y[car]), frame.top, 0)
    last = min(last_row_of(road.y[car]), frame.top + frame.height - 1, ROWS - 1)
    return first - frame.top, last - frame.top


@inlined
def columns_in(road: Road, car: int, frame: Frame) -> tuple[int, int]:
    """Returns the first and the last column of a frame that a car covers; none if first > last."""
    first = whole_below(road.x[car] / LANE_PIXELS)
    last = whole_below((road.x[car] + MARK_WIDTH) / LANE_PIXELS)
    return max(first - frame.left, 0), min(last - frame.left, frame.width - 1)


@inlined
def observe(road: Road, car: int, view: View, seen: NDArray[np.float64]) -> None:
    """Writes what a car sees: [size] speed / 100, 1 where empty, 0 off the road; farthest first."""
    frame = frame_of(road, car, view)
    cell = 0
    for row in range(frame.top, frame.top + frame.height):
        for column in range(frame.left, frame.left + frame.width):
            seen[cell] = 1.0 if 0 <= row < ROWS and 0 <= column < LANES else 0.0
            cell += 1
    # Later cars cover earlier ones, and the ego, marked again before it decides, all of them.
    for order in range(CARS + 1 if car == 0 else CARS):
        other = order % CARS
        first_row, last_row = rows_in(road, other, frame)
        if first_row > last_row:
            continue
        shown = road.shown[other] / EMPTY_ROAD
        first_column, last_column = columns_in(road, other, frame)
        for row in range(first_row, last_row + 1):
            for column in range(first_column, last_column + 1):
                seen[row * frame.width + column] = shown


@inlined
def see(road: Road, car: int, view: View, sight: Sight, index: int) -> None:
    """Writes what a car sees car by car, into one row of a sight."""
    frame = frame_of(road, car, view)
    edges = sight.road[index]
    edges[LEFT_EDGE] = max(0, -frame.left)
    edges[RIGHT_EDGE] = min(frame.width, LANES - frame.left)
    edges[TOP_EDGE] = min(max(0, -frame.top), frame.height)
    edges[BOTTOM_EDGE] = max(min(frame.height, ROWS - frame.top), edges[TOP_EDGE])
    parts = sight.parts[index]
    count = 0
    # From the last marked to the first: of each car the part that no later one covers.
    for order in range(CARS):
        other = CARS - 1 - order if car != 0 else (CARS - order) % CARS
        first_row, last_row = rows_in(road, other, frame)
        first_column, last_column = columns_in(road, other, frame)
        for column in range(first_column, last_column + 1):
            first, last = uncovered(parts, count, column, first_row, last_row)
            if first <= last:
                parts[count, COLUMN] = column
                parts[count, ROW] = first
                parts[count, LENGTH] = last - first + 1
                sight.excess[index, count] = road.shown[other] / EMPTY_ROAD - 1.0
                count += 1
    sight.number[index] = count


@inlined
def uncovered(
    parts: NDArray[np.uint8], count: int, column: int, first: int, last: int
) -> tuple[int, int]:
    """Returns what the parts so far leave of rows first to last of a column."""
    for part in range(count):
        if parts[part, COLUMN] == column:
            top = signed(parts[part, ROW])
            end = top + signed(parts[part, LENGTH])
            if top <= first < end:
                first = end
            if top <= last < end:
                last = top - 1
    return first, last
