"""``python -m grader`` with files of the original and trained networks, as people start it."""

import json
from pathlib import Path
from zipfile import ZipFile

import numpy as np
import pytest
from safetensors.numpy import save

from grader import weights
from grader.netjs import read
from grader.packed import pack
from tests.grader.netjs.submission import OPTIONS, submission, with_weights
from tests.grader.small import quick
from tests.grader.test_command_line import SMALL, run

NETWORKS = Path(__file__).parent / "netjs" / "networks"
SCORES = json.loads((NETWORKS / "scores.json").read_text())


def graded(*arguments):
    result = run(*arguments, "--json")
    assert result.returncode == 0, result.stderr
    return json.loads(result.stdout)


@pytest.fixture
def trained(tmp_path):
    """A configuration, and the first network trained from it in the original's format."""
    config, target = tmp_path / "quick.json", tmp_path / "net.js"
    config.write_text(quick().canonical())
    assert run("export", config, "--netjs", target, "--seed", "k").returncode == 0
    return config, target


@pytest.mark.parametrize("name", ["two_hidden.js", "maxout_eleven.js"])
def test_the_official_protocol_gives_the_score_of_then(name):
    values = graded(NETWORKS / name, "--rules", "deeptraffic-v2", "--protocol", "official")
    assert values["protocol"] == {
        "rules": "deeptraffic-v2", "trainings": 1, "runs": 500, "frames": 2000
    }  # fmt: skip
    assert values["runs"][0][:40] == SCORES[name]
    assert values["upper_median"] == sorted(values["runs"][0])[250]
    assert values["trainings"][0]["curve"] == []


def test_parts_of_the_official_protocol_may_be_changed():
    values = graded(NETWORKS / "linear_window.js", "--protocol", "official", "--runs", 7)
    assert values["runs"] == [SCORES["linear_window.js"][:7]]


def test_notes_stand_on_standard_error_and_in_the_object():
    result = run(NETWORKS / "window_agents.js", "--check", "--json")
    values = json.loads(result.stdout)
    notes = [note["message"] for note in values["notes"]]
    assert ["adadelta" in notes[0], len(notes)] == [True, 3]
    assert result.stderr.splitlines()[0].endswith(f"window_agents.js:24:27: note: {notes[0]}")
    assert values["weights_hash"]
    assert "driven as it is" in run(NETWORKS / "window_agents.js", "--check").stdout


@pytest.mark.parametrize("rules", ["open", "deeptraffic-v2"])
def test_an_exported_network_scores_what_its_training_scored(trained, rules, tmp_path):
    config, target = trained
    again = tmp_path / "again.js"
    assert run("export", config, "--netjs", again, "--seed", "k", "--rules", rules).returncode == 0
    first = graded(config, *SMALL, "--rules", rules)["runs"][0]
    assert graded(again, *SMALL, "--rules", rules)["runs"] == [first]
    if rules == "open":
        assert again.read_bytes() == target.read_bytes()


def test_a_network_may_go_through_every_format(trained, tmp_path):
    config, target = trained
    tensors = tmp_path / "net.safetensors"
    assert run("export", target, "--safetensors", tensors).returncode == 0
    by_weights = graded(config, *SMALL, "--weights", tensors)
    by_file = graded(target, *SMALL)
    assert by_weights["runs"] == by_file["runs"]
    assert by_weights["trainings"][0]["weights_hash"] == by_file["trainings"][0]["weights_hash"]
    back = run("export", config, "--weights", tensors, "--netjs")
    assert back.stdout == target.read_text()


def test_a_bundle_of_a_trained_network_holds_it_and_is_repeated(tmp_path):
    path, source = tmp_path / "out.zip", NETWORKS / "two_hidden.js"
    graded(source, "--protocol", "official", "--runs", 9, "--bundle", path)
    with ZipFile(path) as archive:
        assert sorted(archive.namelist()) == [
            "config.json", "manifest.json", "trainings.json", "weights.safetensors"
        ]  # fmt: skip
        members = {name: archive.read(name) for name in archive.namelist()}
    assert (
        weights.read(members["weights.safetensors"], read(source.read_bytes()).config).weights_hash
        == graded(source, "--protocol", "official", "--runs", 1)["trainings"][0]["weights_hash"]
    )
    assert run("verify", path).stdout.startswith(f"{path}: identical")
    content = bytearray(members["weights.safetensors"])
    content[-1] ^= 1
    members["weights.safetensors"] = bytes(content)
    path.write_bytes(pack(members))
    changed = run("verify", path)
    assert (changed.returncode, "weights.safetensors: was changed" in changed.stderr) == (2, True)


def test_a_file_without_weights_is_trained_like_any_configuration(tmp_path):
    path = tmp_path / "net.js"
    options = OPTIONS.replace("3000", "90").replace("500", "40").replace("10000", "2000")
    path.write_text(submission(options=options))
    values = graded(path, *SMALL, "--trainings", 2)
    assert [len(training["curve"]) > 0 for training in values["trainings"]] == [True, True]
    assert values["config"]["training_iterations"] == 1000


def test_a_trained_network_may_be_trained_anew(trained):
    config, target = trained
    anew = graded(target, *SMALL, "--train", "--trainings", 2)
    assert anew["runs"] == graded(config, *SMALL, "--trainings", 2)["runs"]


@pytest.mark.parametrize(
    ("arguments", "word"),
    [
        (["--trainings", "3"], "not trained"),
        (["--protocol", "unheard"], "official"),
        (["--weights", "nowhere.safetensors"], "weights already"),
        (["--weights", "x", "--train"], "either"),
        (["--driver", "no-action"], "either"),
    ],
)
def test_what_makes_no_sense_for_a_trained_network_is_said(trained, arguments, word):
    result = run(trained[1], *SMALL, *arguments)
    assert result.returncode == 2
    assert word in result.stderr
    assert "Traceback" not in result.stderr


def test_weights_of_another_network_are_refused(trained, tmp_path):
    path = tmp_path / "w.safetensors"
    path.write_bytes(save({"layers.0.bias": np.zeros(4, np.float32)}))
    result = run(trained[0], "--weights", path)
    assert result.returncode == 2
    assert "weights.layers.0.bias: must be of shape [10], not [4]" in result.stderr
    missing = run(trained[0], "--weights", tmp_path / "none")
    assert (missing.returncode, "no such file" in missing.stderr) == (2, True)


def test_an_export_that_cannot_be_written_is_one_line(trained, tmp_path):
    for target in (tmp_path, tmp_path / "none" / "net.js"):
        result = run("export", trained[1], "--netjs", target)
        assert result.returncode == 2
        assert len(result.stderr.strip().splitlines()) == 1
    assert run("export", trained[1]).returncode == 2
    assert "--training" in run("export", trained[0], "--netjs", "--training", "0").stderr


def test_a_file_that_would_run_is_refused_with_line_and_column(tmp_path):
    path = tmp_path / "net.js"
    path.write_text(with_weights(submission(more="while (true) {}")))
    result = run(path, "--json")
    assert result.returncode == 2
    (problem,) = json.loads(result.stdout)["problems"]
    assert f"{path}:{problem['line']}:{problem['column']}: " in result.stderr
