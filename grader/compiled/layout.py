"""Where everything stands in the one row of float32 that holds a network.

The first layer is kept in columns of sixteen units, *chunks*; each chunk is a table of vectors of
sixteen weights, one vector for each *feature* of the input (docs/training.md, the sparse first
layer). Features of one observation:

    grounds   for each lane that the car may be in: 1 in every cell that is on the road
    windows   for each column and each place that four rows can have, the view's edges cutting them:
              1 in these cells
    cells     the cells themselves
    actions   for an earlier observation, what was done about it

An input is a sum of few features. Cells and actions are the weights that are learned; grounds and
windows are sums of them, made anew after each update. After the first layer's chunks come its
biases, then each further hidden layer, row by row, and its biases, then the output layer, one row
for each action, and its biases. Every row is padded to whole vectors; the zeros there stay zeros.

A maxout layer has two units for each value it hands on. All first ones stand before all second
ones, each kind padded, so that two vectors of sums make one of values; an odd last unit, which
nobody hears, stands at the end of the first ones.
"""

from typing import Final, NamedTuple

import numpy as np
import numpy.typing as npt

from grader.compiled.chance import initial_weights
from grader.compiled.vectors import WIDTH
from grader.schema import NUM_ACTIONS, Layer, NetworkConfig
from simulator.road import CAR_ROWS, LANES

Row = npt.NDArray[np.float32]
"""A network, or anything that has a number for each of its weights: shape [length]."""
Matrices = list[npt.NDArray[np.float32]]
"""Layer by layer, [inputs + 1, units], the last row the biases; the order of ``Networks``."""

LINEAR, RELU, TANH, SIGMOID, MAXOUT = range(5)
ACTIVATIONS: Final = {
    "linear": LINEAR,
    "relu": RELU,
    "tanh": TANH,
    "sigmoid": SIGMOID,
    "maxout": MAXOUT,
}
RELU_BIAS: Final = 0.1
"""Initial bias of a relu, so that it begins alive (rules.md, the original's DQN)."""

# A further hidden layer, by place in `Shape.dense`.
MATRIX, BIASES, INPUTS, SUMS = range(4)


class Shape(NamedTuple):
    """The places of one configuration's network; all but the arrays are whole numbers."""

    lanes_side: int
    ahead: int  # rows of the view ahead of the front
    width: int  # columns of the view
    rows: int  # rows of the view
    states: int  # cells of the view
    past: int  # earlier observations that the network gets
    windows: int  # the number of the first window feature; the grounds come before
    cells: int  # of the first cell feature
    actions: int  # of the first action feature
    features: int  # of one observation
    chunk: int  # [numbers] of a chunk of the first layer
    chunks: int
    biases: int  # where the first layer's stand
    dense: npt.NDArray[np.int64]  # [D, 4] further hidden layers: MATRIX, BIASES, INPUTS, SUMS
    sums: npt.NDArray[np.int64]  # [D + 1] of the hidden layers, and how many
    values: npt.NDArray[np.int64]  # [D + 1] they hand on
    activations: npt.NDArray[np.int64]  # [D + 1]
    output: int  # where the output layer's rows stand
    top: int  # [numbers] of one of these rows: values of the last hidden layer, padded
    output_biases: int
    identity: bool  # no hidden layer: the first layer's units are the outputs
    widest: int  # [numbers] from one input's units to the next's, as the widest layer needs
    length: int  # [numbers] of all


