"""What a submission's values become here, which defaults they get, and what is said of the rest."""

import pytest

from grader.config import validate
from grader.errors import ConfigError
from grader.netjs import read
from tests.grader.netjs.submission import (
    HIDDEN,
    INPUT,
    OPTIONS,
    OUTPUT,
    SIZES,
    VIEW,
    network,
    submission,
    with_weights,
)


def notes_of(code):
    return [note.message for note in read(code).notes]


def refused(code):
    with pytest.raises(ConfigError) as caught:
        read(code)
    return caught.value.problems


def test_the_sample_of_the_course_is_understood_whole():
    imported = read(submission())
    assert imported.notes == ()
    assert imported.network is None
    assert imported.config == validate(
        {
            "patches_ahead": 4,
            "patches_behind": 1,
            "layers": [{"units": 4}],
            "trainer": {"method": "sgd", "learning_rate": 0.001, "l2_decay": 0.01},
            "training_iterations": 1000,
            "gamma": 0.7,
        }
    )


def test_omitted_options_take_what_the_original_took():
    imported = read(submission(options="", sizes=SIZES.replace("window = 0", "window = 1")))
    config = imported.config
    assert (config.temporal_window, config.gamma, config.epsilon_min) == (1, 0.8, 0.05)
    assert (config.replay_size, config.start_learn_threshold) == (30_000, 1000)
    assert (config.learning_steps_total, config.learning_steps_burnin) == (100_000, 3000)
    assert config.epsilon_test_time == 0.01
    assert imported.notes == ()


def test_the_threshold_follows_a_small_memory():
    options = OPTIONS.replace("opt.start_learn_threshold = 500;", "")
    assert read(submission(options=options)).config.start_learn_threshold == 300


def test_an_omitted_trainer_takes_what_the_original_took():
    trainer = read(submission(trainer="undefined")).config.trainer
    assert (trainer.learning_rate, trainer.momentum, trainer.batch_size) == (0.01, 0, 64)
    assert trainer.l2_decay == 0.01
    trainer = read(submission(trainer="{}")).config.trainer
    assert (trainer.learning_rate, trainer.momentum, trainer.batch_size) == (0.01, 0.9, 1)
    assert trainer.l2_decay == 0


def test_omitted_variables_of_the_page_take_what_it_began_with_and_say_so():
    notes = notes_of(submission(agents="", view="lanesSide = 1;"))
    assert [note.split(" ")[0] for note in sorted(notes)] == [
        "otherAgents", "patchesAhead", "patchesBehind", "trainIterations"
    ]  # fmt: skip


def test_layers_may_be_left_to_the_original():
    code = submission(options=OPTIONS + "\nopt.hidden_layer_sizes = [7, 3];").replace(
        "opt.layer_defs = layer_defs;", ""
    )
    assert [layer.units for layer in read(code).config.layers] == [7, 3]
    assert {layer.activation for layer in read(code).config.layers} == {"relu"}


def test_fractions_are_met_as_the_original_met_them():
    options = OPTIONS.replace("3000", "trainIterations / 3").replace("= 500", "= 99.9")
    config = read(submission(options=options)).config
    assert (config.replay_size, config.start_learn_threshold) == (334, 99)


def test_options_set_on_the_brain_count():
    more = "brain.epsilon_test_time = 0.25; brain.learning = false;"
    imported = read(submission(learn=f"{more}\nlearn = (s) => brain.forward(s);"))
    assert imported.config.epsilon_test_time == 0.25
    assert "opt.learning has no meaning here" in [note.message for note in imported.notes]


def test_options_changed_after_the_brain_was_made_do_not_count():
    code = submission(learn="opt.gamma = 0.1;\nlearn = (s) => brain.forward(s);")
    assert read(code).config.gamma == 0.7


@pytest.mark.parametrize("kind", ["relu", "tanh", "sigmoid", "maxout"])
def test_activations(kind):
    layer = f"{{type: 'fc', num_neurons: 6, activation: '{kind}'}}"
    (found,) = read(submission(layers=(INPUT, layer, OUTPUT))).config.layers
    assert (found.units, found.activation) == (6, kind)


