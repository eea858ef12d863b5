"""What a car's network gets: this observation and, with a temporal window, the decisions before."""

import numpy as np
import numpy.typing as npt

from grader.network import new_inputs, split_inputs
from grader.schema import NUM_ACTIONS, NetworkConfig


class Window:
    """The network inputs of one car on each of several roads, kept up to date in place.

    An input is x_t, then for k = 1..temporal_window: x_(t-k), one-hot(a_(t-k)) * num_states
    (rules.md, net input). After a reset the past is the first observation and no action.

    Attributes:
        inputs: Shape [T, rows, padded], see ``network.new_inputs``.
        rows: The same as one matrix for each training.
        flat: The same as numpy, shape [T * rows, padded].
    """

    def __init__(self, config: NetworkConfig, trainings: int, rows: int) -> None:
        self.config = config
        self.inputs = new_inputs(config, trainings, rows)
        self.rows = split_inputs(self.inputs, config)
        self.flat: npt.NDArray[np.float32] = self.inputs.numpy().reshape(trainings * rows, -1)
        self._fresh = True
        self._roads = np.arange(trainings * rows)
        self._actions = np.zeros(trainings * rows, dtype=np.int64)

    def reset(self) -> None:
        """Forgets the past: the next observation is the first of a run."""
        self._fresh = True
        self._actions[:] = 0

    def see(self, observations: npt.NDArray[np.float64]) -> None:
        """Takes in what the car sees now, shape [T * rows, num_states]."""
        states, block = self.config.num_states, self.config.num_states + NUM_ACTIONS
        blocks = self.config.temporal_window
        if blocks and self._fresh:
            for k in range(blocks):
                self._write_block(states + k * block, observations)
        elif blocks:
            end = states + blocks * block
            self.flat[:, states + block : end] = self.flat[:, states : end - block].copy()
            self._write_block(states, self.flat[:, :states])
        self.flat[:, :states] = observations
        self._fresh = False

    def _write_block(self, start: int, seen: npt.NDArray[np.floating]) -> None:
        states = self.config.num_states
        self.flat[:, start : start + states] = seen
        self.flat[:, start + states : start + states + NUM_ACTIONS] = 0
        self.flat[self._roads, start + states + self._actions] = states

    def did(self, actions: npt.NDArray[np.int64]) -> None:
        """Notes what the car did about what it saw, shape [T * rows]."""
        self._actions[:] = actions
