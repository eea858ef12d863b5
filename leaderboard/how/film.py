"""The script's whole run, for the road that drives in the text."""

from functools import cache
from typing import NamedTuple

from leaderboard.charts import StillCar, still_cars
from leaderboard.charts.still import EDGES, LANE_LINES
from leaderboard.how.pieces import FOLDER
from simulator.recording import unpacked


class Film(NamedTuple):
    """`cars` are those of the still picture, half-way."""

    mph: float
    cars: list[StillCar]
    edges: list[str]
    lines: list[str]


@cache
def film() -> Film:
    recorded = unpacked((FOLDER / "run.bin").read_bytes())
    cars = still_cars(recorded.still, agents=recorded.other_agents + 1)
    return Film(recorded.average_mph, cars, EDGES, LANE_LINES)
