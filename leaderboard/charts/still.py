"""One moment of a run as a still picture: for whoever doesn't drive it again."""

from typing import NamedTuple

from simulator.recording import Still
from simulator.road import CARS, END_PIXELS, LANE_PIXELS, LANES, ROAD_PIXELS

SHOULDER = 7.0
"""Beside the outer lanes [px of the road]."""
WIDTH, LENGTH = 15.0, 34.0
"""Of a car [px of the road]."""
BREADTH = ROAD_PIXELS + 2 * SHOULDER


class StillCar(NamedTuple):
    """The middle of a car, in percent of the road: across from the left, along from the far end."""

    across: str
    along: str
    ahead: str
    kind: str


def still_cars(still: Still, *, agents: int) -> list[StillCar]:
    """The cars in sight, the ego last, on top of all others.

    `ahead` is measured from the near end, for a road that lies.
    """
    cars = []
    for car in reversed(range(CARS)):
        across = (float(still.x[car]) + WIDTH / 2 + SHOULDER) / BREADTH
        along = (float(still.y[car]) + LENGTH / 2) / END_PIXELS
        kind = "ego" if car == 0 else "agent" if car < agents else "other"
        if -0.03 < along < 1.03:  # noqa: PLR2004 - half a car
            cars.append(StillCar(_percent(across), _percent(along), _percent(1 - along), kind))
    return cars


def _percent(share: float) -> str:
    return f"{100 * share:.2f}%"


LANE_LINES = [_percent((SHOULDER + LANE_PIXELS * lane) / BREADTH) for lane in range(1, LANES)]
"""Between the lanes, in percent across."""
EDGES = [_percent(place / BREADTH) for place in (SHOULDER - 2, BREADTH - SHOULDER + 2)]
