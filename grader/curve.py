"""The learning curves of several trainings, gathered while they run."""

from typing import NamedTuple

import numpy as np
import numpy.typing as npt

from grader.progress import Point
from grader.schema import NetworkConfig

POINTS = 100
"""Points of a full curve [1]."""
MPH_PER_REWARD, MPH_AT_ZERO = 1 / 0.075, 40.0
"""reward = 0.075 mph - 3 (rules.md, observation and reward)."""


class Sums(NamedTuple):
    """What one training brought in a stretch.

    Attributes:
        rewards: Of all decisions that had one.
        rewarded: How many these were.
        losses: Mean loss of each update, summed.
        learned: How many updates.
    """

    rewards: float
    rewarded: int
    losses: float
    learned: int


def point(sums: Sums, iteration: int, epsilon: float) -> Point:
    """The point of the curve that a stretch ends with."""
    reward = mph = loss = None
    if sums.rewarded:
        reward = sums.rewards / sums.rewarded
        mph = round(reward * MPH_PER_REWARD + MPH_AT_ZERO, 2)
        reward = round(reward, 5)
    if sums.learned:
        loss = float(f"{sums.losses / sums.learned:.5g}")
    return Point(iteration, reward, loss, round(epsilon, 5), mph)


class Curve:
    """Mean reward and loss of each training over stretches of equal length.

    Attributes:
        points: For each training, its points so far.
    """

    def __init__(self, config: NetworkConfig, losses: npt.NDArray[np.floating]) -> None:
        """Begins with no points.

        Args:
            config: What is trained.
            losses: Shape [T, B], where the learner sums losses up; zeroed with every point.
        """
        trainings = len(losses)
        self.points: list[list[Point]] = [[] for _ in range(trainings)]
        self.stretch = max(1, -(-config.training_iterations // POINTS))
        self._losses = losses
        self._rewards = np.zeros(trainings)
        self._rewarded = self._updates = 0

    def reward(self, rewards: npt.NDArray[np.float64]) -> None:
        """Counts one decision's rewards, shape [T]."""
        self._rewards += rewards
        self._rewarded += 1

    def update(self) -> None:
        """Counts one update, whose loss the learner keeps."""
        self._updates += 1

    def close(self, iteration: int, epsilon: float) -> None:
        """Ends a stretch: one new point for each training."""
        for training, points in enumerate(self.points):
            losses = float(self._losses[training].mean(dtype=np.float64))
            sums = Sums(float(self._rewards[training]), self._rewarded, losses, self._updates)
            points.append(point(sums, iteration, epsilon))
        self._rewards[:] = 0
        self._losses[:] = 0
        self._rewarded = self._updates = 0
