"""How much there is to see and to compute in a configuration's network: features, products."""

from itertools import pairwise
from typing import Final

from grader.schema import NUM_ACTIONS, Layer, NetworkConfig

WIDTH: Final = 16
"""Numbers of a vector [1]: rows are padded to whole ones."""
LANES: Final = 7
ROWS: Final = 70
FRONT_ROW: Final = 52
"""Of the road; the row that the ego's front keeps to [1] (simulator.road, which loads too much)."""
CAR_ROWS: Final = 4
"""Rows that a car covers [1]."""
CARS: Final = 20
"""On the road [1]."""
CURVED: Final = frozenset({"tanh", "sigmoid", "maxout"})
"""Activations that take longer: an exponential, or a choice between two."""


def padded(count: int) -> int:
    """Returns the next multiple of a vector."""
    return -(-count // WIDTH) * WIDTH


def sums(layer: Layer) -> int:
    """Returns the numbers of a layer's sums [1]; maxout has them in two padded rows."""
    if layer.activation == "maxout":
        return 2 * padded(layer.units - layer.width)
    return padded(layer.units)


def widest(config: NetworkConfig) -> int:
    """Returns the numbers of the widest layer's sums [1]."""
    return max((sums(layer) for layer in config.layers), default=padded(NUM_ACTIONS))


def lanes_seen(config: NetworkConfig) -> float:
    """Returns how many lanes of the road are in view, on average over the car's own lane [1]."""
    side = config.lanes_side
    seen = [min(LANES - 1, lane + side) - max(0, lane - side) + 1 for lane in range(LANES)]
    return sum(seen) / LANES


def rows_seen(config: NetworkConfig) -> int:
    """Returns how many rows of the road are in view [1]."""
    return min(config.patches_ahead, FRONT_ROW) + min(config.patches_behind, ROWS - FRONT_ROW)


def cars_seen(config: NetworkConfig) -> float:
    """Returns how many cars are in view, were they spread evenly over the road [1]."""
    rows = min(ROWS, rows_seen(config) + CAR_ROWS - 1)
    return CARS * lanes_seen(config) / LANES * rows / ROWS


def features(config: NetworkConfig) -> float:
    """Returns what an input is the sum of, about [1]: ground, cars, actions of each observation.

    Where the road ends in view, the ground is told in strips of four rows.
    """
    whole = config.patches_ahead <= FRONT_ROW and config.patches_behind <= ROWS - FRONT_ROW
    ground = 1.0 if whole else lanes_seen(config) * rows_seen(config) / CAR_ROWS
    past = config.temporal_window
    return (cars_seen(config) + ground) * (past + 1) + past


def first_vectors(config: NetworkConfig) -> int:
    """Returns the vectors of the first layer's units [1]."""
    return (sums(config.layers[0]) if config.layers else padded(NUM_ACTIONS)) // WIDTH


def first_numbers(config: NetworkConfig) -> int:
    """Returns the numbers of the compiled first layer [1]: cells, and the sums kept of them."""
    cells = config.width * (2 * config.rows + CAR_ROWS - 1) + LANES + NUM_ACTIONS
    return first_vectors(config) * WIDTH * (config.temporal_window + 1) * cells


def dense(config: NetworkConfig) -> int:
    """Returns the padded weights between hidden layers [1]: a product each, for one input."""
    return sum(below.width * sums(above) for below, above in pairwise(config.layers))


def outputs(config: NetworkConfig) -> int:
    """Returns the padded weights of the output layer [1]; without hidden layers it is the first."""
    return NUM_ACTIONS * padded(config.layers[-1].width) if config.layers else 0


def numbers(config: NetworkConfig) -> int:
    """Returns the numbers of a network as the compiled engine lays it out [1]."""
    return first_numbers(config) + dense(config) + outputs(config)


def units(config: NetworkConfig, *, curved: bool = False) -> int:
    """Returns the padded hidden units [1]: all, or those whose activation is curved."""
    return sum(sums(layer) for layer in config.layers if not curved or layer.activation in CURVED)


def stepped(config: NetworkConfig, count: float) -> list[tuple[str, float]]:
    """Returns how many of so many numbers are stepped, and what a method takes besides.

    Momentum makes sgd as dear as nesterov.
    """
    trainer = config.trainer
    return [
        ("stepped", count),
        ("momentum", count if trainer.momentum else 0.0),
        ("adam", count if trainer.method == "adam" else 0.0),
        ("clipped", count if trainer.clip_gradient else 0.0),
        ("copied", count / config.target_update_interval if config.target_update_interval else 0.0),
    ]
