"""Trained weights as a safetensors file: read with every claim of it checked first, and written.

The tensors of layer i, counted from 0 up to the output layer, are ``layers.<i>.weight`` of shape
[units, inputs] and ``layers.<i>.bias`` of shape [units], float32 or float64: the state of a torch
``Sequential`` whose linear layers are named so. The inputs are ordered as in docs/training.md.
"""

from typing import Any, Final

import numpy as np
import numpy.typing as npt
from safetensors import SafetensorError, deserialize
from safetensors.numpy import save

from grader.errors import ConfigError, Problem, shown
from grader.pretrained import Pretrained
from grader.schema import MAX_PARAMETERS, NetworkConfig

TYPES: Final = {"F32": "<f4", "F64": "<f8"}
"""Types of numbers that are read, as the format calls them."""
MAX_HEADER: Final = 64 * 1024
"""Longest header looked at [bytes]; one of nine layers has about two thousand."""
MAX_BYTES: Final = 8 * MAX_PARAMETERS + MAX_HEADER
"""Largest file looked at [bytes]: every weight in float64, and the header."""
_HEADER = 8


def read(data: bytes, config: NetworkConfig) -> Pretrained:
    """Reads the weights of a configuration's network.

    Raises:
        ConfigError: They are of another network, or not to be read; says which tensor.
    """
    if len(data) > MAX_BYTES:
        message = f"the file is larger than {MAX_BYTES // 1_000_000} MB"
        raise ConfigError(Problem("weights", message))
    tensors = _tensors(data)
    wanted = _shapes(config)
    problems = [*_names(tensors, wanted), *_claims(tensors, wanted)]
    if problems:
        raise ConfigError(*problems)
    arrays = {name: _array(name, tensors[name]) for name in wanted}
    return Pretrained(
        config,
        tuple(
            np.concatenate([arrays[f"layers.{i}.weight"].T, arrays[f"layers.{i}.bias"][None]])
            for i in range(len(config.shapes))
        ),
    ).checked()


def write(network: Pretrained) -> bytes:
    """The file that ``read`` reads, in float32 where that loses nothing.

    Raises:
        ValueError: The network has dropout, which the format has no place for.
    """
    if any(factor != 1 for factor in network.factors):
        raise ValueError("a network with dropout can only be written as net.js")
    tensors = {}
    for index, matrix in enumerate(network.matrices):
        single = matrix.astype(np.float32)
        kept = single if (single == matrix).all() else matrix
        tensors[f"layers.{index}.weight"] = np.ascontiguousarray(kept[:-1].T)
        tensors[f"layers.{index}.bias"] = kept[-1].copy()
    return bytes(save(tensors))


def _tensors(data: bytes) -> dict[str, dict[str, Any]]:
    """What the file says it holds; the library checks sizes and places against the file's own."""
    length = int.from_bytes(data[:_HEADER], "little")
    if len(data) < _HEADER or length > len(data) - _HEADER:
        message = "this is no whole safetensors file: its header is longer than the file"
        raise ConfigError(Problem("weights", message))
    if length > MAX_HEADER:
        message = f"the header may have at most {MAX_HEADER:,} bytes, not {length:,}"
        raise ConfigError(Problem("weights", message))
    try:
        return dict(deserialize(data))  # type: ignore[no-untyped-call]
    except SafetensorError as error:
        message = f"this is no safetensors file that can be read: {str(error)[:200]}"
        raise ConfigError(Problem("weights", message)) from None


def _shapes(config: NetworkConfig) -> dict[str, list[int]]:
    shapes: dict[str, list[int]] = {}
    for index, (inputs, units) in enumerate(config.shapes):
        shapes[f"layers.{index}.weight"] = [units, inputs]
        shapes[f"layers.{index}.bias"] = [units]
    return shapes


def _names(tensors: dict[str, Any], wanted: dict[str, list[int]]) -> list[Problem]:
    missing = [Problem(f"weights.{name}", "is missing") for name in wanted if name not in tensors]
    known = ", ".join(wanted)
    strange = [
        Problem("weights", f"there is no tensor {shown(name)} in this network; there are {known}")
        for name in tensors
        if name not in wanted
    ]
    return missing + strange[:1]


def _claims(tensors: dict[str, Any], wanted: dict[str, list[int]]) -> list[Problem]:
    """Wrong types and shapes."""
    problems = []
    for name, shape in wanted.items():
        tensor = tensors.get(name)
        if tensor is None:
            continue
        if tensor["dtype"] not in TYPES:
            message = f"must be of type {' or '.join(TYPES)}, not {tensor['dtype']}"
            problems.append(Problem(f"weights.{name}", message))
        elif list(tensor["shape"]) != shape:
            message = f"must be of shape {shape}, not {list(tensor['shape'])}"
            problems.append(Problem(f"weights.{name}", message))
    return problems


def _array(name: str, tensor: dict[str, Any]) -> npt.NDArray[np.float64]:
    flat = np.frombuffer(tensor["data"], TYPES[tensor["dtype"]])
    if not np.isfinite(flat).all():
        where = np.unravel_index(int(np.argmin(np.isfinite(flat))), tensor["shape"])
        place = ", ".join(str(int(index)) for index in where)
        raise ConfigError(Problem(f"weights.{name}[{place}]", "must be a finite number"))
    return flat.reshape(tensor["shape"]).astype(np.float64)
