"""A trained network written as the original's submission file."""

import json
from typing import Any, Final

import numpy as np

from grader.netjs.blocks import MARKER
from grader.pretrained import Doubles, Pretrained
from grader.schema import NUM_ACTIONS, NetworkConfig

UNKNOWN: Final = {
    "target_update_interval": "the target network",
    "double_q": "double Q-learning",
    "huber_delta": "the Huber loss",
}
"""Fields that the original had nothing for."""
CODE: Final = """\
// written by Overtake: {phrase}
{notes}lanesSide = {lanes_side};
patchesAhead = {patches_ahead};
patchesBehind = {patches_behind};
trainIterations = {training_iterations};
otherAgents = {other_agents};

var num_inputs = (lanesSide * 2 + 1) * (patchesAhead + patchesBehind);
var num_actions = {actions};
var temporal_window = {temporal_window};
var network_size = num_inputs * temporal_window + num_actions * temporal_window + num_inputs;

var layer_defs = [];
layer_defs.push({{ type: 'input', out_sx: 1, out_sy: 1, out_depth: network_size }});
{layers}layer_defs.push({{ type: 'regression', num_neurons: num_actions }});

var tdtrainer_options = {trainer};

var opt = {{}};
opt.temporal_window = temporal_window;
opt.experience_size = {replay_size};
opt.start_learn_threshold = {start_learn_threshold};
opt.gamma = {gamma};
opt.learning_steps_total = {learning_steps_total};
opt.learning_steps_burnin = {learning_steps_burnin};
opt.epsilon_min = {epsilon_min};
opt.epsilon_test_time = {epsilon_test_time};
opt.layer_defs = layer_defs;
opt.tdtrainer_options = tdtrainer_options;

brain = new deepqlearn.Brain(num_inputs, num_actions, opt);

learn = function (state, lastReward) {{
    brain.backward(lastReward);
    var action = brain.forward(state);
    draw_net();
    draw_stats();
    return action;
}};
"""


def write(network: Pretrained) -> str:
    """The file; reading it gives the same configuration, as far as the original had it, and the
    same weights in every bit.
    """
    layers = json.dumps({"layers": _layers(network)}, allow_nan=False)
    call = f"if (brain) {{\nbrain.value_net.fromJSON({layers});\n}}\n"
    return f"{code(network.config)}\n{MARKER}\n{call}"


def code(config: NetworkConfig) -> str:
    """The part that a participant wrote."""
    layers = "".join(
        f"layer_defs.push({{ type: 'fc', num_neurons: {layer.units}{_activation(layer.activation)}"
        " });\n"
        for layer in config.layers
    )
    fields = config.model_dump() | {"trainer": _trainer(config), "layers": layers}
    return CODE.format(phrase=config.phrase, notes=_notes(config), actions=NUM_ACTIONS, **fields)


def _activation(name: str) -> str:
    return "" if name == "linear" else f", activation: '{name}'"


def _trainer(config: NetworkConfig) -> str:
    trainer = config.trainer
    return json.dumps(
        {
            "method": trainer.method,
            "learning_rate": trainer.learning_rate,
            "momentum": trainer.momentum,
            "batch_size": trainer.batch_size,
            "l1_decay": trainer.l1_decay,
            "l2_decay": trainer.l2_decay,
        }
    )


def _notes(config: NetworkConfig) -> str:
    """Comments on what it was trained with, that the original would not repeat."""
    unknown = [said for name, said in UNKNOWN.items() if getattr(config, name)]
    if config.trainer.method == "adam":
        unknown.append("adam")
    if config.trainer.clip_gradient:
        unknown.append("gradient clipping")
    if not unknown:
        return ""
    return f"// trained with what the original had not: {', '.join(unknown)}\n"


def _layers(network: Pretrained) -> list[dict[str, Any]]:
    config = network.config
    parts: list[dict[str, Any]] = [_part("input", config.num_inputs)]
    kinds = [*(layer.activation for layer in config.layers), "regression"]
    factors = [*network.factors, *[1.0] * (len(kinds) - len(network.factors))]
    for matrix, kind, factor in zip(network.matrices, kinds, factors, strict=True):
        parts.append(_fully_connected(matrix))
        width = matrix.shape[1] // 2 if kind == "maxout" else matrix.shape[1]
        if kind != "linear":
            parts.append(_part(kind, width) | ({"group_size": 2} if kind == "maxout" else {}))
        if factor != 1:
            parts.append(_part("dropout", width) | {"drop_prob": factor})
    return parts


def _part(kind: str, depth: int) -> dict[str, Any]:
    return {"out_depth": depth, "out_sx": 1, "out_sy": 1, "layer_type": kind}


def _fully_connected(matrix: Doubles) -> dict[str, Any]:
    inputs = matrix.shape[0] - 1
    return _part("fc", matrix.shape[1]) | {
        "num_inputs": inputs,
        "l1_decay_mul": 0,
        "l2_decay_mul": 1,
        "filters": [_volume(row) for row in matrix[:-1].T],
        "biases": _volume(matrix[-1]),
    }


def _volume(numbers: Doubles) -> dict[str, Any]:
    # a number that is whole is written without a point, as JavaScript writes it
    w = {str(index): number for index, number in enumerate(np.asarray(numbers).tolist())}
    return {"sx": 1, "sy": 1, "depth": len(numbers), "w": w}
