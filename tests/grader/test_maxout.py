"""Maxout on the engine in torch: its forward and backward pass against autograd."""

import pytest
import torch

from grader.config import validate
from grader.errors import ConfigError
from grader.network import Networks, Pass

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


def test_one_unit_is_too_few():
    with pytest.raises(ConfigError) as caught:
        validate({"layers": [{"units": 1, "activation": "maxout"}]})
    assert "at least 2" in caught.value.problems[0].message
