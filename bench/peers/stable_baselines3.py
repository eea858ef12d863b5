"""The DQN of stable-baselines3, by its defaults but the workload's batch, memory and network."""

import sys

import torch

from bench.peers.road import road_for
from grader.schema import NetworkConfig


class StableBaselines3:
    """One training that goes on from round to round, a gradient step for each of its steps."""

    def __init__(self, config: NetworkConfig, *, updates: int) -> None:
        """Trains until the next step learns.

        Raises:
            SystemExit: it isn't installed.
        """
        try:
            from stable_baselines3 import DQN  # noqa: PLC0415 - only the bench installs it
        except ModuleNotFoundError as missing:
            sys.exit(f"the bench needs {missing.name}; `make bench` installs it")
        torch.set_num_threads(1)
        self._updates = updates
        starts = config.start_learn_threshold
        self._model = DQN(
            "MlpPolicy",
            road_for(config),
            learning_starts=starts,
            batch_size=config.trainer.batch_size,
            buffer_size=config.replay_size,
            train_freq=1,
            gradient_steps=1,
            policy_kwargs={"net_arch": [layer.units for layer in config.layers]},
            device="cpu",
            seed=0,
        )
        self._model.learn(starts)

    def work(self) -> int:
        """Trains on; returns how many updates that brought."""
        before = self._done
        self._model.learn(self._updates, reset_num_timesteps=False)
        return self._done - before

    @property
    def _done(self) -> int:
        return self._model._n_updates  # noqa: SLF001 - it tells nobody else how many there were
