"""A network drawn layer by layer: as tall as it has units, by their logarithm."""

import math
from dataclasses import dataclass
from itertools import pairwise
from typing import NamedTuple

from grader.schema import NUM_ACTIONS, NetworkConfig

WIDTH, HEIGHT = 440, 150
"""Of the drawing [units]; it fills any width."""
TOP, BOTTOM, SIDE = 22, 20, 26
"""Left for the words [units]."""
BAR = 10
"""Width of a layer [units]."""
LEAST, FULL = 12, 64
"""Height of one unit [units], and the units from which on a layer may fill the drawing [1]."""


class Column(NamedTuple):
    x: float
    y: float
    height: float
    units: str
    name: str


class Row(NamedTuple):
    """A layer in numbers."""

    name: str
    inputs: int
    units: int
    activation: str
    parameters: int


@dataclass(frozen=True, slots=True)
class NetworkDrawing:
    columns: tuple[Column, ...]
    links: tuple[str, ...]
    rows: tuple[Row, ...]
    says: str


def network_drawing(config: NetworkConfig) -> NetworkDrawing:
    names = ["inputs", *(layer.activation for layer in config.layers), "actions"]
    columns = _columns(config.sizes, names)
    links = tuple(
        f"{left.x + BAR:.1f},{left.y:.1f} {right.x:.1f},{right.y:.1f} "
        f"{right.x:.1f},{right.y + right.height:.1f} {left.x + BAR:.1f},{left.y + left.height:.1f}"
        for left, right in pairwise(columns)
    )
    return NetworkDrawing(columns, links, _rows(config), _says(config))


def _columns(sizes: tuple[int, ...], names: list[str]) -> tuple[Column, ...]:
    step = (WIDTH - 2 * SIDE - BAR) / (len(sizes) - 1)
    room = HEIGHT - TOP - BOTTOM
    most = math.log(max(FULL, *sizes))
    found = []
    for place, (units, name) in enumerate(zip(sizes, names, strict=True)):
        height = LEAST + (room - LEAST) * math.log(units) / most
        y = TOP + (room - height) / 2
        found.append(Column(round(SIDE + place * step, 1), y, height, f"{units:,}", name))
    return tuple(found)


def _rows(config: NetworkConfig) -> tuple[Row, ...]:
    names = [*(f"Hidden {place}" for place in range(1, len(config.layers) + 1)), "Output"]
    kinds = [*(layer.activation for layer in config.layers), "linear"]
    return tuple(
        Row(name, inputs, units, kind, (inputs + 1) * units)
        for name, kind, (inputs, units) in zip(names, kinds, config.shapes, strict=True)
    )


def _says(config: NetworkConfig) -> str:
    layers = [f"{layer.units:,} {layer.activation}" for layer in config.layers]
    return ", ".join(
        [f"{config.num_inputs:,} inputs", *layers, f"{NUM_ACTIONS} linear outputs"]
    ) + (f": {config.parameters:,} weights and biases.")
