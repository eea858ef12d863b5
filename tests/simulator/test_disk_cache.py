"""Compiled code is kept in a folder that belongs to one state of the sources."""

import os
import subprocess
import sys
from pathlib import Path

import numba
import pytest

from simulator import __main__, disk_cache
from simulator.disk_cache import VARIABLE, source_key, use_disk_cache


@pytest.fixture
def room(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A room with one module, and numba's setting put back afterwards."""
    monkeypatch.setattr(numba.config, "CACHE_DIR", numba.config.CACHE_DIR)
    monkeypatch.delenv(VARIABLE, raising=False)
    room = tmp_path / "room"
    room.mkdir()
    (room / "kernel.py").write_text("SPEED = 1\n")
    return room


def test_a_change_anywhere_in_the_sources_gets_another_folder(room: Path) -> None:
    first = source_key(room)
    assert source_key(room) == first
    (room / "kernel.py").write_text("SPEED = 2\n")
    second = source_key(room)
    (room / "kernel.py").rename(room / "frame.py")
    third = source_key(room)
    assert len({first, second, third}) == 3


def test_a_second_room_makes_a_folder_of_both(room: Path, tmp_path: Path) -> None:
    other = tmp_path / "other"
    other.mkdir()
    (other / "loop.py").write_text("PACE = 1\n")
    assert len({source_key(room), source_key(other), source_key(room, other)}) == 3


def test_the_folder_is_made_and_told_to_numba(room: Path) -> None:
    folder = use_disk_cache(room)
    assert folder.is_dir()
    assert folder.name == source_key(room)
    assert os.environ[VARIABLE] == str(folder)
    folder.rmdir()


def test_a_folder_chosen_by_the_caller_is_left_alone(
    room: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv(VARIABLE, str(tmp_path))
    assert use_disk_cache(room) == tmp_path
    assert os.environ[VARIABLE] == str(tmp_path)


def test_a_folder_inherited_from_older_sources_is_replaced(room: Path) -> None:
    old = use_disk_cache(room)
    (room / "kernel.py").write_text("SPEED = 3\n")
    new = use_disk_cache(room)
    assert old != new
    old.rmdir()
    new.rmdir()


def test_where_nothing_can_be_written_a_folder_of_its_own_is_used(
    room: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "file").write_text("not a folder")
    monkeypatch.setattr(disk_cache, "_roots", lambda: [tmp_path / "file" / "numba"])
    folder = use_disk_cache(room)
    assert folder.is_dir()
    assert folder.stat().st_mode & 0o077 == 0
    folder.rmdir()


def test_warming_says_what_it_did_in_one_line(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr("sys.argv", ["simulator", "warm"])
    __main__.main()
    assert capsys.readouterr().out.count("\n") == 1


def test_warming_leaves_nothing_to_be_compiled() -> None:
    # In a process of its own: here other tests have compiled what they needed.
    ended = subprocess.run(
        [sys.executable, "-m", "tests.simulator.warmed"],
        check=False,
        capture_output=True,
        text=True,
        cwd=Path(__file__).parents[2],
    )
    assert ended.stderr == ""
    assert ended.stdout.splitlines()[1:] == ["nothing was compiled"]


def test_the_drivers_and_the_speed_are_measured_on_demand(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    for command in ("drivers", "speed"):
        monkeypatch.setattr("sys.argv", ["simulator", command, "--runs", "2", "--frames", "60"])
        __main__.main()
    printed = capsys.readouterr().out
    assert "gap-seeker-10" in printed
    assert "million frames/s" in printed
