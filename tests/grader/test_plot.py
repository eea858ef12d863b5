"""Pictures of a grade: what is drawn is what the grade holds."""

import struct
import subprocess
import sys

import numpy as np
import pytest
from matplotlib.collections import PathCollection

from grader import plot
from grader.grade import Grade
from grader.grading import grade
from grader.protocol import Protocol
from tests.grader.small import quick

SMALL = ["--runs", "6", "--frames", "300"]


@pytest.fixture(scope="module")
def grades() -> dict[str, Grade]:
    few = {"runs": 6, "frames": 300}
    return {
        "five": grade(quick(), Protocol(trainings=5, **few), "k"),
        "one": grade(quick(), Protocol(trainings=1, runs=300, frames=60), "k"),
        "twenty": grade(quick(), Protocol(trainings=20, **few), "k"),
        # neither a reward nor a loss before it is over
        "short": grade(quick(training_iterations=1), Protocol(trainings=2, **few), "k"),
    }


@pytest.mark.parametrize("name", ["five", "one", "twenty", "short"])
def test_there_is_a_curve_and_a_strip_for_each_training(grades, name):
    graded = grades[name]
    curves, runs, share = plot.figure(graded).axes
    count = len(graded.trainings)
    assert len(curves.lines) == count
    for line, training in zip(curves.lines, graded.trainings, strict=True):
        told = [point for point in training.curve if point.mph is not None]
        assert list(line.get_ydata()) == [point.mph for point in told]
        assert list(line.get_xdata()) == [point.iteration for point in told]
    (epsilon,) = share.lines
    assert list(epsilon.get_ydata()) == [point.epsilon for point in graded.trainings[0].curve]
    dots = [it for it in runs.collections if isinstance(it, PathCollection)]
    *strips, medians = [np.asarray(it.get_offsets()) for it in dots]
    assert [list(strip[:, 1]) for strip in strips] == [list(it.runs) for it in graded.trainings]
    assert list(medians[:, 1]) == [training.median for training in graded.trainings]
    for index, strip in enumerate(strips):
        assert np.abs(strip[:, 0] - (index + 1)).max() <= plot.SWARM


def test_the_band_is_the_interval_and_the_line_the_score(grades):
    graded = grades["five"]
    picture = plot.figure(graded)
    _, runs, _ = picture.axes
    (band,) = runs.patches
    assert (band.get_y(), band.get_y() + band.get_height()) == pytest.approx(graded.score.interval)
    assert list(runs.lines[0].get_ydata()) == [graded.score.score] * 2
    assert f"{graded.score.score:.2f} mph" in picture.get_suptitle()
    assert graded.config.phrase in picture.get_suptitle()


def test_a_driver_has_runs_alone():
    graded = grade(None, Protocol(trainings=2, runs=6, frames=300), "k", driver="random")
    picture = plot.figure(graded, "random")
    (runs,) = picture.axes
    assert len(runs.collections) == 3
    assert picture.get_suptitle().startswith("random\n")


def test_runs_of_one_speed_stand_side_by_side():
    offsets = plot.swarm([50.0] * 5 + [60.0], np.array([49.0, 55.0, 61.0]), most=5)
    assert list(offsets[:5]) == pytest.approx([-0.1, -0.05, 0, 0.05, 0.1])
    assert offsets[5] == 0


@pytest.mark.parametrize(
    ("ending", "begins"), [(".png", b"\x89PNG"), (".svg", b"<?xml"), (".pdf", b"%PDF")]
)
def test_every_kind_of_file_has_the_same_bytes_twice(grades, ending, begins):
    data = plot.draw(grades["five"], ending=ending)
    assert data.startswith(begins)
    assert len(data) > 10_000
    assert plot.draw(grades["five"], ending=ending) == data
    if ending == ".png":
        width, height = struct.unpack(">II", data[16:24])
        assert (width, height) == (round(11 * plot.DPI), round(5.4 * plot.DPI))


def run(*arguments, cwd):
    command = [sys.executable, "-m", "grader", *map(str, arguments)]
    return subprocess.run(
        command, capture_output=True, text=True, cwd=cwd, timeout=120, check=False
    )


@pytest.fixture
def folder(tmp_path, monkeypatch, pytestconfig):
    monkeypatch.setenv("PYTHONPATH", str(pytestconfig.rootpath))
    (tmp_path / "c.json").write_text(quick().canonical())
    (tmp_path / "taken.png").mkdir()
    return tmp_path


def test_the_command_draws_beside_what_it_prints(folder):
    result = run("c.json", *SMALL, "--plot", "out.PNG", "--json", cwd=folder)
    assert result.returncode == 0
    assert (folder / "out.PNG").read_bytes().startswith(b"\x89PNG")
    assert run("--driver", "random", *SMALL, "--plot", "d.svg", cwd=folder).returncode == 0
    assert b"</svg>" in (folder / "d.svg").read_bytes()


@pytest.mark.parametrize(
    ("option", "path", "said"),
    [
        ("--plot", "no/out.png", "cannot write no/out.png: no such file or directory"),
        ("--plot", "out.gif", "must end in .png, .svg, .pdf, not 'out.gif'"),
        ("--plot", "taken.png", "cannot write taken.png: is a directory"),
        ("--bundle", "no/out.zip", "cannot write no/out.zip: no such file or directory"),
    ],
)
def test_what_cannot_be_written_is_said_before_anything_is_trained(folder, option, path, said):
    result = run("c.json", option, path, cwd=folder)
    assert (result.returncode, result.stdout) == (2, "")
    assert result.stderr == f"command line: {option}: {said}\n"  # and no progress
    assert sorted(it.name for it in folder.iterdir()) == ["c.json", "taken.png"]


def test_without_a_picture_matplotlib_is_not_loaded():
    code = (
        "import sys, grader.__main__, grader.commands.verify; sys.exit('matplotlib' in sys.modules)"
    )
    assert subprocess.run([sys.executable, "-c", code], check=False).returncode == 0
