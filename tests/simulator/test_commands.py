"""python -m simulator, as typed: what it prints, what it writes, and how it refuses."""

import json
import statistics
import subprocess
import sys
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from simulator import commands
from simulator.__main__ import main
from simulator.distribution import distribution
from simulator.picture import scene, shapes
from simulator.policies import Moment, by_name, drive, drive_session
from simulator.raster import pixels, png
from simulator.traffic import Traffic
from tests.simulator import golden

DRIVERS = ["no-action", "accelerate", "decelerate", "left", "right", "random", "gap-seeker-20"]


@pytest.fixture
def typed(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]):
    """Runs a command line in this process; returns its status, output and complaint."""

    def run(line: str) -> tuple[int, str, str]:
        monkeypatch.setattr("sys.argv", ["simulator", *line.split()])
        status = 0
        try:
            main()
        except SystemExit as leaving:
            status = leaving.code
        out, err = capsys.readouterr()
        return status, out, err

    return run


@pytest.mark.parametrize("name", DRIVERS)
def test_json_holds_exactly_what_was_promised(typed, name: str) -> None:
    status, out, err = typed(
        f"drive --driver {name} --rules open --other-agents 2 --runs 6 --frames 99 --seed 40 --json"
    )
    given = json.loads(out)
    assert (status, err, out.count("\n")) == (0, "", 1)
    assert list(given) == ["median", "upper_median", "mean", "std", "runs"]
    runs = drive(by_name(name), range(40, 46), other_agents=2, frames=99).tolist()
    assert given["runs"] == runs
    assert given["median"] == pytest.approx(statistics.median(runs))
    assert given["upper_median"] == sorted(runs)[3]
    assert given["mean"] == pytest.approx(statistics.mean(runs))
    assert given["std"] == pytest.approx(statistics.stdev(runs))


def test_without_json_there_is_a_table(typed) -> None:
    _, out, _ = typed("drive --driver left --runs 5 --frames 60 --rules deeptraffic-v2")
    assert "5 runs of 60 frames, one session after run 0\n" in out
    _, out, _ = typed("drive --driver left --runs 5 --frames 60")
    assert out.startswith("left, ruleset open, 0 other agents: 5 runs of 60 frames, seeds from 0\n")
    assert [line.split("  ")[0] for line in out.splitlines()[1:5]] == [
        "median",
        "upper median",
        "mean",
        "std",
    ]


@pytest.mark.parametrize("scores", golden.scores()[:2], ids=lambda scores: scores["policy"])
def test_the_originals_runs_are_driven_in_their_order(typed, scores: dict[str, Any]) -> None:
    name, others = scores["policy"].replace("_", "-"), scores["other_agents"]
    line = f"drive --driver {name} --rules deeptraffic-v2 --other-agents {others} --runs 20 --json"
    assert json.loads(typed(line)[1])["runs"] == scores["scores_in_run_order"][:20]


def test_a_session_may_start_after_a_later_run(typed) -> None:
    line = "drive --driver random --rules deeptraffic-v2 --runs 2 --frames 99 --json --seed 6"
    assert json.loads(typed(line)[1])["runs"] == (
        drive_session(by_name("random"), 2, first=7, frames=99).tolist()
    )


def test_many_runs_are_driven_in_parts_that_change_nothing(
    typed, monkeypatch: pytest.MonkeyPatch
) -> None:
    line = "drive --driver random --runs 5 --frames 60 --json"
    whole = typed(line)
    monkeypatch.setattr(commands, "RUNS_AT_ONCE", 2)
    assert typed(line) == whole


def test_the_last_seeds_there_are_can_be_driven(typed) -> None:
    line = "drive --driver left --runs 2 --frames 2 --json --seed "
    assert typed(line + str(2**64 - 2))[0] == 0
    status, _, err = typed(line + str(2**64 - 1))
    assert status == 2
    assert "seed is 18446744073709551615; it must be 0 to 18446744073709551614" in err


