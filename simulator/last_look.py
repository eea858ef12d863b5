"""What the ego would see where no decision is due: after the last frame of a run."""

import numpy as np
from numpy.typing import NDArray

from simulator.road import (
    CARS,
    EMPTY_ROAD,
    LANE_PIXELS,
    LANES,
    MARK_PIXELS,
    MARK_WIDTH,
    ROW_PIXELS,
    ROWS,
)
from simulator.state import Roads
from simulator.traffic import Traffic
from simulator.view import View


def last_look(traffic: Traffic) -> NDArray[np.float64]:
    """Returns what the ego of each road sees now: [B, view.size], as at a decision of its own."""
    seen = _with_margins(_map(traffic.roads), traffic.view)
    rows = np.floor(traffic.roads.y[:, 0] / ROW_PIXELS).astype(np.int64)
    return _patches(seen, rows, traffic.roads.lane[:, 0], traffic.view)


def _map(roads: Roads) -> NDArray[np.float64]:
    """Returns the roads' cells [B, ROWS, LANES]: speed / 100, or 1 where there is no car."""
    cells = np.ones((len(roads.seed), ROWS, LANES))
    # Later cars cover earlier ones, and at the end of a frame the ego covers all.
    for car in (*range(CARS), 0):
        x, y = roads.x[:, car], roads.y[:, car]
        first, last = _cell(y, ROW_PIXELS), _cell(y + MARK_PIXELS, ROW_PIXELS)
        for column in (_cell(x, LANE_PIXELS), _cell(x + MARK_WIDTH, LANE_PIXELS)):
            for step in range(int((last - first).max()) + 1):
                row = first + step
                there = np.flatnonzero((row <= last) & (row >= 0) & (row < ROWS))
                cells[there, row[there], column[there]] = roads.shown[there, car] / EMPTY_ROAD
    return cells


def _cell(pixel: NDArray[np.float64], size: float) -> NDArray[np.int64]:
    return np.floor(pixel / size).astype(np.int64)


def _with_margins(cells: NDArray[np.float64], view: View) -> NDArray[np.float64]:
    """Returns the cells amid as much off the road, 0, as a view can reach."""
    beside = (view.lanes_side, view.lanes_side)
    return np.pad(cells, ((0, 0), (view.patches_ahead, view.patches_behind), beside))


def _patches(
    cells: NDArray[np.float64], rows: NDArray[np.int64], lanes: NDArray[np.int64], view: View
) -> NDArray[np.float64]:
    """Returns each road's patch around its row and lane, [B, view.size]."""
    roads = np.arange(len(cells))[:, None, None]
    down = rows[:, None, None] + np.arange(view.patches_ahead + view.patches_behind)[:, None]
    across = lanes[:, None, None] + np.arange(view.width)
    patches: NDArray[np.float64] = cells[roads, down, across].reshape(len(cells), -1)
    return patches
