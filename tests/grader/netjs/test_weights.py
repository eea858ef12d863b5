"""The weights behind a submission: how they are found, and everything that can be wrong in them."""

import json
import re

import numpy as np
import pytest

from grader.errors import ConfigError
from grader.netjs import read, without_weights
from tests.grader.netjs.submission import (
    HIDDEN,
    INPUT,
    OUTPUT,
    SIZES,
    VIEW,
    learning,
    network,
    part,
    submission,
    volume,
    with_weights,
)

ASK = "brain.backward(lastReward); var action = brain.forward(state);"


def refused(data):
    with pytest.raises(ConfigError) as caught:
        read(data)
    (problem,) = caught.value.problems
    return problem


def test_every_weight_and_bias_is_where_the_file_says():
    layers = network()
    matrices = read(with_weights(layers=layers)).network.matrices
    assert [matrix.shape for matrix in matrices] == [(16, 4), (5, 5)]
    for matrix, layer in zip(matrices, (layers[1], layers[3]), strict=True):
        for unit, row in enumerate(layer["filters"]):
            assert matrix[:-1, unit].tolist() == list(row["w"].values())
        assert matrix[-1].tolist() == list(layer["biases"]["w"].values())


@pytest.mark.parametrize(
    "text",
    [
        with_weights(),
        with_weights().replace("\n", "\r\n"),
        "\ufeff" + with_weights(),
        with_weights() + "\n//]]>\n",
        with_weights().replace("*/\n", "*/ "),
        with_weights(marker="    /*###########*/   "),
        with_weights(marker=""),
        with_weights().replace("if (brain) {\n", "").replace(");\n}", ")"),
        with_weights(
            learning(
                f'{ASK} data = "\\n/*###########*/\\nbrain.value_net.fromJSON("; return action;'
            )
        ),
    ],
    ids=[
        "plain",
        "windows",
        "bom",
        "cdata",
        "one line",
        "spaces",
        "no marker",
        "no if",
        "marker in a text",
    ],
)
def test_it_finds_the_weights(text):
    found = read(text.encode()).network
    assert found.weights_hash == read(with_weights()).network.weights_hash


def test_a_file_of_an_editor_of_windows_is_read():
    for name in ("utf-16", "utf-16-be"):
        mark = b"" if name == "utf-16" else b"\xfe\xff"
        found = read(mark + with_weights().replace("\n", "\r\n").encode(name)).network
        assert found.weights_hash == read(with_weights()).network.weights_hash


def behind(code, *networks):
    """A file that was saved, loaded and saved again."""
    for layers in networks:
        code = with_weights(code, layers)
    return code


def test_of_several_sets_of_weights_the_last_counts():
    text = behind(submission(), network(seed=1), network(seed=2), network())
    imported = read(text)
    assert imported.network.weights_hash == read(with_weights()).network.weights_hash
    lines = text.splitlines()
    replaced = [note for note in imported.notes if "replaced" in note.message]
    assert [lines[note.line - 1][:22] for note in replaced] == ["brain.value_net.fromJS"] * 2
    assert without_weights(text).strip() == submission().strip()


def test_code_between_two_sets_of_weights_counts_and_keeps_its_line():
    text = behind(f"{behind(submission(), network(units=6))}\nlanesSide = nothing;", network())
    problem = refused(text)
    assert problem.line == text.splitlines().index("lanesSide = nothing;") + 1


def test_what_only_looks_like_weights_is_code():
    text = with_weights(f"{submission()}\nbrain.value_net.fromJSON([lanesSide = 5]);")
    problem = refused(text)
    assert problem.line == submission().count("\n") + 2
    assert "fromJSON" in problem.message


FORMATTED = [
    lambda text: text.replace('"', "'"),
    lambda text: re.sub(r'"(\w+)":', r"\1:", text),
    lambda text: re.sub(r"([}\]])", r",\1", text),
    lambda text: text.replace(" 0.", " .").replace(" -0.", " -."),
    lambda text: re.sub(r"([{\[,])", r"\1\n    ", text),
]


@pytest.mark.parametrize("change", FORMATTED, ids=["quotes", "keys", "commas", "zeros", "lines"])
def test_weights_may_be_formatted_as_javascript(change):
    text = with_weights()
    start = text.index("fromJSON(") + 9
    end = text.index(");", start)
    formatted = text[:start] + change(text[start:end]) + text[end:]
    assert formatted != text
    found = read(formatted).network
    assert found.weights_hash == read(text).network.weights_hash


