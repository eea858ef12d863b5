"""A trained network's file, whichever of the two it is, read for the configuration beside it."""

from pathlib import Path

import pytest

from grader import network_file, weights
from grader.config import validate
from grader.entry import load
from grader.errors import ConfigError
from grader.netjs import read
from tests.grader.netjs.submission import submission
from tests.grader.small import LARGEST, network_of

NETJS = (Path(__file__).parent / "netjs" / "networks" / "two_hidden.js").read_bytes()
IMPORTED = read(NETJS)


def test_both_files_hold_the_same_network():
    for data, name in ((NETJS, "net.js"), (weights.write(IMPORTED.network), "two.safetensors")):
        found = network_file.read(data, name, IMPORTED.config)
        assert found.weights_hash == IMPORTED.network.weights_hash
        assert found.config == IMPORTED.config


def test_a_net_js_gives_its_weights_to_any_configuration_of_the_same_layers():
    other = validate({**IMPORTED.config.changes(), "epsilon_test_time": 0.5, "gamma": 0.5})
    found = network_file.read(NETJS, "net.js", other)
    assert found.config == other
    assert found.weights_hash == IMPORTED.network.weights_hash


@pytest.mark.parametrize(
    ("change", "reason"),
    [
        ({"patches_ahead": 3}, "weights the net.js has those of another network: "),
        ({"layers": []}, "weights the net.js has those of another network: "),
    ],
)
def test_weights_of_another_network_are_refused(change, reason):
    with pytest.raises(ConfigError) as caught:
        network_file.read(NETJS, "net.js", validate({**IMPORTED.config.changes(), **change}))
    assert reason.replace("weights ", "") in str(caught.value)
    assert IMPORTED.config.outline in str(caught.value)


def test_an_activation_is_part_of_the_network():
    layers = [{**it.model_dump(), "activation": "sigmoid"} for it in IMPORTED.config.layers]
    with pytest.raises(ConfigError, match="another network"):
        network_file.read(
            NETJS, "net.js", validate({**IMPORTED.config.changes(), "layers": layers})
        )


def test_a_net_js_without_weights_is_no_trained_network():
    text = submission().encode()
    with pytest.raises(ConfigError, match="has none"):
        network_file.read(text, "net.js", read(text).config)


def test_the_command_line_takes_either_beside_a_configuration(tmp_path):
    (tmp_path / "config.json").write_text(IMPORTED.config.model_dump_json())
    (tmp_path / "net.js").write_bytes(NETJS)
    (tmp_path / "two.safetensors").write_bytes(weights.write(IMPORTED.network))
    for name in ("net.js", "two.safetensors"):
        entry = load(str(tmp_path / "config.json"), weights_file=str(tmp_path / name))
        assert entry.network.weights_hash == IMPORTED.network.weights_hash


def test_the_largest_network_fits_into_a_file():
    network = network_of(LARGEST)
    data = weights.write(network)
    assert network_file.read(data, "w", LARGEST).weights_hash == network.weights_hash
