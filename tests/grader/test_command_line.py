"""``python -m grader`` as people start it."""

import io
import json
import re
import signal
import subprocess
import sys
from pathlib import Path

import pytest

from grader.bar import Bar, spoken
from grader.config import parse
from grader.grading import grade
from grader.progress import DRIVING, TRAINING, Progress
from grader.protocol import Protocol
from tests.grader.small import DIVERGING, PROTOCOL, quick

SMALL = ["--runs", "6", "--frames", "300", "--seed", "k"]


def run(*arguments, text="", cwd=None):
    command = [sys.executable, "-m", "grader", *map(str, arguments)]
    return subprocess.run(
        command, input=text, capture_output=True, text=True, cwd=cwd, timeout=120, check=False
    )


@pytest.fixture
def config(tmp_path):
    path = tmp_path / "quick.json"
    path.write_text(quick().canonical())
    return path


def test_it_prints_one_json_object_with_the_grade_of_the_function(config):
    result = run(config, *SMALL, "--jobs", 2, "--json")
    assert result.returncode == 0
    values, expected = json.loads(result.stdout), grade(quick(), PROTOCOL, "k").to_dict()
    for name in ("score", "upper_median", "interval", "runs", "config", "config_hash", "protocol"):
        assert values[name] == expected[name]
    assert [t["curve"] for t in values["trainings"]] == [t["curve"] for t in expected["trainings"]]


def test_it_prints_a_table_and_shows_progress_on_standard_error(config):
    result = run("-", *SMALL, text=config.read_text())
    assert result.returncode == 0
    expected = grade(quick(), PROTOCOL, "k")
    assert f"score {expected.score.score:.2f} mph, 95 % interval" in result.stdout
    for training in expected.trainings:
        assert f"{training.seed:016x}  {training.median:>7.2f}" in result.stdout
    assert result.stderr.splitlines()[-1] == "driving 100%"


def test_it_grades_a_driver():
    result = run("--driver", "no-action", *SMALL, "--trainings", 2, "--json")
    values = json.loads(result.stdout)
    assert values["config"] is None
    assert [len(runs) for runs in values["runs"]] == [6, 6]


def test_check_says_what_a_config_is_without_training_it(config):
    result = run("--check", config)
    assert result.returncode == 0
    assert "30 inputs, 365 weights and biases" in result.stdout
    assert quick().config_hash in result.stdout
    values = json.loads(run("--check", "--json", config).stdout)
    assert parse(json.dumps(values["config"])) == quick()
    assert values["estimate"]["seconds"] > 0
    assert values["estimate"]["budget"] == 1800
    assert sum(values["estimate"]["parts"].values()) == pytest.approx(
        values["estimate"]["seconds"], abs=0.1
    )
    assert values["problems"] == []


def test_check_refuses_what_is_beyond_the_budget_and_says_what_fits(tmp_path):
    path = tmp_path / "greedy.yaml"
    path.write_text("training_iterations: 5000000\n")
    result = run("--check", path, "--budget", 60)
    assert result.returncode == 2
    assert "of 60 reference core-seconds" in result.stdout
    assert "learning from 64 experiences a decision: " in result.stdout
    assert result.stderr.startswith("Grading this takes an estimated ")
    proposed = re.search(r"It fits with (training_iterations) ([\d,]+)", result.stderr)
    path.write_text(f"{proposed[1]}: {proposed[2].replace(',', '')}\n")
    assert run("--check", path, "--budget", 60).returncode == 0
    path.write_text("training_iterations: 5000000\n")
    values = json.loads(run("--check", path, "--budget", 60, "--json").stdout)
    assert values["problems"][0]["message"] in result.stderr


def test_every_fault_is_one_line_with_file_and_line(tmp_path):
    path = tmp_path / "bad.yaml"
    path.write_text("gamma: 2\nlayers:\n  - units: 0\n")
    result = run(path)
    assert result.returncode == 2
    assert result.stdout == ""
    assert result.stderr.splitlines() == [
        f"{path}:1: gamma: must be at most 1, not 2",
        f"{path}:3: layers[0].units: must be at least 1, not 0",
    ]
    values = json.loads(run(path, "--json").stdout)
    assert values["problems"][1] == {
        "field": "layers[0].units",
        "message": "must be at least 1, not 0",
        "line": 3,
        "column": 12,
    }


@pytest.mark.parametrize(
    ("arguments", "line"),
    [
        ([], "python -m grader: give either a CONFIG or a --driver"),
        (["a", "--driver", "b"], "python -m grader: give either a CONFIG or a --driver"),
        (["nowhere.json"], "nowhere.json: no such file or directory"),
        (["."], ".: is a directory"),
        (["a", "--fast"], "python -m grader: unrecognized arguments: --fast"),
        (["a", "--runs", "x"], "python -m grader: argument --runs: invalid int value: 'x'"),
        (["a", "--jobs", "0"], "python -m grader: --jobs: must be at least 1, not 0"),
        (["a", "--trainings", "0"], "command line: trainings: must be at least 1, not 0"),
        (
            ["a", "--rules", "x"],
            "command line: rules: must be one of 'open', 'deeptraffic-v2', not 'x'",
        ),
        (["--driver", "x", "--check"], "python -m grader: --check is for a CONFIG"),
    ],
)
def test_a_wrong_command_ends_with_one_clear_line(arguments, line, tmp_path, monkeypatch):
    monkeypatch.setenv("PYTHONPATH", str(Path.cwd()))
    result = run(*arguments, cwd=tmp_path)
    assert (result.returncode, result.stdout, result.stderr) == (2, "", line + "\n")


def test_a_diverging_training_is_the_fault_of_the_config(tmp_path):
    path = tmp_path / "wild.json"
    path.write_text(DIVERGING.canonical())
    result = run(path, *SMALL)
    assert result.returncode == 2
    # any of those side by side may be the first
    assert re.search(rf"{path}: training \d diverged by iteration", result.stderr)


def test_an_interrupt_ends_it_quietly():
    command = [sys.executable, "-m", "grader", "-", "--trainings", "2"]
    with subprocess.Popen(
        command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True
    ) as process:
        process.stdin.write("training_iterations: 5000000\n")
        process.stdin.close()
        assert process.stderr.readline().startswith("training 1")
        process.send_signal(signal.SIGINT)
        assert process.wait(timeout=20) == 130
        assert "Traceback" not in process.stderr.read()


class Terminal(io.StringIO):
    def isatty(self):
        return True


def test_on_a_terminal_one_line_is_rewritten_and_gone_at_the_end():
    screen = Terminal()
    bar = Bar(quick(), Protocol(trainings=2), screen)
    bar.show(Progress(0, TRAINING, 130, 260))
    bar.show(Progress(1, TRAINING, 260, 260))
    bar.show(Progress(0, DRIVING, 2000, 2000))
    bar.show(Progress(1, DRIVING, 2000, 2000))
    bar.close()
    shown = screen.getvalue().split("\r")
    assert all("\n" not in line for line in shown)
    percents = [int(line.split("%")[0].split()[-1]) for line in shown if "%" in line]
    assert percents == sorted(percents)
    assert percents[-1] == 100
    assert " left" in shown[2]
    assert shown[-1] == "\x1b[K"


@pytest.mark.parametrize(
    ("seconds", "said"), [(8.4, "8 s"), (180, "3 min"), (4800, "80 min"), (9000, "2 h 30 min")]
)
def test_durations_are_said_as_people_say_them(seconds, said):
    assert spoken(seconds) == said
