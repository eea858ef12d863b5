"""Configurations: what is accepted, what is refused and in which words, and how it is hashed."""

import json
import subprocess
import sys
from pathlib import Path
from time import process_time

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from grader.config import ConfigError, Layer, NetworkConfig, Problem, parse, validate
from grader.fields import fields

EXAMPLES = sorted((Path(__file__).parents[2] / "examples").iterdir())
BASIC = next(path for path in EXAMPLES if path.name == "network_basic.json").read_text()


def problems(text: str | bytes) -> tuple[Problem, ...]:
    with pytest.raises(ConfigError) as caught:
        parse(text)
    return caught.value.problems


def test_network_basic_is_the_default_configuration():
    assert parse(BASIC) == NetworkConfig()
    assert set(json.loads(BASIC)) == set(NetworkConfig.model_fields) - {
        *("target_update_interval", "double_q", "huber_delta")
    }


@pytest.mark.parametrize("path", EXAMPLES, ids=lambda path: path.name)
def test_every_example_is_valid(path):
    assert parse(path.read_bytes()).parameters > 0


def test_yaml_and_json_say_the_same():
    yaml_text = "lanes_side: 3\nlayers:\n  - {units: 20, activation: tanh}\ngamma: 9e-1\n"
    json_text = '{"lanes_side": 3, "layers": [{"units": 20, "activation": "tanh"}], "gamma": 0.9}'
    assert parse(yaml_text) == parse(json_text)


def test_json_may_be_indented_by_tabs_and_begin_with_a_byte_order_mark():
    assert parse(b'\xef\xbb\xbf{\r\n\t"gamma":\t0.5\r\n}') == NetworkConfig()


def test_every_problem_is_found_at_once_with_its_place():
    text = (
        '{"lanes_side": 99, "patchesAhead": 3,\n'
        ' "trainer": {"learning_rate": NaN, "momentum": 1, "method": "adagrad"},\n'
        ' "layers": [{"units": 10}, {"units": 3.0}, {"activation": "rulu"}],\n'
        ' "gamma": 1e999, "gamma": 1, "learning_steps_burnin": 20000}'
    )
    assert problems(text) == (
        Problem("lanes_side", "must be at most 6, not 99", 1, 16),
        Problem("patchesAhead", "there is no such field; did you mean patches_ahead?", 1, 20),
        Problem("trainer.learning_rate", "must be a finite number, not NaN", 2, 31),
        Problem("trainer.momentum", "must be at most 0.999, not 1", 2, 48),
        Problem("trainer.method", "must be one of 'sgd', 'nesterov', 'adam', not 'adagrad'", 2, 61),
        Problem("layers[1].units", "must be a whole number, not 3.0", 3, 38),
        Problem("layers[2].units", "is missing", 3, 44),
        Problem(
            "layers[2].activation",
            "must be one of 'relu', 'tanh', 'sigmoid', 'linear', 'maxout', not 'rulu'",
            3,
            59,
        ),
        Problem("gamma", "must be a finite number, not '1e999'", 4, 11),
        Problem("gamma", "given twice; first on line 4", 4, 18),
        Problem(
            "learning_steps_burnin",
            "must be less than learning_steps_total, 10000, not 20000",
            4,
            55,
        ),
    )


def test_problems_of_yaml_have_their_place_too():
    text = "gamma: 2\nlayers:\n  - units: many\n  - unit: 3\n"
    assert [(p.field, p.line, p.column) for p in problems(text)] == [
        ("gamma", 1, 8),
        ("layers[0].units", 3, 12),
        ("layers[1].units", 4, 5),
        ("layers[1].unit", 4, 5),
    ]