def test_a_single_run_has_no_spread() -> None:
    assert distribution(np.array([50.01])) == (50.01, 50.01, 50.01, 0.0, [50.01])


def test_the_median_of_an_even_number_lies_between_the_middle_two() -> None:
    found = distribution(np.array([51.57, 80.0, 51.56, 0.0]))
    assert (found.median, found.upper_median) == (51.565, 51.57)


@pytest.mark.parametrize(
    ("line", "complaint"),
    [
        ("drive --driver nobody", "drive: there is no driver 'nobody'; there are no-action, "),
        ("drive --driver gap-seeker-51", "drive: threshold is 51; it must be 0 to 50."),
        ("drive --driver left --runs 0", "drive: runs is 0; it must be 1 to 1000000."),
        ("drive --driver left --frames 0", "drive: frames is 0; it must be 1 to "),
        ("drive --driver left --other-agents 11", "drive: other_agents is 11; it must be 0 to 10."),
        ("drive --driver left --seed -1", "drive: seed is -1; it must be 0 to "),
        ("drive --driver left --rules mine", "drive: argument --rules: invalid choice: 'mine'"),
        ("drive --driver left --runs many", "drive: argument --runs: invalid int value: 'many'"),
        ("drive", "drive: the following arguments are required: --driver"),
        ("", "simulator: the following arguments are required: command"),
        ("render --driver left --frame 0 --out a.png", "render: frame is 0; it must be 1 to "),
        ("render --driver left --frame 9 --out a.gif", "render: format is 'gif'; it must be one "),
        ("render --driver left --frame 9 --out a.png --scale 9", "render: scale is 9; it must be "),
        ("render --driver left --frame 9 --out /no/a.png", "render: /no/a.png: No such file or "),
    ],
)
def test_a_wrong_command_is_refused_in_one_line(typed, line: str, complaint: str) -> None:
    status, out, err = typed(line)
    assert (status, out, err.count("\n")) == (2, "", 1)
    assert complaint in err


def test_a_picture_shows_the_road_after_that_many_frames(typed, tmp_path: Path) -> None:
    file = tmp_path / "road.png"
    status, out, _ = typed(
        f"render --driver gap-seeker-10 --other-agents 3 --seed 9 --frame 95 --out {file}"
    )
    seeker = by_name("gap-seeker-10")
    traffic = Traffic(1, view=seeker.view, other_agents=3, frames=95)
    traffic.reset([9])
    while not traffic.finished:
        moment = Moment(traffic.seeds, traffic.frame, traffic.agent)
        traffic.step(seeker.act(traffic.observations, moment))
    assert file.read_bytes() == png(pixels(shapes(scene(traffic, 0))))
    assert (status, f"{traffic.average_mph()[0]:.2f} mph" in out) == (0, True)


def test_a_picture_is_drawn_as_svg_by_name_or_by_format(typed, tmp_path: Path) -> None:
    for name, more in (("road.svg", ""), ("road", "--format svg")):
        file = tmp_path / name
        assert typed(f"render --driver left --frame 9 --no-view --out {file} {more}")[0] == 0
        assert file.read_text().startswith("<svg ")


def test_a_reader_that_has_seen_enough_hears_no_complaint() -> None:
    line = [sys.executable, "-m", "simulator", "drive", "--driver", "left", "--runs", "2"]
    root = Path(__file__).parents[2]
    with subprocess.Popen(
        [*line, "--frames", "2"], stdout=subprocess.PIPE, stderr=subprocess.PIPE, cwd=root
    ) as started:
        started.stdout.close()
        assert started.stderr.read() == b""
    assert started.returncode == 1


def test_it_is_started_by_its_name() -> None:
    line = [sys.executable, "-m", "simulator", "drive", "--driver", "left", "--runs", "x"]
    root = Path(__file__).parents[2]
    ended = subprocess.run(line, capture_output=True, text=True, check=False, cwd=root)
    assert ended.returncode == 2
    assert ended.stderr.startswith("python -m simulator drive: argument --runs")
