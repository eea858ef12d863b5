"""Replay memory for several trainings, all of it allocated once."""

from typing import Any, NamedTuple

import numpy as np
import numpy.typing as npt
import torch
from torch import Tensor

from grader.network import new_inputs, split_inputs
from grader.schema import NetworkConfig


class Batch(NamedTuple):
    """Sampled experiences of T trainings, B of each; overwritten by the next sample.

    Attributes:
        before: What was seen, a matrix [B, inputs + 1] for each training.
        actions: What was done, shape [T, B, 1].
        rewards: What it brought, shape [T, B].
        after: What was seen then, like ``before``.
    """

    before: list[Tensor]
    actions: Tensor
    rewards: Tensor
    after: list[Tensor]


class Replay:
    """Up to ``replay_size`` experiences (s, a, r, s') for each of T trainings.

    All trainings remember one experience at a time, so they are always equally full.
    """

    def __init__(self, config: NetworkConfig, trainings: int) -> None:
        self.size = config.replay_size
        self.length = 0
        slots = trainings * self.size
        self._before = new_inputs(config, slots)
        self._after = new_inputs(config, slots)
        self._actions = torch.zeros(slots, dtype=torch.int64)
        self._rewards = torch.zeros(slots)
        # numpy writes single rows with less ado; these are the same numbers
        self._rows: list[npt.NDArray[Any]] = [
            tensor.numpy() for tensor in (self._before, self._actions, self._rewards, self._after)
        ]
        self._first = np.arange(trainings) * self.size

        batch = config.trainer.batch_size
        self._drawn = [new_inputs(config, trainings, batch) for _ in range(2)]
        self.batch = Batch(
            before=split_inputs(self._drawn[0], config),
            actions=torch.zeros(trainings, batch, 1, dtype=torch.int64),
            rewards=torch.zeros(trainings, batch),
            after=split_inputs(self._drawn[1], config),
        )

    def remember(
        self,
        before: npt.NDArray[np.float32],
        actions: npt.NDArray[np.int64],
        rewards: npt.NDArray[np.float64],
        after: npt.NDArray[np.float32],
        *,
        chance: npt.NDArray[np.float64],
    ) -> None:
        """Stores one experience of each training; a full memory loses a random one of each.

        Args:
            before: Inputs seen, shape [T, padded].
            actions: Actions taken, shape [T].
            rewards: Rewards received, shape [T].
            after: Inputs seen then, shape [T, padded].
            chance: Uniform draws in [0, 1), shape [T]: the slots to overwrite.
        """
        if self.length < self.size:
            slots = self._first + self.length
            self.length += 1
        else:
            slots = self._first + (chance * self.size).astype(np.int64)
        for rows, values in zip(self._rows, (before, actions, rewards, after), strict=True):
            rows[slots] = values

    def sample(self, chance: npt.NDArray[np.float64]) -> Batch:
        """Draws experiences with replacement.

        Args:
            chance: Uniform draws in [0, 1), shape [T, B].
        """
        slots = (chance * self.length).astype(np.int64)
        slots += self._first[:, None]
        indices = torch.from_numpy(slots.ravel())
        for memory, drawn in (
            (self._before, self._drawn[0].flatten(0, 1)),
            (self._after, self._drawn[1].flatten(0, 1)),
            (self._actions, self.batch.actions.view(-1)),
            (self._rewards, self.batch.rewards.view(-1)),
        ):
            torch.index_select(memory, 0, indices, out=drawn)
        return self.batch