@pytest.mark.parametrize(
    ("field", "value", "message"),
    [
        ("lanes_side", -1, "must be at least 0, not -1"),
        ("patches_ahead", 0, "must be at least 1, not 0"),
        ("patches_ahead", "3", "must be a whole number, not '3'"),
        ("patches_ahead", True, "must be a whole number, not true"),
        ("patches_ahead", 3.0, "must be a whole number, not 3.0"),
        ("patches_ahead", None, "must be a whole number, not null"),
        ("gamma", "high", "must be a number, not 'high'"),
        ("gamma", False, "must be a number, not false"),
        ("gamma", -0.1, "must be at least 0, not -0.1"),
        ("other_agents", 11, "must be at most 10, not 11"),
        ("training_iterations", 5_000_001, "must be at most 5,000,000, not 5000001"),
        ("replay_size", 10**17, f"must be at most 100,000, not {10**17}"),
        ("layers", {"units": 3}, "must be a list, not a mapping"),
        ("layers", [{"units": 1}] * 9, "may have at most 8 entries, not 9"),
        ("trainer", "adam", "must be a mapping of fields, not 'adam'"),
        ("gamma", "x" * 99, f"must be a number, not '{'x' * 40}'..."),
    ],
)
def test_a_wrong_value_is_named_with_its_bound(field, value, message):
    assert [(p.field, p.message) for p in problems(json.dumps({field: value}))] == [
        (field, message)
    ]


@pytest.mark.parametrize(
    ("values", "field", "part"),
    [
        (
            {"layers": [{"units": 1024}] * 3},
            "layers",
            "at most 2,000,000 weights and biases, not 2,1",
        ),
        ({"start_learn_threshold": 3000}, "start_learn_threshold", "less than replay_size, 3000"),
        ({"learning_steps_burnin": 10_000}, "learning_steps_burnin", "learning_steps_total, 10000"),
        (
            {"trainer": {"method": "adam", "momentum": 0.9}},
            "trainer.momentum",
            "has no meaning for adam: leave it out or at 0, not 0.9",
        ),
        ({"trainer": {"method": "nesterov"}}, "trainer.momentum", "must be more than 0"),
        ({"double_q": True}, "double_q", "set target_update_interval"),
    ],
)
def test_fields_that_contradict_each_other_are_named(values, field, part):
    (problem,) = problems(json.dumps(values))
    assert problem.field == field
    assert part in problem.message


def test_no_contradiction_is_invented_where_one_side_is_wrong_by_itself():
    text = '{"learning_steps_burnin": 20000, "learning_steps_total": -1}'
    assert [problem.field for problem in problems(text)] == ["learning_steps_total"]


@pytest.mark.parametrize(
    ("text", "part"),
    [
        ("", "the text is empty"),
        (b"\xff{}", "not UTF-8 text: byte 0xff"),
        ("hello", "a mapping of fields to values, not 'hello'"),
        ("[1]", "a mapping of fields to values, not a list"),
        ('{"gamma": 0.5,}', "a field's name in double quotes is missing"),
        ('{"gamma": .5}', "not JSON: '.5' is no value"),
        ('{"gamma": 0.5} x', "nothing may follow"),
        ('{"gamma" 0.5}', "a colon is missing"),
        ('{"gamma": 0.5 "a": 1}', "a comma or a closing brace"),
        ('{"gamma": "\n"}', "invalid control character"),
        ('{"gamma": ', "a value is missing"),
        ("gamma: [1", "not YAML"),
        ("a: b: c", "not YAML: mapping values are not allowed here"),
        ("gamma: &a 0.5", "anchors and aliases"),
        ("gamma: *a", "anchors and aliases"),
        ("gamma: !!float 0.5", "tags are not allowed"),
        ("gamma: !!python/object/apply:os.system [ls]", "tags are not allowed"),
        ("? [1]\n: 2", "a field's name must be plain text"),
        ("gamma: 0.5\n---\ngamma: 0.5", "more than one YAML document"),
        ("gamma: 0.5\ngamma: 0.5", "given twice; first on line 1"),
        ("gamma: .inf", "must be a finite number, not .inf"),
        ("gamma: \x00", "is not allowed"),
        ('gamma: "\\UFFFFFFFF"', "not YAML"),
        ('{"replay_size": ' + "9" * 5000 + "}", "a number of more than 18 digits: '999"),
        ('{"layers": ' + "[" * 60_000, "nested deeper than 12 levels"),
        ("layers: " + "[" * 60_000, "nested deeper than 12 levels"),
        ("- " * 30_000, "nested deeper than 12 levels"),
    ],
    ids=lambda value: repr(value[:24]),
)
def test_what_cannot_be_read_is_refused_with_a_reason(text, part):
    found = problems(text)
    assert part in found[0].message
    assert found[0].line or not text.strip() or "escape" in found[0].message