@pytest.mark.parametrize("kind", ["relu", "tanh", "sigmoid", "maxout"])
def test_activations_may_be_layers_of_their_own(kind):
    layers = (INPUT, "{type: 'fc', num_neurons: 6}", f"{{type: '{kind}'}}", OUTPUT)
    (found,) = read(submission(layers=layers)).config.layers
    assert (found.units, found.activation) == (6, kind)


def test_a_layer_of_dropout_is_noted():
    layers = (INPUT, HIDDEN, "{type: 'dropout', drop_prob: 0.5}", OUTPUT)
    imported = read(submission(layers=layers))
    assert len(imported.config.layers) == 1
    assert any("dropout" in note.message for note in imported.notes)


def test_options_without_layers_are_noted_for_a_name_may_be_misspelled():
    code = submission(options=f"{OPTIONS}\nopt.layer_dfs = layer_defs;").replace(
        "opt.layer_defs = layer_defs;", ""
    )
    assert read(code).config.layers == ()
    said = notes_of(code)
    assert any("opt.layer_dfs" in message for message in said)
    assert any("no hidden layer" in message for message in said)


def test_a_setting_of_the_last_layer_that_means_nothing_is_noted():
    said = notes_of(submission(layers=(INPUT, HIDDEN, OUTPUT.replace(" }", ", drop_prob: 0.5 }"))))
    assert any("drop_prob" in message for message in said)


def test_an_activation_that_the_original_did_not_know_is_none():
    layer = "{type: 'fc', num_neurons: 6, activation: 'softplus'}"
    imported = read(submission(layers=(INPUT, layer, OUTPUT)))
    assert imported.config.layers[0].activation == "linear"
    assert "softplus" in imported.notes[0].message


@pytest.mark.parametrize(
    ("trainer", "method", "word"),
    [
        ("{method: 'nesterov', momentum: 0.5}", "nesterov", None),
        ("{method: 'nesterov', momentum: 0}", "sgd", None),
        ("{method: 'adadelta', eps: 1e-6, ro: 0.95}", "sgd", "adadelta"),
        ("{method: 'adagrad'}", "sgd", "adagrad"),
        ("{method: 'windowgrad'}", "sgd", "windowgrad"),
        ("{method: 'adam'}", "sgd", "adam"),
        ("{l1_decay: 0.1}", "sgd", "l1_decay"),
        ("{learning_rate: 0.1, beta: 2}", "sgd", "beta"),
    ],
)
def test_trainers(trainer, method, word):
    imported = read(submission(trainer=trainer))
    assert imported.config.trainer.method == method
    assert imported.config.trainer.l1_decay == 0
    found = [note.message for note in imported.notes]
    assert (not found) if word is None else any(word in message for message in found)


def test_what_has_no_meaning_here_is_noted_with_its_line():
    options = OPTIONS + "\nopt.random_action_distribution = [0.2, 0.2, 0.2, 0.2, 0.2];"
    layer = "{ type: 'fc', num_neurons: 4, activation: 'relu', drop_prob: 0.5 }"
    code = submission(options=options, layers=(INPUT, layer, OUTPUT))
    lines = code.splitlines()
    notes = read(code).notes
    assert [lines[note.line - 1].count(word) for note, word in zip(
        notes, ["drop_prob", "random_action_distribution"], strict=True)] == [1, 1]  # fmt: skip


@pytest.mark.parametrize("name", ["\\ud83d", "a" * 5000, "a\\nb"])
def test_a_name_of_any_letters_can_be_said(name):
    for code in (
        submission(options=f"{OPTIONS}\nopt['{name}'] = 1;"),
        submission(trainer=f"{{ '{name}': 1 }}"),
        submission(layers=(INPUT, HIDDEN.replace(" }", f", '{name}': 1 }}"), OUTPUT)),
    ):
        (said,) = notes_of(code)
        assert said.encode().count(b"\n") == 0
        assert len(said) < 200


