"""Trained weights as safetensors: nothing in the file is believed before it is checked."""

import json

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from safetensors.numpy import save

from grader import weights
from grader.config import validate
from grader.errors import ConfigError
from grader.pretrained import Pretrained

CONFIG = validate({"patches_ahead": 2, "layers": [{"units": 6, "activation": "maxout"}]})


def tensors(dtype=np.float32):
    generator = np.random.default_rng(4)
    shapes = {
        "layers.0.weight": (6, 6), "layers.0.bias": (6,),
        "layers.1.weight": (5, 3), "layers.1.bias": (5,),
    }  # fmt: skip
    return {name: generator.normal(size=shape).astype(dtype) for name, shape in shapes.items()}


def refused(data):
    with pytest.raises(ConfigError) as caught:
        weights.read(data, CONFIG)
    return caught.value.problems


def lying(change, *, payload=b""):
    """A file whose header says something else than what is there."""
    data = save(tensors())
    length = int.from_bytes(data[:8], "little")
    header = json.loads(data[8 : 8 + length])
    change(header)
    text = json.dumps(header).encode()
    return len(text).to_bytes(8, "little") + text + data[8 + length :] + payload


@pytest.mark.parametrize("dtype", [np.float32, np.float64])
def test_what_was_written_is_read(dtype):
    given_tensors = tensors(dtype)
    network = weights.read(save(given_tensors), CONFIG)
    assert (network.matrices[0][:-1] == given_tensors["layers.0.weight"].T).all()
    assert (network.matrices[1][-1] == given_tensors["layers.1.bias"]).all()
    again = weights.read(weights.write(network), CONFIG)
    assert again.weights_hash == network.weights_hash


def test_single_precision_is_kept_where_it_loses_nothing():
    narrow = weights.write(weights.read(save(tensors()), CONFIG))
    wide = weights.write(weights.read(save(tensors(np.float64)), CONFIG))
    assert narrow == save(tensors())
    assert b"F64" in wide


def test_a_network_with_dropout_has_no_place_in_the_format():
    network = Pretrained.of(CONFIG, [np.zeros((7, 6)), np.zeros((4, 5))])
    with pytest.raises(ValueError, match=r"net\.js"):
        weights.write(network._replace(factors=(0.5,)))


@pytest.mark.parametrize(
    ("change", "field", "word"),
    [
        (lambda t: t.pop("layers.1.bias"), "weights.layers.1.bias", "missing"),
        (lambda t: t.update({"more": np.zeros(2, np.float32)}), "weights", "more"),
        (lambda t: t.update({"layers.0.bias": np.zeros(7, np.float32)}), "layers.0.bias", "[6]"),
        (lambda t: t.update({"layers.0.weight": t["layers.0.weight"].T[:5]}), "weight", "[6, 6]"),
        (lambda t: t.update({"layers.0.bias": np.zeros(6, np.int64)}), "layers.0.bias", "I64"),
        (lambda t: t.update({"layers.0.bias": np.zeros(6, np.float16)}), "layers.0.bias", "F16"),
        (lambda t: t["layers.0.weight"].__setitem__((2, 3), np.nan), "weight[2, 3]", "finite"),
        (lambda t: t["layers.1.bias"].__setitem__(4, np.inf), "layers.1.bias[4]", "finite"),
    ],
)
def test_a_wrong_tensor_is_named(change, field, word):
    changed = tensors()
    change(changed)
    (problem,) = refused(save({name: np.ascontiguousarray(t) for name, t in changed.items()}))
    assert field in problem.field
    assert word in problem.message


def test_every_wrong_tensor_is_named_at_once():
    assert len(refused(save({"other": np.zeros(3, np.float32)}))) == 5


@pytest.mark.parametrize(
    "data",
    [
        b"",
        b"\x00" * 7,
        b"\xff" * 8,
        (2**40).to_bytes(8, "little") + b"{}",
        b"\x02" + bytes(7) + b"[]",
        b"\x02" + bytes(7) + b"{}" + bytes(40),
        lying(lambda header: header["layers.0.bias"].update(data_offsets=[0, 10**12])),
        lying(lambda header: header["layers.0.bias"].update(data_offsets=[10, 2])),
        lying(lambda header: header["layers.0.bias"].update(shape=[2**62, 2**62])),
        lying(lambda header: header["layers.0.bias"].update(shape=[60])),
        lying(lambda header: header["layers.0.bias"].update(dtype="F999")),
        lying(lambda header: header["layers.0.bias"].pop("shape")),
        lying(lambda header: None, payload=b"more"),
        save(tensors())[:-1],
        b"PK\x03\x04" + bytes(100),
        b"\x80\x04\x95" + bytes(100),
    ],
)
def test_a_header_that_lies_is_refused(data):
    (problem,) = refused(data)
    assert problem.field == "weights"
    assert "safetensors" in problem.message


def test_a_file_that_is_too_large_is_not_looked_at():
    (problem,) = refused(bytes(weights.MAX_BYTES + 1))
    assert "larger than 16 MB" in problem.message


def test_a_header_of_many_tensors_is_not_looked_at():
    nothing = {"dtype": "F32", "shape": [0], "data_offsets": [0, 0]}
    header = json.dumps({f"t{i}": nothing for i in range(2_000)}).encode()
    (problem,) = refused(len(header).to_bytes(8, "little") + header)
    assert "header may have at most 65,536 bytes" in problem.message


@settings(max_examples=200, deadline=None)
@given(
    st.lists(st.tuples(st.integers(0, 600), st.integers(0, 255)), min_size=1, max_size=5),
    st.integers(0, 40),
)
def test_whatever_is_done_to_a_file_it_is_read_or_refused(changes, cut):
    data = bytearray(save(tensors()))
    for place, byte in changes:
        data[place % len(data)] = byte
    try:
        network = weights.read(bytes(data[: len(data) - cut]), CONFIG)
    except ConfigError as error:
        network = None
        assert error.problems  # noqa: PT017 - it may be read as well
    assert network is None or all(np.isfinite(matrix).all() for matrix in network.matrices)
