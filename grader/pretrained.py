"""A trained network as plain matrices: what files hold, and what is driven without training."""

import hashlib
from collections.abc import Iterable
from typing import Any, NamedTuple

import numpy as np
import numpy.typing as npt

from grader.schema import NetworkConfig

Doubles = npt.NDArray[np.float64]


class Pretrained(NamedTuple):
    """A configuration with the weights that somebody trained for it.

    Attributes:
        config: What the network sees and is made of.
        matrices: Layer by layer float64 of shape [inputs + 1, units], the last row the biases.
        factors: Each hidden layer's values are multiplied by them: 1, or the original's dropout.
    """

    config: NetworkConfig
    matrices: tuple[Doubles, ...]
    factors: tuple[float, ...] = ()

    @classmethod
    def of(cls, config: NetworkConfig, matrices: Iterable[npt.NDArray[Any]]) -> "Pretrained":
        """A network from matrices of any floating type, widened without loss."""
        return cls(config, tuple(matrix.astype(np.float64) for matrix in matrices))

    def checked(self) -> "Pretrained":
        """Returns itself.

        Raises:
            ValueError: The matrices are not of the configuration's shapes, or not finite.
        """
        shapes = [(inputs + 1, units) for inputs, units in self.config.shapes]
        if [matrix.shape for matrix in self.matrices] != shapes:
            raise ValueError(f"the matrices must be of the shapes {shapes}")
        if not all(np.isfinite(matrix).all() for matrix in self.matrices):
            raise ValueError("every weight must be a finite number")
        return self

    @property
    def singles(self) -> list[npt.NDArray[np.float32]]:
        """The matrices in float32, the factors within the layer above that they scale."""
        matrices = [matrix.copy() for matrix in self.matrices]
        for factor, above in zip(self.factors, matrices[1:], strict=False):
            above[:-1] *= factor
        return [matrix.astype(np.float32) for matrix in matrices]

    @property
    def weights_hash(self) -> str:
        """SHA-256 of the weights in float64, 64 hexadecimal digits."""
        digest = hashlib.sha256()
        for matrix in self.matrices:
            digest.update(np.ascontiguousarray(matrix, "<f8").tobytes())
        return digest.hexdigest()
