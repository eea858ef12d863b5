"""Our second engine: trainings stacked in torch, so that one call works for all of them."""

from time import process_time

import torch

from grader.dqn import train
from grader.schema import NetworkConfig


class TorchStacked:
    """Five trainings side by side, counted from their first update on, over all five.

    Attributes:
        seconds: CPU time of what counted, so far [s].
    """

    def __init__(self, config: NetworkConfig, *, updates: int, trainings: int = 5) -> None:
        self._config, self._updates, self._seeds = config, updates, range(trainings)
        self.seconds = 0.0

    def work(self) -> int:
        """Trains them; returns how many updates counted."""
        torch.set_num_threads(1)
        burnin = self._config.start_learn_threshold + 1
        # The same beginning, which learns nothing, is taken off the whole.
        self.seconds += self._train(burnin + self._updates) - self._train(burnin)
        return self._updates * len(self._seeds)

    def _train(self, iterations: int) -> float:
        start = process_time()
        train(self._config.model_copy(update={"training_iterations": iterations}), self._seeds)
        return process_time() - start
