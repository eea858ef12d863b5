"""The grid that a car sees, drawn to scale on its road: from above, driving to the right."""

from dataclasses import dataclass
from typing import NamedTuple

from grader.schema import NetworkConfig
from simulator.road import EGO_LANE, LANE_PIXELS, LANES, MAX_OTHER_AGENTS, ROW_PIXELS

WIDTH, HEIGHT = 440, 150
"""Of the drawing [units]; it fills any width."""
CAR_LENGTH, CAR_WIDTH = 34, 12
"""As cars are drawn [px of the road]."""
MARGIN = 8
"""Above and below what is drawn [px of the road]."""
LEAST_CELL = 2.4
"""Narrowest cell whose edges are drawn [units]."""

# Fronts of the other cars, lane by lane from the left [px ahead of our car's front]: no road that
# anybody drives, but as crowded as one
_TRAFFIC: tuple[tuple[int, ...], ...] = (
    (-560, -330, -62, 148, 372, 640),
    (-470, -214, 74, 262, 522),
    (-640, -390, -124, 196, 446, 706),
    (-520, -250, 112, 330, 590),
    (-590, -300, -88, 232, 410, 668),
    (-440, -180, 58, 300, 548),
    (-620, -360, -40, 168, 480, 720),
)


class Box(NamedTuple):
    x: float
    y: float
    width: float
    height: float


class Car(NamedTuple):
    x: float
    y: float
    kind: str  # seen, unseen, or agent: driven by the same network


@dataclass(frozen=True, slots=True)
class RoadView:
    """What the template draws, in px of the road within ``transform``."""

    transform: str
    road: Box
    lanes: str
    view: Box
    cells: str
    cars: tuple[Car, ...]
    own: Car
    says: str


def road_view(config: NetworkConfig) -> RoadView:
    ahead, behind = config.patches_ahead * ROW_PIXELS, config.patches_behind * ROW_PIXELS
    side = config.lanes_side
    view = Box(-behind, (EGO_LANE - side) * LANE_PIXELS, ahead + behind, config.width * LANE_PIXELS)
    top = min(0.0, view.y) - MARGIN
    bottom = max(LANES * LANE_PIXELS, view.y + view.height) + MARGIN
    back, front = -max(behind, CAR_LENGTH) - 2 * ROW_PIXELS, ahead + 2 * ROW_PIXELS
    scale = min(1.0, WIDTH / (front - back), HEIGHT / (bottom - top))
    # what is left of the width is road, most of it ahead
    spare = WIDTH / scale - (front - back)
    back, front = back - spare / 3, front + 2 * spare / 3
    road = Box(back, 0, front - back, LANES * LANE_PIXELS)
    across = (HEIGHT / scale - (bottom - top)) / 2 - top
    return RoadView(
        transform=f"scale({scale:.4f}) translate({-back:.1f} {across:.1f})",
        road=road,
        lanes="".join(
            f"M{back:.0f} {lane * LANE_PIXELS:.0f}H{front:.0f}" for lane in range(1, LANES)
        ),
        view=view,
        cells=_cells(config, view, scale),
        cars=tuple(_traffic(config, back, front)),
        own=Car(-CAR_LENGTH, _across(EGO_LANE), "own"),
        says=_says(config),
    )


def _across(lane: int) -> float:
    return lane * LANE_PIXELS + (LANE_PIXELS - CAR_WIDTH) / 2


def _cells(config: NetworkConfig, view: Box, scale: float) -> str:
    """The edges between the cells; of very many only those between lanes."""
    end = view.y + view.height
    lanes = "".join(
        f"M{view.x:.0f} {view.y + lane * LANE_PIXELS:.0f}h{view.width:.0f}"
        for lane in range(1, config.width)
    )
    if scale * ROW_PIXELS < LEAST_CELL:
        return lanes
    rows = "".join(
        f"M{view.x + row * ROW_PIXELS:.0f} {view.y:.0f}V{end:.0f}" for row in range(1, config.rows)
    )
    return lanes + rows


def _traffic(config: NetworkConfig, back: float, front: float) -> list[Car]:
    """The cars in the picture; the nearest ones are those that the same network drives."""
    shown = [
        (lane, at)
        for lane, fronts in enumerate(_TRAFFIC)
        for at in fronts
        if back < at and at - CAR_LENGTH < front
    ]
    nearest = sorted(shown, key=lambda it: abs(it[1]) + LANE_PIXELS * abs(it[0] - EGO_LANE))
    agents = set(nearest[: min(config.other_agents, MAX_OTHER_AGENTS)])
    return [
        Car(
            at - CAR_LENGTH,
            _across(lane),
            "agent" if (lane, at) in agents else _seen(config, lane, at),
        )
        for lane, at in shown
    ]


def _seen(config: NetworkConfig, lane: int, at: int) -> str:
    within = (
        -config.patches_behind * ROW_PIXELS < at < config.patches_ahead * ROW_PIXELS + CAR_LENGTH
    )
    return "seen" if within and abs(lane - EGO_LANE) <= config.lanes_side else "unseen"


def _says(config: NetworkConfig) -> str:
    lanes = f"{config.width} lane{'s' * (config.width > 1)}"
    rows = f"{config.patches_ahead} rows ahead and {config.patches_behind} behind"
    cells = f"{config.num_states} cell{'s' * (config.num_states > 1)}"
    says = f"From above, driving to the right: the car sees {lanes}, {rows}, {cells}."
    if config.width > LANES:
        says += " Lanes beyond the road's seven count as 0."
    if config.temporal_window:
        moments = f"{config.temporal_window} earlier decision{'s' * (config.temporal_window > 1)}"
        says += f" It also gets what it saw and did at the {moments}."
    if config.other_agents:
        cars = f"{config.other_agents} other car{'s' * (config.other_agents > 1)}"
        says += f" The same network drives {cars}."
    return says