def test_a_large_text_is_refused_before_it_is_read():
    start = process_time()
    (problem,) = problems("[" * 10_000_000)
    assert problem.message == "the text is larger than 64 kB"
    assert process_time() - start < 0.5


def test_thousands_of_problems_are_counted_and_not_all_listed():
    found = problems("{" + ", ".join(f'"field_{i}": 1' for i in range(3000)) + "}")
    assert len(found) == 101
    assert found[-1].message == "and 2,900 problems more"


def test_validate_takes_plain_values_and_names_no_lines():
    assert validate({"gamma": 0.5}) == NetworkConfig()
    with pytest.raises(ConfigError) as caught:
        validate({"gamma": 3})
    assert caught.value.problems == (Problem("gamma", "must be at most 1, not 3"),)


def test_the_hash_of_a_configuration_never_changes():
    assert NetworkConfig().canonical() == "{}"
    changed = parse(
        '{"trainer": {"learning_rate": 1e-2, "method": "sgd"}, "layers": [{"units": 7}],'
        ' "gamma": 1}'
    )
    canonical = '{"gamma":1.0,"layers":[{"units":7}],"trainer":{"learning_rate":0.01}}'
    assert changed.canonical() == canonical
    assert changed.config_hash == "67ba4a737a7710f8c32e1ba188bbfd2ce295ae47ad16c46874f19a51010cee3f"


def test_neither_order_nor_spelling_nor_defaults_change_the_hash():
    one = parse('{"gamma": 0.90, "lanes_side": 2}')
    two = parse("lanes_side: 2\ngamma: 9.0e-1\nreplay_size: 3000\nlayers: [{units: 10}]")
    assert one.config_hash == two.config_hash != NetworkConfig().config_hash


def test_negative_zero_is_zero():
    text = '{"gamma": -0.0, "trainer": {"learning_rate": 1, "momentum": -0.0}}'
    assert parse(text).config_hash == parse(text.replace("-", "")).config_hash


def test_a_configuration_comes_back_from_its_own_canonical_text():
    config = parse(
        BASIC.replace('"gamma": 0.5', '"gamma": 0.25').replace('"units": 10', '"units": 9')
    )
    assert parse(config.canonical()) == config == validate(config.changes())


def test_sizes_follow_from_view_window_and_layers():
    config = validate(
        {"lanes_side": 2, "patches_behind": 3, "temporal_window": 2, "layers": [{"units": 4}] * 2}
    )
    assert config.num_states == 65
    assert config.num_inputs == 65 + 2 * (65 + 5)
    assert config.parameters == 206 * 4 + 5 * 4 + 5 * 5


@pytest.mark.parametrize(
    ("changes", "phrase"),
    [
        ({}, "3 x 10 view - 10 relu - 30k"),
        (
            {
                "lanes_side": 2,
                "patches_ahead": 35,
                "layers": [{"units": 64}] * 2,
                "training_iterations": 200_000,
            },
            "5 x 35 view - 64-64 relu - 200k",
        ),
        (
            {
                "layers": [{"units": 9, "activation": "tanh"}, {"units": 4}],
                "training_iterations": 1_500_000,
            },
            "3 x 10 view - 9 tanh-4 relu - 1.5M",
        ),
        ({"layers": [], "training_iterations": 1234}, "3 x 10 view - no hidden layer - 1234"),
    ],
)
def test_a_network_in_a_phrase(changes, phrase):
    spelled = phrase.replace(" x ", " \N{MULTIPLICATION SIGN} ").replace("-", "\N{MIDDLE DOT}")
    assert validate(changes).phrase == spelled