def test_weights_of_other_code_are_named_with_a_way_out():
    text = with_weights(layers=network(inputs=12))
    problem = refused(text)
    assert problem.line == text[: text.index("fromJSON")].count("\n") + 1
    assert "Without them" in problem.message


def test_lanes_that_are_never_on_the_road_are_left_out():
    rows, lanes = 5, 8
    width = 2 * lanes + 1
    layers = network(inputs=rows * width)
    imported = read(
        with_weights(submission(view=VIEW.replace("Side = 1", f"Side = {lanes}")), layers)
    )
    assert imported.config.lanes_side == 6
    assert any("lanes" in note.message for note in imported.notes)
    seen = np.random.default_rng(4).random((rows, width))
    seen[:, [0, 1, -2, -1]] = 0
    first = layers[1]
    whole = np.array([list(row["w"].values()) for row in first["filters"]]) @ seen.ravel()
    kept = seen[:, 2:-2].ravel() @ imported.network.matrices[0][:-1]
    assert np.allclose(whole, kept, rtol=0, atol=1e-12)
    assert imported.network.matrices[0].shape == (rows * 13 + 1, 4)


def test_with_a_temporal_window_lanes_beyond_the_road_are_refused():
    sizes = SIZES.replace("temporal_window = 0", "temporal_window = 1")
    code = submission(view=VIEW.replace("Side = 1", "Side = 8"), sizes=sizes)
    assert refused(with_weights(code, network(inputs=85 + 90))).field == "lanes_side"


def test_a_marker_without_weights_is_a_file_to_be_trained():
    assert read(submission() + "\n/*###########*/\n").network is None


def test_numbers_may_stand_in_arrays():
    layers = network()
    for layer in (layers[1], layers[3]):
        for row in [*layer["filters"], layer["biases"]]:
            row["w"] = list(row["w"].values())
    found = read(with_weights(layers=layers)).network
    assert found.weights_hash == read(with_weights()).network.weights_hash


def test_dropout_multiplies_as_the_original_did():
    layers = network()
    layers.insert(3, part("dropout", 4, drop_prob=0.2))
    assert read(with_weights(layers=layers)).network.factors == (0.2,)


def changed(change):
    layers = network()
    change(layers)
    return with_weights(layers=layers)


def first(layers):
    return layers[1]["filters"][2]


WRONG = [
    (lambda layers: first(layers)["w"].update({"3": None}), "filters[2].w[3]", "diverged"),
    (lambda layers: first(layers)["w"].update({"3": "0.5"}), "filters[2].w[3]", "number"),
    (lambda layers: first(layers)["w"].update({"3": True}), "filters[2].w[3]", "number"),
    (lambda layers: first(layers)["w"].update({"3": [0.5]}), "filters[2].w[3]", "number"),
    (lambda layers: first(layers).update(w={}), "filters[2].w", "missing"),
    (lambda layers: first(layers).update(w={"1": 2}), "filters[2].w", "missing"),
    (lambda layers: first(layers).update(w={"0": 2, "2": 3}), "weights", "counted"),
    (lambda layers: first(layers).update(w=7), "filters[2].w", "missing"),
    (lambda layers: first(layers)["w"].popitem(), "filters[2].w", "15 numbers, not 14"),
    (lambda layers: first(layers)["w"].update({"15": 1.0}), "filters[2].w", "15 numbers, not 16"),
    (lambda layers: layers[1]["filters"].pop(), "filters", "out_depth"),
    (lambda layers: layers[1].update(num_inputs=7), "layers[1].num_inputs", "make 15, not 7"),
    (lambda layers: layers[1].update(num_inputs=15.5), "layers[1].num_inputs", "15.5"),
    (lambda layers: first(layers).update(depth=7), "filters[2].depth", "make 15, not 1 x 1 x 7"),
    (lambda layers: first(layers).update(sx=2), "filters[2].depth", "make 15, not 2 x 1 x 15"),
    (lambda layers: layers[2].update(out_depth=7), "layers[2].out_depth", "make 4"),
    (lambda layers: layers[1].update(filters=[]), "filters", "missing"),
    (lambda layers: layers[1].update(filters=7), "filters", "missing"),
    (lambda layers: layers[1]["filters"].__setitem__(0, 3), "filters[0].w", "missing"),
    (lambda layers: layers[1].pop("biases"), "biases.w", "missing"),
    (lambda layers: layers[1].update(biases=volume([0.0])), "biases.w", "4 numbers, not 1"),
    (lambda layers: layers[2].update(layer_type="softmax"), "layers[2]", "softmax"),
    (lambda layers: layers[2].update(layer_type=None), "layers[2]", "null"),
    (lambda layers: layers.__setitem__(2, 5), "layers[2]", "object"),
    (lambda layers: layers.insert(3, part("tanh", 4)), "layers[3]", "only follow"),
    (lambda layers: layers.insert(3, part("input", 4)), "layers[3]", "only be the first"),
    (lambda layers: layers.insert(3, part("dropout", 4, drop_prob=7)), "drop_prob", "0 to 1"),
    (lambda layers: layers[0].update(out_depth=-3), "layers[0]", "whole numbers"),
    (lambda layers: layers[0].update(out_depth=16), "filters[0].w", "16 numbers, not 15"),
    (lambda layers: layers.__delitem__(slice(3, 5)), "layers", "linear with 5"),
    (lambda layers: layers.clear(), "layers", "linear with 5"),
    (
        lambda layers: layers.__delitem__(2),
        "layers",
        "(linear), but layer_defs make 15 and 4 (relu)",
    ),
    (lambda layers: layers[2].update(layer_type="tanh"), "layers", "(tanh), but"),
    (lambda layers: layers.__setitem__(slice(None), network(units=6)), "layers", "6 units"),
    (lambda layers: layers.__setitem__(slice(None), network(inputs=12)), "layers", "12 inputs"),
]


