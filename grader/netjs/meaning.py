"""What a submission's values mean here: the fields of a NetworkConfig, and notes on the rest."""

import math
from typing import Final

from grader.errors import shown
from grader.netjs import layers
from grader.netjs.found import PAGE
from grader.netjs.notes import Meaning, number, whole
from grader.netjs.objects import Brain, Record
from grader.netjs.program import Program
from grader.netjs.syntax import refuse, spelled
from grader.netjs.values import UNDEFINED
from grader.schema import NUM_ACTIONS

GLOBALS: Final = {
    "lanesSide": "lanes_side",
    "patchesAhead": "patches_ahead",
    "patchesBehind": "patches_behind",
    "otherAgents": "other_agents",
    "trainIterations": "training_iterations",
}
"""Variables of the page: our field."""
OPTIONS: Final = {
    "temporal_window": ("temporal_window", 1.0, None),
    "experience_size": ("replay_size", 30_000.0, math.ceil),
    "start_learn_threshold": ("start_learn_threshold", None, math.floor),
    "gamma": ("gamma", 0.8, float),
    "learning_steps_total": ("learning_steps_total", 100_000.0, round),
    "learning_steps_burnin": ("learning_steps_burnin", 3_000.0, round),
    "epsilon_min": ("epsilon_min", 0.05, float),
    "epsilon_test_time": ("epsilon_test_time", 0.01, float),
}
"""The Brain's options: our field, what it took when there was none, how it met a fraction."""
ELSEWHERE: Final = frozenset({"layer_defs", "tdtrainer_options", "hidden_layer_sizes"})
TRAINER: Final = {
    "learning_rate": 0.01,
    "momentum": 0.9,
    "batch_size": 1.0,
    "l2_decay": 0.0,
}
"""The trainer's options and what it took when there was none."""
DEFAULT_TRAINER: Final = {"learning_rate": 0.01, "momentum": 0.0, "batch_size": 64.0,
                          "l2_decay": 0.01}  # fmt: skip
"""What the Brain gave the trainer when it was given nothing."""
OTHER_METHODS: Final = frozenset({"adagrad", "windowgrad", "adadelta"})


def meaning_of(program: Program) -> Meaning:
    """Gathers the fields.

    Raises:
        ConfigError: A value is of the wrong kind, or two contradict each other.
    """
    brain = program.values.get("brain")
    if not isinstance(brain, Brain):
        where = program.places.get("brain")
        message = "there is no brain = new deepqlearn.Brain(num_inputs, num_actions, opt)"
        refuse(where or program.root, message)
    meaning = Meaning()
    _globals(program, brain, meaning)
    options = brain.options.snapshot()
    options.update(brain.changed)
    options.places.update(brain.changed.places)
    _options(options, meaning)
    _sizes(brain, meaning)
    layers.describe(brain, options, meaning)
    _trainer(brain, options, meaning)
    return meaning


def _globals(program: Program, brain: Brain, meaning: Meaning) -> None:
    for name, ours in GLOBALS.items():
        value, node = program.values[name], program.places.get(name, brain.node)
        if name not in program.places:
            meaning.note(node, f"{name} is not set: the page began with {PAGE[name]:g}")
        if ours == "training_iterations":
            meaning.put((ours,), math.ceil(number(name, value, node)), node)
        else:
            meaning.put((ours,), whole(name, value, node), node)


def _options(options: Record, meaning: Meaning) -> None:
    for name, (ours, default, met) in OPTIONS.items():
        value, node = options.get(name, UNDEFINED), options.place(name)
        if value is UNDEFINED:
            value = default
        if value is None and ours == "start_learn_threshold":
            value = min(meaning.document.value["replay_size"] * 0.1, 1000.0)
        if met is None:
            meaning.put((ours,), whole(name, value, node), node)
        else:
            meaning.put((ours,), met(number(name, value, node)), node)
    for name in options.keys() - OPTIONS.keys() - ELSEWHERE:
        meaning.note(options.place(name), f"opt.{spelled(name)} has no meaning here")


def _sizes(brain: Brain, meaning: Meaning) -> None:
    fields = meaning.document.value
    rows = fields["patches_ahead"] + fields["patches_behind"]
    states = (2 * fields["lanes_side"] + 1) * rows
    given = whole("num_inputs", brain.states, brain.node)
    if given != states:
        message = f"the Brain is told of {given:,} inputs, but lanesSide, patchesAhead and"
        refuse(brain.node, f"{message} patchesBehind make {states:,}")
    if whole("num_actions", brain.actions, brain.node) != NUM_ACTIONS:
        refuse(brain.node, f"there are {NUM_ACTIONS} actions, not {shown(brain.actions)}")


def _trainer(brain: Brain, options: Record, meaning: Meaning) -> None:
    given, where = brain.trainer, options.place("tdtrainer_options")
    if given is None:
        given = Record(DEFAULT_TRAINER, {}, where)
    for name, default in TRAINER.items():
        value, node = given.get(name, default), given.place(name)
        met = whole if name == "batch_size" else number
        meaning.put(("trainer", name), met(name, value, node), node)
    _method(given, meaning)
    if number("l1_decay", given.get("l1_decay", 0.0), given.place("l1_decay")):
        message = "l1_decay had no effect on the original's layers and is left out"
        meaning.note(given.place("l1_decay"), message)
    for name in given.keys() - TRAINER.keys() - {"method", "l1_decay"}:
        meaning.note(given.place(name), f"tdtrainer_options.{spelled(name)} has no meaning here")


def _method(given: Record, meaning: Meaning) -> None:
    method, node = given.get("method", "sgd"), given.place("method")
    momentum = meaning.document.value["trainer"]["momentum"]
    if method in OTHER_METHODS:
        meaning.note(node, f"the method {method!r} is not offered here: sgd takes its place")
    elif method not in {"sgd", "nesterov"}:
        meaning.note(node, f"the original knew no method {shown(method)} and took sgd")
    # without momentum there is nothing to look ahead by, and the two are one
    ours = "nesterov" if method == "nesterov" and momentum else "sgd"
    meaning.put(("trainer", "method"), ours, node)