def test_every_field_says_what_it_is_and_its_bounds():
    notes = {note.name: note for note in fields()}
    assert len(notes) == 17 + 3 + 9 - 1
    for note in notes.values():
        assert note.help.endswith(".")
        assert note.title[0].isupper()
        assert note.choices or (note.ge is not None and note.le is not None)
    assert notes["layers[].units"].default is None
    assert notes["trainer.method"].choices == ("sgd", "nesterov", "adam")
    schema = NetworkConfig.model_json_schema()
    assert schema["properties"]["lanes_side"]["maximum"] == notes["lanes_side"].le == 6
    assert schema["properties"]["lanes_side"]["description"] == notes["lanes_side"].help


def test_a_configuration_cannot_be_changed():
    with pytest.raises(ValueError, match="frozen"):
        NetworkConfig().gamma = 1
    with pytest.raises(ValueError, match="frozen"):
        Layer(units=3).units = 4


def test_what_the_site_imports_loads_neither_torch_nor_numba():
    modules = ("config", "cost", "fields", "grading", "job", "protocol", "scoring", "seeds")
    code = (
        f"import sys, {', '.join('grader.' + name for name in modules)}\n"
        "print(sorted({'torch', 'numba', 'django', 'celery'} & set(sys.modules)))"
    )
    result = subprocess.run(
        [sys.executable, "-c", code], capture_output=True, text=True, check=True
    )
    assert result.stdout.strip() == "[]"


def test_a_scripted_driver_is_graded_without_torch():
    code = (
        "import sys\n"
        "from grader.grading import grade\n"
        "from grader.protocol import Protocol\n"
        "grade(None, Protocol(runs=1, frames=30), driver='no-action')\n"
        "print('torch' in sys.modules)"
    )
    result = subprocess.run(
        [sys.executable, "-c", code], capture_output=True, text=True, check=True
    )
    assert result.stdout.strip() == "False"


def attempt(text):
    found = ()
    try:
        parse(text)
    except ConfigError as error:
        found = error.problems
    for problem in found:
        problem.located("file").encode()
        assert len(problem.message) < 300


@settings(max_examples=150, deadline=None)
@given(st.one_of(st.text(), st.binary(), st.text("{}[]:,-\"'&*!%#? \n\tae10.\\")))
def test_no_text_makes_parse_fail_otherwise_than_by_config_error(text):
    attempt(text)


values = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=5),
    lambda inner: (
        st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=4), inner, max_size=3)
    ),
    max_leaves=6,
)


@settings(max_examples=80, deadline=None)
@given(
    st.dictionaries(st.sampled_from([*NetworkConfig.model_fields, "unknown"]), values, max_size=4),
    st.dictionaries(st.sampled_from(["method", "momentum", "l1"]), values, max_size=2),
    st.lists(st.dictionaries(st.sampled_from(["type", "units"]), values, max_size=2), max_size=2),
)
def test_no_values_make_parse_fail_otherwise_than_by_config_error(entries, trainer, layers):
    attempt(json.dumps(entries))
    attempt(json.dumps({**entries, "trainer": trainer, "layers": layers}))


@settings(max_examples=150, deadline=None)
@given(st.integers(0, len(BASIC)), st.integers(0, 12), st.text(max_size=4))
def test_no_mutation_of_a_real_text_makes_parse_fail_otherwise_than_by_config_error(at, cut, put):
    attempt(BASIC[:at] + put + BASIC[at + cut :])
