"""All chance of a training: every draw a function of its seed, what it is for, and its number.

The generator is the road's, Philox4x32-10 (simulator.draws), keyed by the training's seed, so that
no draw depends on how many came before it, nor on who else is trained.
"""

from collections.abc import Sequence
from typing import Final

import numpy as np
import numpy.typing as npt

from grader.compiled.functions import normal
from simulator.compiled import compiled
from simulator.draws import draw, philox

INITIAL: Final = 0  # first and second draw of a weight, by layer; number: 2 x its place
EPISODE: Final = 1  # the road of an episode
EXPLORE: Final = 2  # by iteration, number: the car; below epsilon it acts at random
ACTION: Final = 3  # by iteration, number: the car; how it then acts
SLOT: Final = 4  # by iteration: the experience that a new one replaces
SAMPLE: Final = 5  # by iteration, number: its place in the batch; an experience learned from

_UPPER_WORD = np.uint64(32)


@compiled
def _fill(
    seeds: npt.NDArray[np.uint64], moment: int, purpose: int, into: npt.NDArray[np.float64]
) -> None:
    for training in range(seeds.size):
        for number in range(into.shape[1]):
            into[training, number] = draw(seeds[training], moment, number, purpose)


@compiled
def _fill_normal(seed: np.uint64, layer: int, into: npt.NDArray[np.float64]) -> None:
    for number in range(into.size):
        one = draw(seed, layer, 2 * number, INITIAL)
        into[number] = normal(one, draw(seed, layer, 2 * number + 1, INITIAL))


@compiled
def episode_seed(seed: np.uint64, episode: int) -> np.uint64:
    """Returns the road seed of a training's episode."""
    none = np.uint64(0)
    low, high, _, _ = philox(np.uint64(episode), none, np.uint64(EPISODE), none, seed)
    return low | high << _UPPER_WORD


def uniform(
    seeds: npt.NDArray[np.uint64], moment: int, purpose: int, count: int
) -> npt.NDArray[np.float64]:
    """Draws in (0, 1) of several trainings, shape [T, count].

    Args:
        seeds: [T] training seeds.
        moment: The iteration, from 1.
        purpose: What for, see the constants.
        count: How many of each.
    """
    numbers = np.empty((seeds.size, count))
    _fill(seeds, moment, purpose, numbers)
    return numbers


def initial_weights(seed: int, layer: int, inputs: int, units: int) -> npt.NDArray[np.float32]:
    """A layer's weights before training, shape [inputs, units]: normal with variance 1 / inputs."""
    numbers = np.empty(inputs * units)
    _fill_normal(np.uint64(seed), layer, numbers)
    weights: npt.NDArray[np.float32] = (numbers / np.sqrt(inputs)).astype(np.float32)
    return weights.reshape(inputs, units)


def episode_seeds(seeds: Sequence[int], episodes: int) -> npt.NDArray[np.uint64]:
    """The road of each training's episodes, shape [T, episodes]."""
    return np.array(
        [[episode_seed(np.uint64(seed), episode) for episode in range(episodes)] for seed in seeds],
        dtype=np.uint64,
    )
