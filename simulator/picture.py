"""What a road looks like: asphalt, road paint, one signal colour, as shapes in road pixels."""

from collections.abc import Iterator
from typing import Final, NamedTuple

import numpy as np
from numpy.typing import NDArray

from simulator.road import (
    CARS,
    END_PIXELS,
    FREE_FOLLOW,
    LANE_MARGIN,
    LANE_PIXELS,
    LANES,
    ROAD_PIXELS,
    ROW_PIXELS,
    SETTLED_PIXELS,
)
from simulator.traffic import Traffic, View

VERGE: Final = "#23272b"
ASPHALT: Final = "#373c41"
PAINT: Final = "#f4f1e8"
SIGNAL: Final = "#ff7a38"
TRAFFIC_GREY: Final = "#8b949c"
GLASS: Final = "#1d2124"

MARGIN: Final = 10.0  # [px] of verge to either side of the road
WIDTH: Final = ROAD_PIXELS + 2 * MARGIN  # [px] of the picture
HEIGHT: Final = END_PIXELS  # [px] of the picture
CAR_WIDTH: Final = 15.0  # [px]
CAR_LENGTH: Final = 34.0  # [px]
DASH: Final = 12.0  # [px] of paint between two lanes
DASH_EVERY: Final = 35.0  # [px]


class Shape(NamedTuple):
    """A filled rectangle with round corners, in px of the picture."""

    x: float
    y: float
    width: float
    height: float
    fill: str  # "#rrggbb"
    round: float = 0.0  # [px] radius of the corners
    opacity: float = 1.0


class Scene(NamedTuple):
    """One moment of one road."""

    x: NDArray[np.float64]  # [CARS] px
    y: NDArray[np.float64]  # [CARS] px
    lane: NDArray[np.int64]  # [CARS] that each is in or changes to
    follow: NDArray[np.float64]  # [CARS] follow limits, 0 to 2
    agents: int  # controlled cars, the ego among them
    view: View | None = None  # what the ego sees, to be shown


def scene(traffic: Traffic, road: int, *, with_view: bool = True) -> Scene:
    """Returns one road of the traffic as it is now, copied."""
    roads = traffic.roads
    return Scene(
        roads.x[road].copy(),
        roads.y[road].copy(),
        roads.lane[road].copy(),
        roads.follow[road].copy(),
        traffic.other_agents + 1,
        traffic.view if with_view else None,
    )


def shapes(moment: Scene) -> list[Shape]:
    """Returns everything that is to be painted, the lowest first."""
    painted = list(_road())
    if moment.view is not None:
        painted.append(_seen(moment, moment.view))
    # The ego last: where two cars overlap its cells are its own, too.
    for car in range(CARS - 1, -1, -1):
        painted.extend(_car(moment, car))
    return painted


def _road() -> Iterator[Shape]:
    yield Shape(0.0, 0.0, WIDTH, HEIGHT, VERGE)
    yield Shape(MARGIN - 3.0, 0.0, ROAD_PIXELS + 6.0, HEIGHT, ASPHALT)
    for edge in (MARGIN - 1.6, MARGIN + ROAD_PIXELS + 0.2):
        yield Shape(edge, 0.0, 1.4, HEIGHT, PAINT, opacity=0.85)
    for border in range(1, LANES):
        for dash in range(int(HEIGHT / DASH_EVERY)):
            left = MARGIN + LANE_PIXELS * border - 0.5
            top = DASH_EVERY * dash + (DASH_EVERY - DASH) / 2
            yield Shape(left, top, 1.0, DASH, PAINT, round=0.5, opacity=0.4)


def _seen(moment: Scene, view: View) -> Shape:
    """Returns the ego's view as a patch of light, as far as it lies on the road."""
    row = np.floor(moment.y[0] / ROW_PIXELS)
    left = max(0, int(moment.lane[0]) - view.lanes_side)
    right = min(LANES, int(moment.lane[0]) + view.lanes_side + 1)
    top = max(0.0, ROW_PIXELS * (row - view.patches_ahead))
    end = min(HEIGHT, ROW_PIXELS * (row + view.patches_behind))
    width = LANE_PIXELS * (right - left)
    return Shape(MARGIN + LANE_PIXELS * left, top, width, end - top, PAINT, round=3.0, opacity=0.11)


def _car(moment: Scene, car: int) -> Iterator[Shape]:
    # A settled car is painted in the middle of its lane.
    x = MARGIN + float(moment.x[car]) - LANE_MARGIN + (LANE_PIXELS - CAR_WIDTH) / 2
    y = float(moment.y[car])
    if not -CAR_LENGTH < y < HEIGHT:
        return
    body, lights = _colours(car, moment.agents)
    yield Shape(x - 0.6, y + 0.8, CAR_WIDTH + 1.2, CAR_LENGTH + 0.8, GLASS, round=4.8, opacity=0.35)
    yield Shape(x, y, CAR_WIDTH, CAR_LENGTH, body, round=4.2)
    yield Shape(x + 2.2, y + 9.0, CAR_WIDTH - 4.4, 5.6, GLASS, round=1.8, opacity=0.85)
    yield Shape(x + 2.6, y + 25.2, CAR_WIDTH - 5.2, 3.6, GLASS, round=1.4, opacity=0.7)
    # The safety rule holds it back: its brake lights are on.
    if moment.follow[car] < FREE_FOLLOW:
        for side in (x + 1.2, x + CAR_WIDTH - 5.0):
            yield Shape(side, y + CAR_LENGTH - 2.4, 3.8, 2.0, lights, round=0.9)
    # It is changing lanes: its indicator is on.
    way = LANE_PIXELS * moment.lane[car] + LANE_MARGIN - moment.x[car]
    if abs(way) >= SETTLED_PIXELS:
        side = x - 0.4 if way < 0.0 else x + CAR_WIDTH - 1.8
        yield Shape(side, y + 3.0, 2.2, 3.4, lights, round=1.0)


def _colours(car: int, agents: int) -> tuple[str, str]:
    """Returns the colours of a car's body and of its lights."""
    if car == 0:
        return SIGNAL, PAINT
    return (PAINT if car < agents else TRAFFIC_GREY), SIGNAL


def svg(painted: list[Shape], *, scale: float = 1.0) -> str:
    """Returns the shapes as an SVG document of so many px for each px of the road."""
    size = f'width="{WIDTH * scale:g}" height="{HEIGHT * scale:g}"'
    lines = [
        f'<svg xmlns="http://www.w3.org/2000/svg" {size} viewBox="0 0 {WIDTH:g} {HEIGHT:g}">',
        "<title>Seven lanes seen from above, driving upward</title>",
        *map(_rectangle, painted),
        "</svg>",
    ]
    return "\n".join(lines) + "\n"


def _rectangle(shape: Shape) -> str:
    words = f'<rect x="{shape.x:.6g}" y="{shape.y:.6g}" width="{shape.width:.6g}" '
    words += f'height="{shape.height:.6g}" fill="{shape.fill}"'
    words += f' rx="{shape.round:g}"' if shape.round else ""
    words += f' opacity="{shape.opacity:g}"' if shape.opacity < 1.0 else ""
    return words + "/>"
