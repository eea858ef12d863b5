"""Maxout on the engine in torch: its forward and backward pass against autograd."""

import numpy as np
import pytest
import torch

from grader.config import validate
from grader.engines import COMPILED, STACKED, suited
from grader.errors import ConfigError
from grader.grading import grade
from grader.network import Networks, Pass
from grader.protocol import Protocol
from tests.grader.small import quick

LAYERS = [
    {"units": 7, "activation": "maxout"},
    {"units": 5, "activation": "tanh"},
    {"units": 4, "activation": "maxout"},
]
ROWS = 9


def by_autograd(matrices, inputs, errors):
    """Outputs and gradients of the same network, written with torch's own operations."""
    leaves = [matrix.clone().requires_grad_() for matrix in matrices]
    values = inputs
    for matrix, layer in zip(leaves, [*LAYERS, {"activation": "linear"}], strict=True):
        values = values @ matrix[:-1] + matrix[-1]
        if layer["activation"] == "maxout":
            even = values.shape[1] // 2 * 2
            values = values[:, :even].unflatten(1, (-1, 2)).amax(2)
        elif layer["activation"] == "tanh":
            values = values.tanh()
    (values * errors).sum().backward()
    return values.detach(), [leaf.grad for leaf in leaves]


def test_the_pass_is_that_of_autograd():
    config = validate({"layers": LAYERS})
    networks = Networks(config, 2, dtype=torch.float64)
    networks.initialise([3, 4])
    generator = torch.Generator().manual_seed(5)
    inputs = torch.ones(2, ROWS, config.num_inputs + 1, dtype=torch.float64)
    inputs[:, :, :-1] = torch.rand(2, ROWS, config.num_inputs, generator=generator)
    errors = torch.randn(2, ROWS, 5, generator=generator, dtype=torch.float64)
    run = Pass(networks, ROWS)
    gradient = networks.split(torch.zeros_like(networks.weights))
    outputs = run.forward(networks.matrices, list(inputs)).clone()
    run.errors.copy_(errors)
    run.backward(networks.matrices, list(inputs), gradient)
    for training in range(2):
        matrices = [layer[training] for layer in networks.matrices]
        expected, gradients = by_autograd(matrices, inputs[training, :, :-1], errors[training])
        assert torch.allclose(outputs[training], expected, rtol=0, atol=1e-12)
        for found, wanted in zip(gradient, gradients, strict=True):
            assert torch.allclose(found[training], wanted, rtol=0, atol=1e-12)


def test_it_is_trained_by_the_engine_that_has_it():
    config = quick(layers=[{"units": 8, "activation": "maxout"}])
    assert (suited(config), suited(quick())) == (STACKED, COMPILED)
    result = grade(config, Protocol(trainings=2, runs=2, frames=60), "k")
    assert {training.engine for training in result.trainings} == {STACKED}
    assert [matrix.shape for matrix in result.trainings[0].matrices] == [(31, 8), (5, 5)]
    assert np.isfinite(result.trainings[0].matrices[0]).all()


def test_the_compiled_engine_says_that_it_has_it_not():
    config = quick(layers=[{"units": 8, "activation": "maxout"}])
    with pytest.raises(ConfigError, match="maxout"):
        grade(config, Protocol(trainings=1, runs=1, frames=30), engine=COMPILED)


def test_one_unit_is_too_few():
    with pytest.raises(ConfigError) as caught:
        validate({"layers": [{"units": 1, "activation": "maxout"}]})
    assert "at least 2" in caught.value.problems[0].message
