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

    The loss of an experience is 0.5 (Q(s, a) - r - gamma max Q(s', .))^2; beyond huber_delta, if
    there is one, it goes on in a straight line.

    Attributes:
        deltas: Shape [T, B], the slope of the loss at the last update: the bracket above, cut off.
        losses: Shape [T, B], the losses summed over updates since they were zeroed.
    """

    def __init__(self, config: NetworkConfig, networks: Networks) -> None:
        self.config, self.networks = config, networks
        trainings, batch = len(networks.weights), config.trainer.batch_size
        self._now, self._next = Pass(networks, batch), Pass(networks, batch)
        self.deltas = torch.zeros(trainings, batch, dtype=networks.weights.dtype)
        self.losses = torch.zeros_like(self.deltas)
        self._targets = torch.zeros_like(self.deltas)
        self._raw = torch.zeros_like(self.deltas)
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
        torch.sub(self._taken.squeeze(-1), self._targets, out=self._raw)
        self._lose()
        self._now.errors.zero_().scatter_(2, batch.actions, self.deltas.unsqueeze(-1))
        self._now.backward(self.networks.matrices, batch.before, self._gradient_matrices)
        if self.config.trainer.clip_gradient:
            self._clip()
        self._pull.add_to(self._gradient)
        self._gradient.div_(self.config.trainer.batch_size)
        self._step.follow(self._gradient)
        self._updates += 1

    def _aim(self, batch: Batch) -> None:
        """Sets the targets, by the target network if there is one."""
        interval, matrices = self.config.target_update_interval, self.networks.matrices
        if interval:
            if self._updates % interval == 0:
                self._target_weights.copy_(self.networks.weights)
            matrices = self._target_matrices
        if self.config.double_q:
            choice = self._next.forward(self.networks.matrices, batch.after).argmax(2, keepdim=True)
            worth = self._next.forward(matrices, batch.after).gather(2, choice)
            best = self._targets.copy_(worth.squeeze(-1))
        else:
            best = torch.amax(self._next.forward(matrices, batch.after), 2, out=self._targets)
        best.mul_(self.config.gamma).add_(batch.rewards)

    def _lose(self) -> None:
        """Sets the deltas and adds the losses: d^2 / 2, or huber (|d| - huber / 2) beyond huber."""
        huber = self.config.huber_delta
        if not huber:
            self.deltas.copy_(self._raw)
            self.losses.add_(torch.mul(self._raw, self._raw, out=self._targets).mul_(0.5))
            return
        torch.clamp(self._raw, -huber, huber, out=self.deltas)
        # both branches at once: the cut delta times what is left of the whole one
        rest = torch.mul(self.deltas, -0.5, out=self._targets).add_(self._raw)
        self.losses.add_(rest.mul_(self.deltas))

    def _clip(self) -> None:
        """Shortens the gradients of those trainings whose batch's mean is too long."""
        most = self.config.trainer.clip_gradient * self.config.trainer.batch_size
        for gradient in self._gradient:
            length = gradient.norm()
            if length > most:
                gradient.mul_(most / length)


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
    """v <- momentum v + learning_rate g; w <- w - v.

    With nesterov w <- w - (1 + momentum) v + momentum times the v before: ConvNetJS's, and torch's.
    """

    def __init__(self, config: NetworkConfig, networks: Networks) -> None:
        self._trainer, self._weights = config.trainer, networks.weights
        self._velocity = torch.zeros_like(networks.weights)

    def follow(self, gradient: Tensor) -> None:
        """Makes one step; ``gradient`` is used up."""
        gradient.mul_(self._trainer.learning_rate)
        momentum = self._trainer.momentum
        if momentum:
            step = self._velocity.mul_(momentum).add_(gradient)
            # in torch's words: the gradient once more, and the velocity that is ahead of it
            nesterov = self._trainer.method == "nesterov"
            gradient = step.mul(momentum).add_(gradient) if nesterov else step
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