CONTRADICTIONS = [
    (submission(sizes=SIZES.replace("(lanesSide * 2 + 1)", "lanesSide")), "5 inputs"),
    (submission(sizes=SIZES.replace("num_actions = 5", "num_actions = 4")), "5 actions"),
    (submission(layers=(INPUT.replace("network_size", "99"), HIDDEN, OUTPUT)), "99 numbers"),
    (submission(layers=(INPUT, HIDDEN, OUTPUT.replace("num_actions", "7"))), "5 neurons"),
    (submission(layers=(HIDDEN, OUTPUT)), "'input'"),
    (submission(layers=(INPUT, HIDDEN)), "'regression'"),
    (submission(layers=(INPUT,)), "needs an input"),
    (submission(layers=(INPUT, "{type: 'conv', sx: 3, filters: 8}", OUTPUT)), "'conv'"),
    (submission(layers=(INPUT, "7", OUTPUT)), "must be an object"),
    (submission(layers=(INPUT, "{type: 'relu'}", OUTPUT)), "must follow"),
    (submission(layers=(INPUT, HIDDEN, "{type: 'tanh'}", OUTPUT)), "must follow"),
    (submission(layers=(INPUT, HIDDEN.replace("'relu'", "'maxout', group_size: 4"), OUTPUT)), "4"),
    (submission(layers=(INPUT, HIDDEN, OUTPUT.replace(" }", ", activation: 'relu' }"))), "last"),
    (submission(layers=(INPUT, HIDDEN.replace("4", "9 / 2"), OUTPUT)), "Math.floor"),
    (submission(brain="brain = new deepqlearn.Brain(15, 5, opt); brain.num_states = 7;"), "own"),
    (submission(layers=(INPUT, "{type: 'fc', activation: 'relu'}", OUTPUT)), "num_neurons"),
    (submission(layers=(INPUT, "{type: 'fc', num_neurons: 2.5}", OUTPUT)), "whole number"),
    (submission(layers=(INPUT, "{type: 'fc', num_neurons: 'many'}", OUTPUT)), "finite"),
    (submission(brain="brain = 3;"), "no brain"),
    (submission(brain=""), "no brain"),
    (submission(view=VIEW.replace("= 1;", "= 'one';")), "lanesSide"),
    (submission(options="opt.gamma = [1];\nopt.temporal_window = 0;"), "gamma"),
    (submission(options="opt.gamma = 0/0;\nopt.temporal_window = 0;"), "finite"),
    (submission(options="opt.temporal_window = 1;"), "the view and temporal_window"),
    (submission(brain="brain = new deepqlearn.Brain(num_inputs, num_actions, 7);"), "object"),
    (submission(more="layer_defs = 7; opt.layer_defs = 7;"), "array"),
]


@pytest.mark.parametrize(("code", "word"), CONTRADICTIONS)
def test_sizes_and_kinds_that_contradict_each_other_are_found(code, word):
    (problem,) = refused(code)
    assert word in problem.message
    assert problem.line


def test_values_out_of_bounds_are_named_with_field_bound_and_line():
    code = submission(view=VIEW.replace("1000", "1e9"), options=OPTIONS.replace("0.7", "1.7"))
    problems = {problem.field: problem for problem in refused(code)}
    assert set(problems) == {"training_iterations", "gamma"}
    lines = code.splitlines()
    assert "trainIterations" in lines[problems["training_iterations"].line - 1]
    assert "opt.gamma" in lines[problems["gamma"].line - 1]


def test_a_trained_network_needs_no_possible_training():
    code = submission(
        view=VIEW.replace("trainIterations = 1000", "trainIterations = 1e9"),
        options=OPTIONS.replace("0.7", "1.7").replace("= 1000;", "= 20000;"),
    )
    imported = read(with_weights(code))
    assert imported.network is not None
    assert imported.config.gamma == 0.5
    assert any("training_iterations" in note.message for note in imported.notes)


def test_a_trained_network_still_needs_a_possible_view():
    sizes = SIZES.replace("temporal_window = 0", "temporal_window = 11")
    layers = network(inputs=15 + 11 * 20)
    problems = refused(with_weights(submission(sizes=sizes), layers))
    assert [problem.field for problem in problems] == ["temporal_window"]
