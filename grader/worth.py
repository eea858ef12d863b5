"""What a trained network expects of each action, in plain numpy: to be shown, not to be driven by.

An engine rounds in its own way, and where two actions are worth the same by a hair it may choose
the other one.
"""

from collections.abc import Callable
from typing import Final

import numpy as np
import numpy.typing as npt

from grader.pretrained import Doubles, Pretrained
from grader.schema import NUM_ACTIONS, NetworkConfig


def _sigmoid(sums: Doubles) -> Doubles:
    return 0.5 * (1.0 + np.tanh(0.5 * sums))


def _maxout(sums: Doubles) -> Doubles:
    width = sums.shape[1] // 2
    pairs: Doubles = sums[:, : 2 * width].reshape(len(sums), width, 2)
    return np.maximum(pairs[:, :, 0], pairs[:, :, 1])


ACTIVATIONS: Final[dict[str, Callable[[Doubles], Doubles]]] = {
    "relu": lambda sums: np.maximum(sums, 0.0),
    "tanh": np.tanh,
    "sigmoid": _sigmoid,
    "linear": lambda sums: sums,
    "maxout": _maxout,
}


def worth(network: Pretrained, inputs: Doubles) -> Doubles:
    """What the network expects of each action, [N, 5], of inputs [N, inputs]."""
    layers = network.config.layers
    factors = network.factors or (1.0,) * len(layers)
    values = inputs
    for layer, matrix, factor in zip(layers, network.matrices, factors, strict=False):
        sums = values @ matrix[:-1] + matrix[-1]
        values = ACTIVATIONS[layer.activation](sums) * factor
    output = network.matrices[-1]
    expected: Doubles = values @ output[:-1] + output[-1]
    return expected


def inputs(
    config: NetworkConfig,
    seen: Doubles,
    done: npt.NDArray[np.integer],
    *,
    before: tuple[Doubles, npt.NDArray[np.integer]] | None = None,
) -> Doubles:
    """What a car's network was given at each of its decisions in a run: [E, inputs].

    Args:
        config: Of the network.
        seen: [E, states] what it saw at each.
        done: [E] what it did about it.
        before: The same of the decisions before the run, the last ones last, as many as the
            temporal window or more; None: the past is the first observation and no action.
    """
    past, states = config.temporal_window, config.num_states
    if before is None:
        before = np.repeat(seen[:1], past, axis=0), np.zeros(past, np.int64)
    first = len(before[0])
    all_seen = np.concatenate([before[0], seen])
    all_done = np.eye(NUM_ACTIONS)[np.concatenate([before[1], done])] * states
    now = first + np.arange(len(seen))
    blocks = [all_seen[now]]
    for k in range(1, past + 1):
        blocks += [all_seen[now - k], all_done[now - k]]
    return np.concatenate(blocks, axis=1)
