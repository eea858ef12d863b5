"""The trained weights of a submission: the JSON that its last line reads back."""

import math
from typing import Any, NamedTuple

import numpy as np
import numpy.typing as npt

from grader.errors import ConfigError, Problem, shown
from grader.netjs.brain_json import numbers, place_in, read_json
from grader.netjs.values import number_of
from grader.schema import NUM_ACTIONS

ACTIVATIONS = frozenset({"relu", "tanh", "sigmoid", "maxout"})
SIDES = ("out_sx", "out_sy", "out_depth")
LAST = frozenset({"regression"})
Doubles = npt.NDArray[np.float64]


class Layer(NamedTuple):
    """One layer with weights, and what its values then pass through.

    Attributes:
        matrix: Float64 of shape [inputs + 1, units], the last row the biases.
        activation: Name of it.
        factor: By which dropout multiplies the values when a network is graded; else 1.
    """

    matrix: Doubles
    activation: str
    factor: float


def read_weights(text: str, start: int) -> tuple[list[Layer], int]:
    """Reads the layers, the output layer last.

    Args:
        text: A whole file.
        start: Where in it the JSON begins.

    Returns:
        The layers, and where the JSON ends.

    Raises:
        ConfigError: It can't be read, or holds no network; says which layer and unit.
    """
    found, end = read_json(text, start)
    try:
        return _layers(found), end
    except ConfigError as error:
        place = place_in(text, start)
        raise ConfigError(*(Problem(*problem[:2], *place) for problem in error.problems)) from None


def _layers(found: Any) -> list[Layer]:
    parts = found.get("layers") if isinstance(found, dict) else None
    if not isinstance(parts, list):
        raise ConfigError(Problem("weights", 'there is no "layers" array'))
    layers: list[Layer] = []
    inputs: int | None = None
    for index, part in enumerate(parts):
        name = f"weights.layers[{index}]"
        if not isinstance(part, dict):
            raise ConfigError(Problem(name, f"a layer is an object, not {shown(part)}"))
        kind = part.get("layer_type")
        if kind == "input":
            inputs = _input(name, part, inputs, index)
        elif kind == "fc":
            layers.append(Layer(_matrix(name, part, inputs), "linear", 1.0))
            inputs = layers[-1].matrix.shape[1]
        elif kind in ACTIVATIONS | {"dropout"} and layers:
            layers[-1] = _passed_through(name, part, layers[-1])
            inputs = _handed_on(layers[-1])
            _claimed(name, part, SIDES, inputs)
        elif kind not in LAST:
            raise ConfigError(Problem(name, f"there is no layer of type {shown(kind)} here"))
    if not layers or layers[-1].activation != "linear" or layers[-1].matrix.shape[1] != NUM_ACTIONS:
        message = f"the last layer with weights must be linear with {NUM_ACTIONS} units"
        raise ConfigError(Problem("weights.layers", message))
    return layers


def _claimed(name: str, part: dict[str, Any], keys: tuple[str, ...], count: int) -> None:
    """Refuses a size that is said to be another than it is."""
    said = [part.get(key, 1) for key in keys]
    if keys[-1] in part and (not all(type(n) is int for n in said) or math.prod(said) != count):
        message = f"must make {count:,}, not {' x '.join(shown(number) for number in said)}"
        raise ConfigError(Problem(f"{name}.{keys[-1]}", message))


def _input(name: str, part: dict[str, Any], before: int | None, index: int) -> int:
    if index or before is not None:
        raise ConfigError(Problem(name, "an input layer can only be the first"))
    sizes = [part.get(side, 1) for side in SIDES]
    if not all(isinstance(size, int) and 0 < size < 100_000 for size in sizes):  # noqa: PLR2004
        raise ConfigError(Problem(name, "out_sx, out_sy and out_depth must be whole numbers"))
    return math.prod(sizes)


def _passed_through(name: str, part: dict[str, Any], layer: Layer) -> Layer:
    kind = str(part["layer_type"])
    if kind == "dropout":
        factor = part.get("drop_prob")
        if not isinstance(factor, (int, float)) or not 0 <= factor <= 1:
            raise ConfigError(Problem(f"{name}.drop_prob", f"must be 0 to 1, not {shown(factor)}"))
        return layer._replace(factor=layer.factor * number_of(float(factor)))
    if layer.activation != "linear" or layer.factor != 1:
        raise ConfigError(Problem(name, f"{kind} can only follow a fully connected layer"))
    if kind == "maxout" and part.get("group_size", 2) != 2:  # noqa: PLR2004
        message = f"maxout must take 2 units together, not {shown(part['group_size'])}"
        raise ConfigError(Problem(f"{name}.group_size", message))
    return layer._replace(activation=kind)


def _handed_on(layer: Layer) -> int:
    units: int = layer.matrix.shape[1]
    return units // 2 if layer.activation == "maxout" else units


def _matrix(name: str, part: dict[str, Any], inputs: int | None) -> Doubles:
    filters, units = part.get("filters"), part.get("out_depth")
    if not isinstance(filters, list) or not filters:
        raise ConfigError(Problem(f"{name}.filters", "the units' weights are missing"))
    if units is not None and units != len(filters):
        message = f"there are {len(filters):,} units' weights, but out_depth is {shown(units)}"
        raise ConfigError(Problem(f"{name}.filters", message))
    if inputs is None:
        inputs = len(_row(f"{name}.filters[0]", filters[0], None))
    rows = [_row(f"{name}.filters[{unit}]", row, inputs) for unit, row in enumerate(filters)]
    _claimed(name, part, ("num_inputs",), inputs)
    biases = _row(f"{name}.biases", part.get("biases"), len(filters))
    return np.concatenate([np.array(rows).T, biases[None]])


def _row(name: str, volume: Any, length: int | None) -> Doubles:
    """The numbers of one unit.

    Raises:
        ConfigError: There are none, or too few or many, or one is not finite.
    """
    values = volume.get("w") if isinstance(volume, dict) else None
    if isinstance(values, list):
        values = numbers(values)
    if isinstance(values, list):
        where = next(i for i, value in enumerate(values) if type(value) not in {int, float})
        hint = "; the training had diverged" if values[where] is None else ""
        message = f"must be a number, not {shown(values[where])}{hint}"
        raise ConfigError(Problem(f"{name}.w[{where}]", message))
    if not isinstance(values, np.ndarray):
        raise ConfigError(Problem(f"{name}.w", "the numbers are missing"))
    if length is not None and len(values) != length:
        raise ConfigError(Problem(f"{name}.w", f"must be {length:,} numbers, not {len(values):,}"))
    _claimed(name, volume, ("sx", "sy", "depth"), len(values))
    if not np.isfinite(values).all():
        where = int(np.argmin(np.isfinite(values)))
        raise ConfigError(Problem(f"{name}.w[{where}]", "must be a finite number"))
    return values
