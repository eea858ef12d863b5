"""What is handed in to be graded: a configuration, or a trained network with its configuration."""

from typing import NamedTuple

from grader import config as configuration
from grader import netjs, network_file, weights
from grader.errors import ConfigError, Problem
from grader.pretrained import Pretrained
from grader.schema import NetworkConfig
from grader.terminal import read


class Entry(NamedTuple):
    """Something to be graded.

    Attributes:
        config: Its configuration.
        network: The trained network, if one was handed in.
        notes: What of a file of the original has another meaning here, or none.
    """

    config: NetworkConfig
    network: Pretrained | None = None
    notes: tuple[Problem, ...] = ()


def parse(data: bytes, name: str = "", *, driven: bool = False) -> Entry:
    """Reads a configuration in JSON or YAML, or a net.js.

    Args:
        data: The file.
        name: Of the file; only its ending is looked at.
        driven: Whether its network is only driven although the weights are elsewhere.

    Raises:
        ConfigError: It cannot be understood.
    """
    if netjs.is_netjs(name, data):
        return Entry(*netjs.read(data, driven=driven))
    return Entry(configuration.parse(data))


def load(source: str, *, weights_file: str | None = None) -> Entry:
    """Reads a file, or standard input for ``-``, and a file of weights (safetensors or net.js).

    Raises:
        ConfigError: One cannot be read or understood.
    """
    entry = parse(read(source, netjs.MAX_BYTES), source)
    if weights_file is None:
        return entry
    if entry.network is not None:
        message = "the net.js has weights already; leave the other weights out"
        raise ConfigError(Problem("weights", message))
    try:
        data = read(weights_file, max(weights.MAX_BYTES, netjs.MAX_BYTES))
    except ConfigError as error:
        raise ConfigError(error.problems[0]._replace(field=weights_file)) from None
    return entry._replace(network=network_file.read(data, weights_file, entry.config))
