"""The training of docs/training.md once more: float64, autograd, one thing at a time.

Shares with the engine only the road, the initial weights and the draws, which have tests of their
own.
"""

from collections import deque

import torch

from grader.compiled.chance import ACTION, EXPLORE, SAMPLE, SLOT, episode_seeds, uniform
from grader.compiled.layout import initial
from grader.config import NetworkConfig
from simulator.rules import RULESETS
from simulator.traffic import Traffic, View


def two_by_two(sums: torch.Tensor) -> torch.Tensor:
    """Neighbours beside each other; an odd last one is nobody's."""
    even = sums.shape[-1] // 2 * 2
    return sums[..., :even].unflatten(-1, (-1, 2))


ACTIVATIONS = {
    "relu": torch.relu,
    "tanh": torch.tanh,
    "sigmoid": torch.sigmoid,
    "linear": lambda sums: sums,
    "maxout": lambda sums: two_by_two(sums).amax(-1),
}


class Driver:
    """What one car saw and did, newest first."""

    def __init__(self, past: int) -> None:
        self.seen: deque = deque(maxlen=past + 1)
        self.done: deque = deque(maxlen=past)

    def see(self, observation: torch.Tensor) -> torch.Tensor:
        first = not self.seen
        self.seen.appendleft(observation)
        while first and len(self.seen) < self.seen.maxlen:
            self.seen.append(observation)
            self.done.append(0)
        parts = [self.seen[0]]
        for seen, done in zip(list(self.seen)[1:], self.done, strict=True):
            did = torch.zeros(5, dtype=torch.float64)
            did[done] = len(seen)
            parts += [seen, did]
        return torch.cat(parts)


class Learner:
    """A network, its target network and its trainer."""

    def __init__(self, config: NetworkConfig, seed: int) -> None:
        self.config = config
        matrices = [torch.from_numpy(matrix).double() for matrix in initial(config, seed)]
        self.weights = [matrix[:-1].clone().requires_grad_() for matrix in matrices]
        self.biases = [matrix[-1].clone().requires_grad_() for matrix in matrices]
        everything, trainer = [*self.weights, *self.biases], config.trainer
        if trainer.method == "adam":
            betas = (trainer.beta1, trainer.beta2)
            self.optimizer = torch.optim.Adam(everything, trainer.learning_rate, betas)
        else:
            self.optimizer = torch.optim.SGD(
                everything,
                trainer.learning_rate,
                momentum=trainer.momentum,
                nesterov=trainer.method == "nesterov",
            )
        self.target = None
        self.updates = 0

    def q(self, inputs: torch.Tensor, of=None) -> torch.Tensor:
        weights, biases = of or (self.weights, self.biases)
        kinds = [layer.activation for layer in self.config.layers] + ["linear"]
        for w, b, kind in zip(weights, biases, kinds, strict=True):
            inputs = ACTIVATIONS[kind](inputs @ w + b)
        return inputs

    def update(self, batch: list) -> None:
        config, trainer = self.config, self.config.trainer
        if config.target_update_interval and self.updates % config.target_update_interval == 0:
            self.target = tuple(
                [p.detach().clone() for p in part] for part in (self.weights, self.biases)
            )
        before, actions, rewards, after = (list(part) for part in zip(*batch, strict=True))
        after = torch.stack(after)
        with torch.no_grad():
            worth = self.q(after, self.target)
            choice = (self.q(after) if config.double_q else worth).argmax(1, keepdim=True)
            aim = torch.tensor(rewards).double() + config.gamma * worth.gather(1, choice)[:, 0]
        taken = self.q(torch.stack(before)).gather(1, torch.tensor(actions)[:, None])[:, 0]
        if config.huber_delta:
            loss = torch.nn.functional.huber_loss(taken, aim, delta=config.huber_delta)
        else:
            loss = 0.5 * torch.nn.functional.mse_loss(taken, aim)
        self.optimizer.zero_grad()
        loss.backward()
        if trainer.clip_gradient:
            torch.nn.utils.clip_grad_norm_([*self.weights, *self.biases], trainer.clip_gradient)
        for w in self.weights:
            decay = trainer.l2_decay * w.detach() + trainer.l1_decay * w.detach().sign()
            w.grad += decay / trainer.batch_size
        self.optimizer.step()
        self.updates += 1


def train(config: NetworkConfig, seed: int, *, rules: str, frames: int) -> Learner:
    """A whole training; frames is the length of an episode."""
    learner, memory, episode, iteration = Learner(config, seed), [], 0, 0
    traffic = Traffic(
        1,
        view=View(config.lanes_side, config.patches_ahead, config.patches_behind),
        other_agents=config.other_agents,
        frames=frames,
        rules=RULESETS[rules],
    )

    def chance(purpose: int, count: int) -> list[float]:
        keys = episode_seeds([0], 1)[0]
        keys[0] = seed
        return uniform(keys, iteration, purpose, count)[0].tolist()

    while True:
        episode += 1
        traffic.reset(episode_seeds([seed], episode)[0, -1:])
        drivers = [Driver(config.temporal_window) for _ in range(1 + config.other_agents)]
        last = None
        while not traffic.finished:
            car = traffic.agent
            if car == 0 and iteration == config.training_iterations:
                return learner
            iteration += car == 0
            inputs = drivers[car].see(torch.from_numpy(traffic.observations[0].copy()))
            if car == 0 and last is not None:
                experience = (*last, float(traffic.rewards[0]), inputs)
                if len(memory) < config.replay_size:
                    memory.append(experience)
                else:
                    memory[int(chance(SLOT, 1)[0] * config.replay_size)] = experience
                if len(memory) > config.start_learn_threshold:
                    draws = chance(SAMPLE, config.trainer.batch_size)
                    learner.update([memory[int(draw * len(memory))] for draw in draws])
            burnin, total = config.learning_steps_burnin, config.learning_steps_total
            epsilon = min(1, max(config.epsilon_min, 1 - (iteration - burnin) / (total - burnin)))
            if chance(EXPLORE, car + 1)[car] < epsilon:
                action = int(chance(ACTION, car + 1)[car] * 5)
            else:
                action = int(learner.q(inputs).argmax())
            drivers[car].done.appendleft(action)
            if car == 0:
                last = (inputs, action)
            traffic.step([action])
