"""Making a backup: for its owner alone, whole or not at all, no password where others look."""

import fcntl
import os
import shutil
import stat
from pathlib import Path

import pytest
from django.contrib.sessions.backends.db import SessionStore
from django.core.cache import cache
from django.db import connection

from leaderboard.backup import making
from leaderboard.backup.archive import Archive
from leaderboard.backup.errors import BackupError
from tests.leaderboard.backup.conftest import Place
from tests.leaderboard.makers import make_user

pytestmark = pytest.mark.django_db(transaction=True)


def program(folder: Path, name: str, script: str) -> None:
    folder.mkdir(exist_ok=True)
    (folder / name).write_text(f"#!/bin/sh\n{script}\n")
    (folder / name).chmod(0o755)


@pytest.mark.both_databases
def test_only_its_owner_may_read_it_and_nothing_else_is_left(artifacts, tmp_path):
    path = tmp_path / "backups" / "saved.tar"
    making.make(path)
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    assert stat.S_IMODE(path.parent.stat().st_mode) == 0o700
    assert list(path.parent.iterdir()) == [path]
    with Archive.open(path) as archive:
        assert archive.artifacts == ["empty", "weights/Größe 1.bin"]


@pytest.mark.both_databases
def test_a_file_that_is_there_already_is_kept(artifacts, tmp_path):
    path = tmp_path / "saved.tar"
    path.write_text("something dear")
    with pytest.raises(BackupError, match="is there already"):
        making.make(path)
    assert path.read_text() == "something dear"


@pytest.mark.both_databases
def test_a_session_is_in_no_backup_nor_are_the_login_limits(artifacts, places, tmp_path):
    make_user("Alice")
    session = SessionStore()
    session.create()
    cache.set("limit", "of somebody", timeout=None)
    making.make(tmp_path / "saved.tar")
    place = places()
    place.done("restore", tmp_path / "saved.tar")
    assert place.ask("SELECT count(*) FROM django_session") == [(0,)]
    assert place.ask("SELECT count(*) FROM cache") == [(0,)]
    assert place.ask("SELECT username FROM leaderboard_user") == [("alice",)]
    if place.url is None:  # deleted rows would still be readable in the file
        assert session.session_key.encode() not in place.sqlite.read_bytes()
    assert SessionStore().exists(session.session_key)


@pytest.mark.both_databases
def test_an_empty_database_is_no_backup(places):
    place = places()
    line = place.refused("backup")
    assert "There is nothing to back up" in line
    assert "OVERTAKE_DATA" in line


def test_where_nothing_is_named_it_goes_into_the_data_folder_by_its_time(places):
    place = places("sqlite")
    place.done("migrate", "-v0")
    said = place.done("backup")
    (path,) = (place.folder / "backups").iterdir()
    assert f"{path} made" in said
    assert path.name.startswith("overtake-20")
    assert f"{path} is whole" in place.done("backup", "--verify", path)
    assert "Name the backup to check" in place.refused("backup", "--verify")


def test_the_password_is_in_no_command_line(artifacts, tmp_path, monkeypatch):
    real, seen = shutil.which("pg_dump"), tmp_path / "seen"
    program(tmp_path / "bin", "pg_dump", f'echo "$0 $@" >>{seen}\nexec {real} "$@"')
    monkeypatch.setenv("PATH", f"{tmp_path / 'bin'}:{os.environ['PATH']}")
    making.make(tmp_path / "saved.tar")
    password = connection.settings_dict["PASSWORD"]
    assert "--format=custom" in seen.read_text()
    assert password
    assert password not in seen.read_text()


def test_without_pg_dump_it_says_what_to_install(artifacts, tmp_path, monkeypatch):
    monkeypatch.setenv("PATH", str(tmp_path))
    major = connection.get_database_version()[0]
    with pytest.raises(BackupError, match=rf"pg_dump is not installed.*client-{major}"):
        making.make(tmp_path / "saved.tar")
    assert not (tmp_path / "saved.tar").exists()


def test_a_pg_dump_older_than_the_server_is_told_by_both_versions(artifacts, tmp_path, monkeypatch):
    program(tmp_path / "bin", "pg_dump", "echo 'pg_dump (PostgreSQL) 9.6.24'")
    monkeypatch.setenv("PATH", f"{tmp_path / 'bin'}:{os.environ['PATH']}")
    major = connection.get_database_version()[0]
    with pytest.raises(BackupError, match=rf"pg_dump here is of version 9, the server of {major}"):
        making.make(tmp_path / "saved.tar")


def test_a_pg_dump_that_fails_leaves_no_file_and_says_why(artifacts, tmp_path, monkeypatch):
    real = shutil.which("pg_dump")
    script = (
        f'case "$1" in --version) exec {real} "$@";; esac\necho "pg_dump: error: no" >&2; exit 3'
    )
    program(tmp_path / "bin", "pg_dump", script)
    monkeypatch.setenv("PATH", f"{tmp_path / 'bin'}:{os.environ['PATH']}")
    with pytest.raises(BackupError, match="pg_dump ended with 3: pg_dump: error: no"):
        making.make(tmp_path / "saved.tar")
    assert not (tmp_path / "saved.tar").exists()
    assert not list(tmp_path.glob(".backup-*"))


def test_a_running_embedded_site_is_backed_up_and_never_restored_into(places):
    place = places("sqlite")
    place.done("migrate", "-v0")
    running = Place(place.folder)
    with (place.folder / "serve.lock").open("w") as lock:  # as `manage.py serve` holds it
        fcntl.flock(lock, fcntl.LOCK_EX)
        place.done("backup", place.folder / "saved.tar")
        line = running.refused("restore", place.folder / "saved.tar")
    assert "already running on the data in" in line
    assert "Stop it first" in line
