"""The Q-networks of several trainings side by side: layout, initial weights, forward, backward.

Whatever is computed for one training must not depend on the others beside it, to the last bit. So a
matrix product and a tanh are called for each training alone, always with the same shapes, strides
and alignment; everything that runs over all trainings at once is made of single additions,
multiplications, divisions, roots and comparisons, which IEEE 754 rounds in one way only.
"""

from collections.abc import Sequence

import numpy as np
import torch
from torch import Tensor

from grader.compiled.layout import initial
from grader.pretrained import Pretrained
from grader.schema import NUM_ACTIONS, Layer, NetworkConfig

ALIGNMENT = 16
"""Numbers in 64 bytes, the vector and cache line that allocations begin at [1]."""

Matrices = list[list[Tensor]]
"""Layer by layer, training by training: shape [inputs + 1, units], the last row the biases."""


def padded(count: int) -> int:
    """The next multiple of ``ALIGNMENT``."""
    return -(-count // ALIGNMENT) * ALIGNMENT


class Networks:
    """The weights of T networks of one shape, one row of numbers for each.

    Attributes:
        weights: Shape [T, P]; each layer's matrix begins at a multiple of ``ALIGNMENT``.
        matrices: The same numbers, as ``Matrices``.
        decayed: Shape [P]; 1 at weights, 0 at biases and padding.
    """

    def __init__(
        self, config: NetworkConfig, trainings: int, *, dtype: torch.dtype = torch.float32
    ) -> None:
        self.config = config
        self.shapes = [(inputs + 1, units) for inputs, units in config.shapes]
        self.length = sum(padded(rows * columns) for rows, columns in self.shapes)
        self.weights = torch.zeros(trainings, self.length, dtype=dtype)
        self.matrices = self.split(self.weights)
        self.decayed = torch.zeros(1, self.length, dtype=dtype)
        for (matrix,) in self.split(self.decayed):
            matrix[:-1] = 1

    def split(self, flat: Tensor) -> Matrices:
        """Rows laid out like ``weights`` as their matrices, without a copy."""
        matrices, start = [], 0
        for rows, columns in self.shapes:
            end = start + rows * columns
            matrices.append([row[start:end].view(rows, columns) for row in flat])
            start += padded(rows * columns)
        return matrices

    def initialise(self, seeds: Sequence[int]) -> None:
        """Draws each network from its training's seed: normal with variance 1 / fan-in."""
        for training, seed in enumerate(seeds):
            for layer, matrix in zip(self.matrices, initial(self.config, seed), strict=True):
                layer[training].copy_(torch.from_numpy(matrix))

    def activation(self, index: int) -> str:
        """Name of the activation after layer ``index``; the output layer's is linear."""
        hidden: tuple[Layer, ...] = self.config.layers
        return hidden[index].activation if index < len(hidden) else "linear"

    def of(self, training: int) -> Matrices:
        """The matrices of one training alone."""
        return [[layer[training]] for layer in self.matrices]

    def pretrained(self, training: int) -> Pretrained:
        """One network on its own, in float64."""
        matrices = [layer[training].numpy() for layer in self.matrices]
        return Pretrained.of(self.config, matrices)

    def parameters_of(self, training: int) -> bytes:
        """Weights and biases of one training, layer by layer, as little-endian float32."""
        matrices = [layer[training].numpy().ravel() for layer in self.matrices]
        return np.concatenate(matrices).astype("<f4").tobytes()


class Pass:
    """The arrays of one forward and backward pass over ``rows`` inputs of each of T networks.

    Attributes:
        hidden: Shapes [T, rows, units + 1, padded]; the column after the units is 1, for the bias.
        outputs: Shape [T, rows, 5]: the worth of each action.
        errors: Shape [T, rows, 5]: gradient of the loss by the outputs, set before ``backward``.
    """

    def __init__(self, networks: Networks, rows: int, *, trainings: int | None = None) -> None:
        self.networks = networks
        dtype = networks.weights.dtype
        self.trainings = len(networks.weights) if trainings is None else trainings

        def array(units: int) -> Tensor:
            return torch.zeros(self.trainings, rows, padded(units), dtype=dtype)

        layers, units = networks.config.layers, networks.config.sizes[1:]
        self.hidden = [array(layer.width + 1) for layer in layers]
        for whole, layer in zip(self.hidden, layers, strict=True):
            whole[:, :, layer.width] = 1
        # a layer's sums become its values in place, but for maxout, which has fewer of them
        self._whole_sums = [
            array(layer.units) if layer.width < layer.units else whole
            for whole, layer in zip(self.hidden, layers, strict=True)
        ] + [array(NUM_ACTIONS)]
        self._sums = _all_columns(self._whole_sums, units)
        self.outputs = self._whole_sums[-1][:, :, :NUM_ACTIONS]
        widths = [layer.width for layer in layers]
        self._inner = _all_columns(self.hidden, [width + 1 for width in widths])
        self._whole_errors = [array(count) for count in units]
        self.errors = self._whole_errors[-1][:, :, :NUM_ACTIONS]
        self._errors = _all_columns(self._whole_errors, units)
        # errors by a layer's values, which become those by its sums in place
        self._whole_blame = [
            array(layer.width) if layer.width < layer.units else whole
            for whole, layer in zip(self._whole_errors[:-1], layers, strict=True)
        ]
        self._blame = _all_columns(self._whole_blame, widths)
        self._slopes = [torch.empty_like(whole) for whole in self._whole_blame]

    def forward(self, matrices: Matrices, inputs: Sequence[Tensor]) -> Tensor:
        """Runs inputs through the layers.

        Args:
            matrices: Weights, of ``networks`` or laid out like them.
            inputs: For each training, shape [rows, inputs + 1], the last column 1.

        Returns:
            ``outputs``, overwritten by the next call.
        """
        below = inputs
        for index, layer in enumerate(matrices):
            for training, matrix in enumerate(layer):
                torch.mm(below[training], matrix, out=self._sums[index][training])
            if index < len(self.hidden):
                self._activate(index)
                below = self._inner[index]
        return self.outputs

    def _activate(self, index: int) -> None:
        activation = self.networks.activation(index)
        if activation == "relu":
            self.hidden[index].clamp_min_(0)  # the column of ones stays
        elif activation == "maxout":
            first, second = self._neighbours(self._whole_sums[index], index)
            torch.maximum(first, second, out=self._values(index))
        elif activation in ("tanh", "sigmoid"):
            for sums in self._sums[index]:
                sums.tanh_() if activation == "tanh" else sums.sigmoid_()

    def backward(self, matrices: Matrices, inputs: Sequence[Tensor], gradient: Matrices) -> None:
        """Writes the gradient of the loss by every weight, summed over the rows, after ``forward``.

        Args:
            matrices: Weights of the forward pass.
            inputs: Inputs of the forward pass.
            gradient: Where to, laid out like the weights.
        """
        for index in range(len(matrices) - 1, -1, -1):
            below = self._inner[index - 1] if index else inputs
            for training, matrix in enumerate(matrices[index]):
                errors = self._errors[index][training]
                torch.mm(below[training].t(), errors, out=gradient[index][training])
                if index:
                    torch.mm(errors, matrix[:-1].t(), out=self._blame[index - 1][training])
            if index:
                self._through_activation(index - 1)

    def _through_activation(self, index: int) -> None:
        """Multiplies the errors of hidden layer ``index`` by the slope of its activation."""
        activation, errors = self.networks.activation(index), self._whole_blame[index]
        values = self.hidden[index][:, :, : errors.shape[2]]
        slope = self._slopes[index]
        if activation == "relu":
            errors.mul_(torch.gt(values, 0, out=slope))
        elif activation == "tanh":
            errors.mul_(torch.mul(values, values, out=slope).neg_().add_(1))
        elif activation == "sigmoid":
            errors.mul_(torch.neg(values, out=slope).add_(1).mul_(values))
        elif activation == "maxout":
            self._through_maxout(index)

    def _through_maxout(self, index: int) -> None:
        """Hands each error to the greater of two neighbours, of equal ones to the first."""
        first, second = self._neighbours(self._whole_sums[index], index)
        to_first, to_second = self._neighbours(self._whole_errors[index], index)
        blame = self._whole_blame[index][:, :, : first.shape[2]]
        chosen = torch.gt(second, first, out=self._slopes[index][:, :, : first.shape[2]])
        torch.mul(blame, chosen, out=to_second)
        torch.sub(blame, to_second, out=to_first)

    def _values(self, index: int) -> Tensor:
        return self.hidden[index][:, :, : self.networks.config.layers[index].width]

    def _neighbours(self, whole: Tensor, index: int) -> tuple[Tensor, Tensor]:
        """The units of maxout layer ``index`` that are taken together; an odd last one is not."""
        end = 2 * self.networks.config.layers[index].width
        return whole[:, :, 0:end:2], whole[:, :, 1:end:2]


def _all_columns(wholes: Sequence[Tensor], counts: Sequence[int]) -> list[list[Tensor]]:
    """For each layer, the first columns of each training's rows."""
    return [_columns(whole, count) for whole, count in zip(wholes, counts, strict=True)]


def _columns(whole: Tensor, count: int) -> list[Tensor]:
    """The first columns of each training's rows, as views made once."""
    return [rows[:, :count] for rows in whole]


def split_inputs(inputs: Tensor, config: NetworkConfig) -> list[Tensor]:
    """Each training's inputs with their column of ones, from padded rows: [rows, inputs + 1]."""
    return _columns(inputs, config.num_inputs + 1)


def new_inputs(config: NetworkConfig, *shape: int, dtype: torch.dtype = torch.float32) -> Tensor:
    """Padded input rows, shape [*shape, padded]: zeros, and 1 in the column for the bias."""
    inputs = torch.zeros(*shape, padded(config.num_inputs + 1), dtype=dtype)
    inputs[..., config.num_inputs] = 1
    return inputs
