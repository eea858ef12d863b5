"""A trained network's file, a net.js or safetensors, read for the configuration beside it."""

from grader import netjs, weights
from grader.errors import ConfigError, Problem
from grader.pretrained import Pretrained
from grader.schema import NetworkConfig


def read(data: bytes, name: str, config: NetworkConfig) -> Pretrained:
    """Reads the weights of a configuration's network.

    Of a net.js nothing but the weights is taken: its own configuration has no say, as long as its
    layers are of the same sizes.

    Args:
        data: The file.
        name: Of the file; only its ending is looked at.
        config: What the network sees and is made of.

    Raises:
        ConfigError: It cannot be read, holds no weights, or those of another network.
    """
    if not netjs.is_netjs(name, data):
        return weights.read(data, config)
    described, network, _ = netjs.read(data)
    if network is None:
        raise ConfigError(Problem("weights", "the net.js has none: it is a network to be trained"))
    kinds = [[layer.activation for layer in it.layers] for it in (described, config)]
    if kinds[0] != kinds[1] or described.shapes != config.shapes:
        message = f"the net.js has those of another network: {described.outline}"
        raise ConfigError(Problem("weights", message))
    return network._replace(config=config)
