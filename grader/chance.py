"""All chance of a training, drawn from its seed in blocks: never from a global, nor from others."""

from collections.abc import Sequence
from typing import Any

import numpy as np
import numpy.typing as npt

from grader.schema import NUM_ACTIONS, NetworkConfig

INITIAL, EPISODE, EXPLORE, ACTION, SLOT, SAMPLE = range(6)
"""What a stream of random numbers is for: the second half of its key."""
BLOCK = 100
"""Iterations drawn for at once [1]."""

Floats = npt.NDArray[np.float64]
Whole = npt.NDArray[np.int64]


def generator(seed: int, purpose: int) -> np.random.Generator:
    """The random numbers of one purpose in one training.

    Philox 4x64 (Salmon et al., SC 2011): streams of different keys are independent.
    """
    return np.random.Generator(np.random.Philox(key=np.array([seed, purpose], dtype=np.uint64)))


def episode_seeds(seeds: Sequence[int], episodes: int) -> npt.NDArray[np.uint64]:
    """The road of each training's episodes, shape [T, episodes]."""
    streams = [generator(seed, EPISODE).bit_generator for seed in seeds]
    drawn: list[Any] = [stream.random_raw(episodes) for stream in streams]
    return np.array(drawn, dtype=np.uint64)


class Chance:
    """The draws of the iteration at hand, for T trainings at once.

    Attributes:
        explore: Shape [T, cars], uniform in [0, 1): below epsilon, the car acts at random.
        action: Shape [T, cars], the action it then takes.
        slot: Shape [T], uniform: the experience that a new one replaces.
        sample: Shape [T, batch], uniform: the experiences learned from.
    """

    explore: Floats
    action: Whole
    slot: Floats
    sample: Floats

    def __init__(self, config: NetworkConfig, seeds: Sequence[int]) -> None:
        cars, batch = 1 + config.other_agents, config.trainer.batch_size
        self._widths = {EXPLORE: (cars,), ACTION: (cars,), SLOT: (), SAMPLE: (batch,)}
        self._streams = {
            purpose: [generator(seed, purpose) for seed in seeds] for purpose in self._widths
        }
        self._blocks = {
            purpose: np.empty((BLOCK, len(seeds), *width))
            for purpose, width in self._widths.items()
        }
        self._actions = np.empty((BLOCK, len(seeds), cars), dtype=np.int64)
        self._at = BLOCK

    def advance(self) -> None:
        """Moves on to the next iteration."""
        if self._at == BLOCK:
            self._refill()
        self.explore = self._blocks[EXPLORE][self._at]
        self.action = self._actions[self._at]
        self.slot = self._blocks[SLOT][self._at]
        self.sample = self._blocks[SAMPLE][self._at]
        self._at += 1

    def _refill(self) -> None:
        for purpose, streams in self._streams.items():
            for training, stream in enumerate(streams):
                draws = stream.random((BLOCK, *self._widths[purpose]))
                self._blocks[purpose][:, training] = draws
        np.multiply(self._blocks[ACTION], NUM_ACTIONS, out=self._actions, casting="unsafe")
        self._at = 0
