"""The hand-written update against torch's autograd and against sums done by hand."""

import math

import numpy as np
import pytest
import torch

from grader.config import NetworkConfig, validate
from grader.learner import Learner
from grader.network import Networks, Pass, new_inputs, split_inputs
from grader.replay import Batch
from tests.grader.small import quick

TRAININGS, UPDATES = 3, 12
DOUBLE = torch.float64
ACTIVATIONS = {
    "relu": torch.relu,
    "tanh": torch.tanh,
    "sigmoid": torch.sigmoid,
    "linear": lambda sums: sums,
}


def random_batch(config: NetworkConfig, random: np.random.Generator) -> Batch:
    size = config.trainer.batch_size
    seen = [new_inputs(config, TRAININGS, size, dtype=DOUBLE) for _ in range(2)]
    for inputs in seen:
        shape = (TRAININGS, size, config.num_inputs)
        inputs[:, :, : config.num_inputs] = torch.from_numpy(random.random(shape))
    return Batch(
        before=split_inputs(seen[0], config),
        actions=torch.from_numpy(random.integers(0, 5, (TRAININGS, size, 1))),
        rewards=torch.from_numpy(random.uniform(-3, 3, (TRAININGS, size))),
        after=split_inputs(seen[1], config),
    )


class Oracle:
    """One training by autograd and torch's own trainers, knowing nothing of our arrays."""

    def __init__(self, config: NetworkConfig, networks: Networks, training: int) -> None:
        self.config, self.training = config, training
        self.weights = [layer[training][:-1].clone() for layer in networks.matrices]
        self.biases = [layer[training][-1].clone() for layer in networks.matrices]
        for parameter in [*self.weights, *self.biases]:
            parameter.requires_grad_()
        trainer = config.trainer
        everything = [*self.weights, *self.biases]
        if trainer.method == "adam":
            betas = (trainer.beta1, trainer.beta2)
            self.optimizer = torch.optim.Adam(everything, trainer.learning_rate, betas)
        else:
            self.optimizer = torch.optim.SGD(
                everything, trainer.learning_rate, momentum=trainer.momentum
            )
        self.updates = 0

    def q(self, inputs, weights, biases):
        for index, (weight, bias) in enumerate(zip(weights, biases, strict=True)):
            inputs = inputs @ weight + bias
            if index < len(self.config.layers):
                inputs = ACTIVATIONS[self.config.layers[index].activation](inputs)
        return inputs

    def learn(self, batch: Batch) -> None:
        config, trainer = self.config, self.config.trainer
        if not config.target_update_interval or self.updates % config.target_update_interval == 0:
            self.target = [
                [p.detach().clone() for p in group] for group in (self.weights, self.biases)
            ]
        before, after = (seen[self.training][:, :-1] for seen in (batch.before, batch.after))
        actions = batch.actions[self.training, :, 0]
        with torch.no_grad():
            best = self.q(after, *self.target).max(dim=1).values
        aim = batch.rewards[self.training] + config.gamma * best
        taken = self.q(before, self.weights, self.biases)[range(len(actions)), actions]
        loss = 0.5 * ((taken - aim) ** 2).sum()
        for weight in self.weights:
            loss = loss + 0.5 * trainer.l2_decay * (weight**2).sum()
            loss = loss + trainer.l1_decay * weight.abs().sum()
        self.optimizer.zero_grad()
        (loss / trainer.batch_size).backward()
        self.optimizer.step()
        self.updates += 1


@pytest.mark.parametrize(
    "changes",
    [
        *({"layers": [{"units": 7, "activation": name}]} for name in ACTIVATIONS),
        {"layers": []},
        {"layers": [{"units": 9, "activation": name} for name in ACTIVATIONS]},
        {"trainer": {"learning_rate": 0.05, "momentum": 0.9, "l2_decay": 0.5}},
        {"trainer": {"learning_rate": 0.05, "l1_decay": 0.7, "l2_decay": 0, "batch_size": 13}},
        {"trainer": {"method": "adam", "learning_rate": 0.01, "l2_decay": 0.3, "l1_decay": 0.1}},
        {"trainer": {"method": "adam", "beta1": 0.5, "beta2": 0.8, "batch_size": 1}},
        {"target_update_interval": 5, "gamma": 0.95, "trainer": {"learning_rate": 0.1}},
        {"temporal_window": 2, "patches_ahead": 2},
    ],
    ids=str,
)
def test_updates_equal_those_of_autograd(changes):
    config = quick(**changes)
    networks = Networks(config, TRAININGS, dtype=DOUBLE)
    networks.initialise([11, 12, 13])
    learner = Learner(config, networks)
    oracles = [Oracle(config, networks, training) for training in range(TRAININGS)]
    start = networks.weights.clone()
    random = np.random.default_rng(5)
    for _ in range(UPDATES):
        batch = random_batch(config, random)
        learner.learn(batch)
        for oracle in oracles:
            oracle.learn(batch)
    assert not torch.allclose(start, networks.weights, atol=1e-3)
    for training, oracle in enumerate(oracles):
        for index, layer in enumerate(networks.matrices):
            # both sum in float64; the order of the sums differs
            torch.testing.assert_close(
                layer[training][:-1], oracle.weights[index].detach(), rtol=1e-9, atol=1e-11
            )
            torch.testing.assert_close(
                layer[training][-1], oracle.biases[index].detach(), rtol=1e-9, atol=1e-11
            )


