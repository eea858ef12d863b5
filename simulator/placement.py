"""Where the cars start: on free cells drawn one by one, so that none overlap."""

import math
from typing import Final

import numpy as np
from numpy.typing import NDArray

from simulator.compiled import inlined
from simulator.draws import PLACE, THROTTLE, draw
from simulator.road import (
    AGENT_THROTTLE,
    CAMERA_START,
    CARS,
    EGO_LANE,
    EGO_ROW,
    EGO_THROTTLE,
    EGO_X,
    EGO_Y,
    END_PIXELS,
    FOLLOW_START,
    LANE_MARGIN,
    LANE_PIXELS,
    LANES,
    NPC_SPREAD,
    NPC_THROTTLE,
    ROW_PIXELS,
    ROWS,
)
from simulator.rules import Quirks
from simulator.state import CAMERA, TOTAL, TRAVELLED, Road
from simulator.streams import LOADING_DRAWS, LOADING_SEED, jumped, seeded, stream_unit

CLEAR_BEFORE: Final = 4  # [rows] ahead of a placed car where no other may start
CLEAR_BEHIND: Final = 11  # [rows]


@inlined
def keep_clear(free: NDArray[np.bool_], lane: int, row: int, quirks: Quirks) -> int:
    """Takes a placed car's strip of cells out of the free ones; returns how many it took.

    Args:
        free: [LANES * ROWS] for each cell LANES * row + lane whether it is free.
        lane: the car's lane.
        row: the car's row. For a part of its strip off the road or taken already nothing is taken,
            or in the original the last cell that is free.
        quirks: of the ruleset.
    """
    taken = 0
    last = LANES * ROWS - 1
    for strip in range(row - CLEAR_BEFORE, row + CLEAR_BEHIND + 1):
        cell = LANES * strip + lane
        if 0 <= strip < ROWS and free[cell]:
            free[cell] = False
            taken += 1
        elif quirks.strips_take_last:
            while not free[last]:
                last -= 1
            free[last] = False
            taken += 1
    return taken


@inlined
def nth_free(free: NDArray[np.bool_], number: int) -> int:
    """Returns the free cell before which there are so many others."""
    cell = 0
    while number > 0 or not free[cell]:
        number -= free[cell]
        cell += 1
    return cell


@inlined
def npc_throttle(number: float) -> float:
    """Returns an uncontrolled car's throttle for a draw: 1 to 1.35."""
    return NPC_THROTTLE + NPC_SPREAD * (0.5 * number)


@inlined
def start_session(road: Road) -> None:
    """Sets the behaviour stream to where it is once the original is loaded."""
    state = LOADING_SEED
    for _ in range(LOADING_DRAWS):
        state = jumped(state, 1)
    road.behaviour = state


@inlined
def draw_throttles(road: Road, quirks: Quirks) -> None:
    """Gives every car an uncontrolled one's throttle, in the original by the last run's stream."""
    for car in range(CARS):
        if quirks.streams:
            # The draw between is for a lane that nothing comes of.
            road.behaviour = jumped(road.behaviour, 2)
            number = stream_unit(road.behaviour)
        else:
            number = draw(road.seed, 0, car, THROTTLE)
        road.throttle[car] = npc_throttle(number)


@inlined
def place_cars(road: Road, agents: int, quirks: Quirks) -> None:
    """Sets a road to the start of its run with so many controlled cars, all but the keys."""
    draw_throttles(road, quirks)
    positions = seeded(road.seed)
    road.behaviour = positions
    free = np.ones(LANES * ROWS, np.bool_)
    count = LANES * ROWS - keep_clear(free, EGO_LANE, EGO_ROW, quirks)
    road.lane[0] = EGO_LANE
    road.x[0] = EGO_X
    road.y[0] = EGO_Y
    road.throttle[0] = EGO_THROTTLE
    for car in range(1, CARS):
        positions = jumped(positions, 1)
        number = stream_unit(positions) if quirks.streams else draw(road.seed, 0, car, PLACE)
        cell = nth_free(free, int(count * number))
        lane = cell % LANES
        row = cell // LANES
        count -= keep_clear(free, lane, row, quirks)
        road.lane[car] = lane
        road.x[car] = LANE_PIXELS * lane + LANE_MARGIN
        exact = ROW_PIXELS * row
        low = float(math.floor(row / ROWS * END_PIXELS))
        road.y[car] = low if quirks.rows_a_pixel_low else exact
        if car < agents:
            road.throttle[car] = AGENT_THROTTLE
    for car in range(CARS):
        road.follow[car] = FOLLOW_START
    road.sums[CAMERA] = CAMERA_START
    road.sums[TRAVELLED] = 0.0
    road.sums[TOTAL] = 0.0
