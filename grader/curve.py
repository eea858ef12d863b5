"""The learning curves of several trainings, gathered while they run."""

import numpy as np
import numpy.typing as npt

from grader.learner import Learner
from grader.progress import Point
from grader.schema import NetworkConfig

POINTS = 100
"""Points of a full curve [1]."""
MPH_PER_REWARD, MPH_AT_ZERO = 1 / 0.075, 40.0
"""reward = 0.075 mph - 3 (rules.md, observation and reward)."""


class Curve:
    """Mean reward and loss of each training over stretches of equal length.

    Attributes:
        points: For each training, its points so far.
    """

    def __init__(self, config: NetworkConfig, learner: Learner) -> None:
        trainings = len(learner.squares)
        self.points: list[list[Point]] = [[] for _ in range(trainings)]
        self.stretch = max(1, -(-config.training_iterations // POINTS))
        self._learner = learner
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
            reward = loss = mph = None
            if self._rewarded:
                reward = float(self._rewards[training]) / self._rewarded
                mph = round(reward * MPH_PER_REWARD + MPH_AT_ZERO, 2)
                reward = round(reward, 5)
            if self._updates:
                squares = self._learner.squares[training].numpy()
                mean = float(squares.mean(dtype=np.float64)) / self._updates
                loss = float(f"{mean / 2:.5g}")
            points.append(Point(iteration, reward, loss, round(epsilon, 5), mph))
        self._rewards[:] = 0
        self._learner.squares.zero_()
        self._rewarded = self._updates = 0