def test_the_bellman_target_of_one_experience_is_the_one_done_by_hand():
    config = validate(
        {
            "lanes_side": 0,
            "patches_ahead": 1,
            "layers": [],
            "gamma": 0.5,
            "trainer": {"learning_rate": 0.1, "batch_size": 1, "l2_decay": 0},
        }
    )
    networks = Networks(config, 1, dtype=DOUBLE)
    networks.matrices[0][0][:] = torch.tensor([[1.0, 2, 3, 4, 5], [0, 0, 0, 0, 1]])
    before, after = (new_inputs(config, 1, 1, dtype=DOUBLE) for _ in range(2))
    before[..., 0], after[..., 0] = 0.5, 1.0
    learner = Learner(config, networks)
    learner.learn(
        Batch(
            split_inputs(before, config),
            torch.tensor([[[2]]]),
            torch.tensor([[1.5]], dtype=DOUBLE),
            split_inputs(after, config),
        )
    )
    # Q(s, 2) = 3 * 0.5; max Q(s') = 5 + 1; delta = 1.5 - (1.5 + 0.5 * 6) = -3
    assert learner.deltas.item() == -3
    assert learner.losses.item() == 4.5
    expected = torch.tensor([[1, 2, 3 + 0.1 * 3 * 0.5, 4, 5], [0, 0, 0.1 * 3, 0, 1]], dtype=DOUBLE)
    torch.testing.assert_close(networks.matrices[0][0], expected)


def test_initial_weights_are_normal_with_variance_one_over_fan_in():
    config = validate(
        {"layers": [{"units": 400}, {"units": 300, "activation": "tanh"}], "patches_ahead": 40}
    )
    networks = Networks(config, 2)
    networks.initialise([1, 2])
    for (rows, _), layer in zip(networks.shapes, networks.matrices, strict=True):
        weights = layer[0][:-1]
        assert abs(weights.std().item() * math.sqrt(rows - 1) - 1) < 0.04
        assert abs(weights.mean().item()) * math.sqrt(rows - 1) < 0.05
        assert not torch.equal(layer[0], layer[1])
    assert [layer[0][-1].unique().tolist() for layer in networks.matrices] == [
        [pytest.approx(0.1)],
        [0],
        [0],
    ]


@pytest.mark.parametrize("rows", [1, 3, 64])
@pytest.mark.parametrize("activation", list(ACTIVATIONS))
def test_a_network_answers_alike_alone_and_stacked(rows, activation):
    config = quick(layers=[{"units": 13, "activation": activation}, {"units": 37}])
    networks = Networks(config, 5)
    networks.initialise(range(5))
    inputs = new_inputs(config, 5, rows)
    inputs[:, :, : config.num_inputs] = torch.rand(
        5, rows, config.num_inputs, generator=torch.Generator().manual_seed(3)
    )
    stacked = Pass(networks, rows).forward(networks.matrices, split_inputs(inputs, config)).clone()
    for training in range(5):
        alone = Networks(config, 1)
        alone.initialise([training])
        seen = split_inputs(inputs[training : training + 1].clone(), config)
        outputs = Pass(alone, rows).forward(alone.matrices, seen)
        assert torch.equal(outputs[0], stacked[training])


def test_every_matrix_begins_where_the_vector_unit_likes_it():
    networks = Networks(quick(layers=[{"units": 7}, {"units": 3}]), 3)
    pointers = [matrix.data_ptr() for layer in networks.matrices for matrix in layer]
    assert {pointer % 64 for pointer in pointers} == {0}
