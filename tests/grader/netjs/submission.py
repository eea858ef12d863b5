"""Submission files as participants wrote them, put together from parts that tests change."""

import json
import random

VIEW = "lanesSide = 1; patchesAhead = 4; patchesBehind = 1;\ntrainIterations = 1000;"
AGENTS = "otherAgents = 0;"
SIZES = """\
var num_inputs = (lanesSide * 2 + 1) * (patchesAhead + patchesBehind);
var num_actions = 5;
var temporal_window = 0;
var network_size = num_inputs * temporal_window + num_actions * temporal_window + num_inputs;"""
INPUT = "{ type: 'input', out_sx: 1, out_sy: 1, out_depth: network_size }"
HIDDEN = "{ type: 'fc', num_neurons: 4, activation: 'relu' }"
OUTPUT = "{ type: 'regression', num_neurons: num_actions }"
TRAINER = "{ learning_rate: 0.001, momentum: 0.0, batch_size: 64, l2_decay: 0.01 }"
OPTIONS = """\
opt.temporal_window = temporal_window;
opt.experience_size = 3000;
opt.start_learn_threshold = 500;
opt.gamma = 0.7;
opt.learning_steps_total = 10000;
opt.learning_steps_burnin = 1000;
opt.epsilon_min = 0.0;
opt.epsilon_test_time = 0.0;"""
BRAIN = "brain = new deepqlearn.Brain(num_inputs, num_actions, opt);"
LEARN = """\
learn = function (state, lastReward) {
    brain.backward(lastReward);
    var action = brain.forward(state);
    draw_net();
    draw_stats();
    return action;
}"""


def submission(
    view=VIEW, agents=AGENTS, sizes=SIZES, layers=(INPUT, HIDDEN, OUTPUT), trainer=TRAINER,
    options=OPTIONS, brain=BRAIN, learn=LEARN, more="",
):  # fmt: skip
    pushed = "\n".join(f"layer_defs.push({layer});" for layer in layers)
    parts = [
        "//<![CDATA[", "// a participant's network", view, agents, sizes, "var layer_defs = [];",
        pushed, f"var tdtrainer_options = {trainer};", "var opt = {};", options,
        "opt.layer_defs = layer_defs;", "opt.tdtrainer_options = tdtrainer_options;", more, brain,
        learn, "//]]>", "",
    ]  # fmt: skip
    return "\n".join(parts)


def learning(body, before=""):
    """A submission whose learn has this body."""
    return submission(learn=f"{before}\nlearn = function (state, lastReward) {{\n{body}\n}};")


def volume(numbers):
    return {
        "sx": 1, "sy": 1, "depth": len(numbers), "w": {str(i): n for i, n in enumerate(numbers)}
    }  # fmt: skip


def part(kind, depth, **more):
    return {"out_depth": depth, "out_sx": 1, "out_sy": 1, "layer_type": kind, **more}


def network(inputs=15, units=4, activation="relu", seed=3):
    """The layers of a network with one hidden layer, as the original wrote them."""
    draw = random.Random(seed)

    def fc(below, above):
        rows = [[draw.gauss(0, 0.3) for _ in range(below)] for _ in range(above)]
        biases = volume([draw.gauss(0, 0.1) for _ in range(above)])
        filters = [volume(row) for row in rows]
        return part("fc", above, num_inputs=below, filters=filters, biases=biases)

    width = units // 2 if activation == "maxout" else units
    hidden = [fc(inputs, units)] + ([part(activation, width)] if activation else [])
    return [part("input", inputs), *hidden, fc(width, 5), part("regression", 5)]


def with_weights(code=None, layers=None, marker="/*###########*/"):
    """A submission with the weights that the page put behind it."""
    text = json.dumps({"layers": network() if layers is None else layers})
    return f"{code or submission()}\n{marker}\nif (brain) {{\nbrain.value_net.fromJSON({text});\n}}"
