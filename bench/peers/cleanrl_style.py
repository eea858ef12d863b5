"""A DQN as CleanRL's single files have it: one page of torch, numpy and the plain Gymnasium API.

Written from the algorithm (Mnih et al., 2015) and the settings that CleanRL publishes for it.
"""

from itertools import pairwise

import numpy as np
import torch
from torch import nn

from bench.peers.road import road_for
from grader.schema import NUM_ACTIONS, NetworkConfig

LEARNING_RATE = 2.5e-4
GAMMA = 0.99
EPSILON = 0.05  # where its exploration ends: deciding by the network is the dearer way
TARGET_INTERVAL = 500  # [steps]


class Memory:
    """The last experiences, the oldest overwritten."""

    def __init__(self, size: int, inputs: int) -> None:
        self._before = np.zeros((size, inputs), np.float32)
        self._after = np.zeros((size, inputs), np.float32)
        self._actions = np.zeros((size, 1), np.int64)
        self._rewards = np.zeros(size, np.float32)
        self._dones = np.zeros(size, np.float32)
        self._size, self._added = size, 0

    def __len__(self) -> int:
        return min(self._added, self._size)

    def add(
        self, *, before: np.ndarray, after: np.ndarray, action: int, reward: float, done: bool
    ) -> None:
        slot = self._added % self._size
        self._before[slot], self._after[slot] = before, after
        self._actions[slot], self._rewards[slot], self._dones[slot] = action, reward, done
        self._added += 1

    def sample(self, generator: np.random.Generator, batch: int) -> list[torch.Tensor]:
        """Returns before, after, actions, rewards and dones of so many of them."""
        chosen = generator.integers(0, len(self), batch)
        columns = (self._before, self._after, self._actions, self._rewards, self._dones)
        return [torch.from_numpy(column[chosen]) for column in columns]


class CleanRLStyle:
    """One training that goes on from round to round, a gradient step for each of its steps."""

    def __init__(self, config: NetworkConfig, *, updates: int) -> None:
        torch.set_num_threads(1)
        torch.manual_seed(0)
        self._updates, self._batch = updates, config.trainer.batch_size
        self._network, self._target = network(config), network(config)
        self._target.load_state_dict(self._network.state_dict())
        self._optimizer = torch.optim.Adam(self._network.parameters(), lr=LEARNING_RATE)
        self._memory = Memory(config.replay_size, config.num_inputs)
        self._generator = np.random.default_rng(0)
        self._road, self._steps = road_for(config), 0
        self._seen, _ = self._road.reset(seed=0)
        for _ in range(config.start_learn_threshold):
            self._step(int(self._generator.integers(NUM_ACTIONS)))

    def work(self) -> int:
        """Trains on; returns how many updates that brought."""
        for _ in range(self._updates):
            self._step(self._act())
            self._learn()
        return self._updates

    def _act(self) -> int:
        if self._generator.random() < EPSILON:
            return int(self._generator.integers(NUM_ACTIONS))
        with torch.no_grad():
            worth = self._network(torch.as_tensor(self._seen, dtype=torch.float32))
        return int(worth.argmax())

    def _step(self, action: int) -> None:
        after, reward, terminated, truncated, _ = self._road.step(action)
        self._memory.add(
            before=self._seen, after=after, action=action, reward=reward, done=terminated
        )
        self._seen = self._road.reset()[0] if terminated or truncated else after
        self._steps += 1

    def _learn(self) -> None:
        before, after, actions, rewards, dones = self._memory.sample(self._generator, self._batch)
        with torch.no_grad():
            best = self._target(after).amax(dim=1)
            aim = rewards + GAMMA * best * (1 - dones)
        worth = self._network(before).gather(1, actions).squeeze(1)
        loss = nn.functional.mse_loss(worth, aim)
        self._optimizer.zero_grad()
        loss.backward()  # type: ignore[no-untyped-call]
        self._optimizer.step()
        if self._steps % TARGET_INTERVAL == 0:
            self._target.load_state_dict(self._network.state_dict())


def network(config: NetworkConfig) -> nn.Sequential:
    """Returns the network that a configuration describes, of relu and linear layers."""
    layers: list[nn.Module] = []
    for below, above in pairwise(config.sizes):
        layers += [nn.Linear(below, above), nn.ReLU()]
    return nn.Sequential(*layers[:-1])
