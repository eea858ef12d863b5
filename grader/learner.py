"""One update of T networks: the Bellman target, its gradient, and the step of the trainer."""

import torch
from torch import Tensor

from grader.network import Networks, Pass
from grader.replay import Batch
from grader.schema import NetworkConfig

ADAM_EPSILON = 1e-8
"""Keeps adam's step finite where the gradient is 0 (Kingma and Ba, 2015)."""


class Learner:
    """Q-learning on batches of experiences.

    The loss of an experience is 0.5 (Q(s, a) - r - gamma max Q(s', .))^2, unclipped.

    Attributes:
        deltas: Shape [T, B], the bracket above at the last update.
        squares: Shape [T, B], the squares of the deltas summed over updates since it was zeroed.
    """

    def __init__(self, config: NetworkConfig, networks: Networks) -> None:
        self.config, self.networks = config, networks
        trainings, batch = len(networks.weights), config.trainer.batch_size
        self._now, self._next = Pass(networks, batch), Pass(networks, batch)
        self.deltas = torch.zeros(trainings, batch, dtype=networks.weights.dtype)
        self.squares = torch.zeros_like(self.deltas)
        self._targets = torch.zeros_like(self.deltas)
        self._square = torch.zeros_like(self.deltas)
        self._taken = torch.zeros_like(self.deltas).unsqueeze(-1)
        self._gradient = torch.zeros_like(networks.weights)
        self._gradient_matrices = networks.split(self._gradient)
        self._step = (
            Adam(config, networks) if config.trainer.method == "adam" else Sgd(config, networks)
        )
        self._pull = Pull(config, networks)
        self._target_weights = networks.weights.clone()
        self._target_matrices = networks.split(self._target_weights)
        self._updates = 0

    def learn(self, batch: Batch) -> None:
        """Makes one update of every network from its own batch."""
        self._aim(batch)
        outputs = self._now.forward(self.networks.matrices, batch.before)
        torch.gather(outputs, 2, batch.actions, out=self._taken)
        torch.sub(self._taken.squeeze(-1), self._targets, out=self.deltas)
        self._now.errors.zero_().scatter_(2, batch.actions, self.deltas.unsqueeze(-1))
        self._now.backward(self.networks.matrices, batch.before, self._gradient_matrices)
        self._pull.add_to(self._gradient)
        self._gradient.div_(self.config.trainer.batch_size)
        self._step.follow(self._gradient)
        self.squares.add_(torch.mul(self.deltas, self.deltas, out=self._square))
        self._updates += 1

    def _aim(self, batch: Batch) -> None:
        """Sets the targets, by the target network if there is one."""
        interval, matrices = self.config.target_update_interval, self.networks.matrices
        if interval:
            if self._updates % interval == 0:
                self._target_weights.copy_(self.networks.weights)
            matrices = self._target_matrices
        best = torch.amax(self._next.forward(matrices, batch.after), 2, out=self._targets)
        best.mul_(self.config.gamma).add_(batch.rewards)


class Pull:
    """Decay: l2 w + l1 sign(w), added to the batch's sum and so divided by its size with it."""

    def __init__(self, config: NetworkConfig, networks: Networks) -> None:
        self._weights = networks.weights
        self._l1 = networks.decayed * config.trainer.l1_decay if config.trainer.l1_decay else None
        self._l2 = networks.decayed * config.trainer.l2_decay if config.trainer.l2_decay else None
        self._scratch = torch.zeros_like(networks.weights)

    def add_to(self, gradient: Tensor) -> None:
        """Adds the decay of weights, not of biases."""
        if self._l2 is not None:
            gradient.add_(torch.mul(self._weights, self._l2, out=self._scratch))
        if self._l1 is not None:
            gradient.add_(torch.sign(self._weights, out=self._scratch).mul_(self._l1))


class Sgd:
    """v <- momentum v - learning_rate g; w <- w + v."""

    def __init__(self, config: NetworkConfig, networks: Networks) -> None:
        self._trainer, self._weights = config.trainer, networks.weights
        self._velocity = torch.zeros_like(networks.weights)

    def follow(self, gradient: Tensor) -> None:
        """Makes one step; ``gradient`` is used up."""
        gradient.mul_(self._trainer.learning_rate)
        if self._trainer.momentum:
            gradient = self._velocity.mul_(self._trainer.momentum).add_(gradient)
        self._weights.sub_(gradient)


class Adam:
    """Kingma and Ba, "Adam: a method for stochastic optimization", 2015, algorithm 1."""

    def __init__(self, config: NetworkConfig, networks: Networks) -> None:
        self._trainer, self._weights = config.trainer, networks.weights
        self._mean = torch.zeros_like(networks.weights)
        self._square = torch.zeros_like(networks.weights)
        self._scratch = torch.zeros_like(networks.weights)
        self._beta1_power = self._beta2_power = 1.0

    def follow(self, gradient: Tensor) -> None:
        """Makes one step; ``gradient`` is used up."""
        beta1, beta2 = self._trainer.beta1, self._trainer.beta2
        self._beta1_power *= beta1
        self._beta2_power *= beta2
        # a fused multiply-add would round otherwise at the end of a row than in its middle
        torch.mul(gradient, gradient, out=self._scratch).mul_(1 - beta2)
        self._square.mul_(beta2).add_(self._scratch)
        self._mean.mul_(beta1).add_(gradient.mul_(1 - beta1))
        root = torch.div(self._square, 1 - self._beta2_power, out=self._scratch).sqrt_()
        step = torch.mul(
            self._mean, self._trainer.learning_rate / (1 - self._beta1_power), out=gradient
        )
        self._weights.sub_(step.div_(root.add_(ADAM_EPSILON)))