@pytest.mark.parametrize(("change", "name", "word"), WRONG)
def test_what_is_wrong_is_named_with_its_layer_and_unit(change, name, word):
    problem = refused(changed(change))
    assert problem.line
    assert problem.column == len("brain.value_net.fromJSON(") + 1
    assert name in problem.field
    assert word in problem.message


def test_groups_of_maxout_must_be_two():
    layer = "{type: 'fc', num_neurons: 4, activation: 'maxout'}"
    code = submission(layers=(INPUT, layer, OUTPUT))
    layers = network(activation="maxout")
    assert read(with_weights(code, layers)).network.matrices[1].shape == (3, 5)
    layers[2]["group_size"] = 4
    assert "group_size" in refused(with_weights(code, layers)).field


def test_more_layers_in_the_code_than_in_the_weights_are_found():
    code = submission(layers=(INPUT, HIDDEN, HIDDEN, OUTPUT))
    assert "2 layers with weights, but layer_defs make 3" in refused(with_weights(code)).message


@pytest.mark.parametrize("number", ["NaN", "-Infinity", "1e999", "9" * 5000, "1" + "0" * 400])
def test_numbers_without_bounds_are_refused(number):
    text = with_weights()
    where = text.index('"0": ') + 5
    end = text.index(",", where)
    assert refused(text[:where] + number + text[end:]).field.startswith("weights")


@pytest.mark.parametrize("share", [0.4, 0.6, 0.9, 0.99])
def test_a_file_that_is_cut_off_is_said_to_be(share):
    text = with_weights()
    start = text.index("fromJSON(") + 9
    problem = refused(text[: start + int((len(text) - 6 - start) * share)])
    assert "cut off" in problem.message
    assert problem.line == text.count("\n", 0, start) + 1


@pytest.mark.parametrize(
    "behind",
    [
        "lanesSide = 5;",
        "brain.value_net.fromJSON(net);",
        "if (brain) { brain = null; }",
        "garbage(",
    ],
)
def test_nothing_else_may_stand_behind_the_marker(behind):
    assert refused(f"{submission()}\n/*###########*/\n{behind}").line


def test_nothing_may_stand_behind_the_weights():
    problem = refused(with_weights() + "\nbrain.epsilon = 1;")
    assert "nothing but the weights" in problem.message
    assert problem.line == with_weights().count("\n") + 2


def test_a_deep_nest_is_refused():
    text = with_weights()
    start = text.index("fromJSON(") + 9
    assert refused(text[:start] + "[" * 100_000).field == "weights"
    assert refused(text[:start] + '{"layers":' * 50_000).field == "weights"


def test_layers_must_be_an_array():
    text = with_weights()
    start = text.index("fromJSON(") + 9
    for wrong in ('{"layers": 7}', "[1, 2]", '"text"', "7", json.dumps({"nets": []})):
        assert "layers" in refused(f"{text[:start]}{wrong});\n}}").message


def test_single_precision_keeps_what_dropout_does():
    layers = network()
    layers.insert(3, part("dropout", 4, drop_prob=0.5))
    found = read(with_weights(layers=layers)).network
    assert np.allclose(found.singles[1][:-1], found.matrices[1][:-1] * 0.5, rtol=1e-6)
    assert (found.singles[1][-1] == found.matrices[1][-1].astype(np.float32)).all()