def padded(units: int) -> int:
    """The next multiple of a vector's width."""
    return -(-units // WIDTH) * WIDTH


def stride(units: int) -> int:
    """The length of a matrix's rows: an odd number of vectors.

    Rows a power of two apart would all lie in the same few lines of the cache.
    """
    return padded(units) | WIDTH


def sums_of(layer: Layer) -> int:
    """The sums of a layer: its units, of maxout with what pads both kinds of them."""
    return 2 * padded(layer.units - layer.width) if layer.activation == "maxout" else layer.units


def shape_of(config: NetworkConfig) -> Shape:
    """Lays a configuration's network out."""
    width, rows, past = config.width, config.rows, config.temporal_window
    windows = LANES
    cells = windows + width * (rows + CAR_ROWS - 1)
    actions = cells + width * rows
    features = actions + NUM_ACTIONS
    chunk = (past + 1) * features * WIDTH
    # With no hidden layer the outputs are a first layer of five linear units.
    sums = [sums_of(layer) for layer in config.layers] or [NUM_ACTIONS]
    values = [layer.width for layer in config.layers] or [NUM_ACTIONS]
    kinds = [ACTIVATIONS[layer.activation] for layer in config.layers] or [LINEAR]
    chunks = padded(sums[0]) // WIDTH
    place = chunks * chunk
    biases, place = place, place + padded(sums[0])
    dense = []
    for below, above in zip(values, sums[1:], strict=False):
        matrix, place = place, place + padded(below) * stride(above)
        dense.append((matrix, place, below, above))
        place += padded(above)
    output, place = place, place + NUM_ACTIONS * padded(values[-1])
    return Shape(
        lanes_side=config.lanes_side,
        ahead=config.patches_ahead,
        width=width,
        rows=rows,
        states=config.num_states,
        past=past,
        windows=windows,
        cells=cells,
        actions=actions,
        features=features,
        chunk=chunk,
        chunks=chunks,
        biases=biases,
        dense=np.array(dense, np.int64).reshape(-1, 4),
        sums=np.array(sums, np.int64),
        values=np.array(values, np.int64),
        activations=np.array(kinds, np.int64),
        output=output,
        top=padded(values[-1]),
        output_biases=place,
        identity=not config.layers,
        widest=max(stride(count) for count in sums),
        length=place + WIDTH,
    )


def aligned(*shape: int) -> npt.NDArray[np.float32]:
    """Zeros that begin at a multiple of 64 bytes, so that no vector lies in two cache lines."""
    size = int(np.prod(shape))
    room = np.zeros(size + WIDTH, np.float32)
    start = -(room.ctypes.data // room.itemsize) % WIDTH
    return room[start : start + size].reshape(shape)


def initial(config: NetworkConfig, seed: int) -> Matrices:
    """The weights before training, drawn from the training's seed."""
    matrices = []
    for layer, (below, above) in enumerate(config.shapes):
        weights = initial_weights(seed, layer, below, above)
        hidden = layer < len(config.layers) and config.layers[layer].activation == "relu"
        biases = np.full((1, above), RELU_BIAS if hidden else 0.0, np.float32)
        matrices.append(np.concatenate([weights, biases]))
    return matrices


def to_matrices(row: Row, config: NetworkConfig) -> Matrices:
    """The weights as matrices: what other engines and files call a network."""
    return [matrix.copy() for matrix in _views(row, config)]


def from_matrices(matrices: Matrices, config: NetworkConfig, into: Row) -> None:
    """Writes matrices into a row; grounds and windows are still to be made of them."""
    for place, matrix in zip(_places(config), matrices, strict=True):
        into[place] = matrix
    shape = shape_of(config)
    if shape.identity:
        rows = into[shape.output : shape.output_biases].reshape(NUM_ACTIONS, -1)
        rows[:, :NUM_ACTIONS] = np.eye(NUM_ACTIONS, dtype=np.float32)


def _views(row: Row, config: NetworkConfig) -> Matrices:
    return [row[place] for place in _places(config)]


def _places(config: NetworkConfig) -> list[npt.NDArray[np.int64]]:
    """For each matrix, where in a row each of its numbers stands: [inputs + 1, units]."""
    shape = shape_of(config)
    columns = [_columns(layer) for layer in config.layers] or [np.arange(NUM_ACTIONS)]
    places = [_first_places(shape, columns[0])]
    for (matrix, biases, below, above), units in zip(
        shape.dense.tolist(), columns[1:], strict=True
    ):
        rows = matrix + np.arange(below)[:, None] * stride(above) + units
        places.append(np.concatenate([rows, biases + units[None]]))
    if not shape.identity:
        actions = np.arange(NUM_ACTIONS)
        values = np.arange(config.layers[-1].width)[:, None]
        rows = shape.output + actions * shape.top + values
        places.append(np.concatenate([rows, shape.output_biases + actions[None]]))
    return places


def _columns(layer: Layer) -> npt.NDArray[np.int64]:
    """Where among a layer's sums each of its units stands."""
    units = np.arange(layer.units)
    if layer.activation != "maxout":
        return units
    return units // 2 + units % 2 * (sums_of(layer) // 2)


def _first_places(shape: Shape, units: npt.NDArray[np.int64]) -> npt.NDArray[np.int64]:
    """Inputs count cells row by row; a chunk's table counts them column by column."""
    row, column = np.divmod(np.arange(shape.states), shape.width)
    cells = shape.cells + column * shape.rows + row
    actions = shape.actions + np.arange(NUM_ACTIONS)
    features = [cells]
    for block in range(1, shape.past + 1):
        features += [block * shape.features + cells, block * shape.features + actions]
    inputs = np.concatenate(features)[:, None] * WIDTH
    rows = (units // WIDTH) * shape.chunk + inputs + units % WIDTH
    return np.concatenate([rows, shape.biases + units[None]])
