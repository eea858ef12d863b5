"""SQLite: a snapshot of a database in use, and a restored one put in the place of another."""

import gzip
import os
import shutil
import sqlite3
import zlib
from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path
from typing import IO

from django.db import connection, connections

from leaderboard.backup.errors import BackupError
from leaderboard.backup.facts import PASSING

_WAIT = 20.0  # [s] for a lock, as long as the site itself waits
_SUFFIXES = ("-wal", "-shm", "-journal")
_FASTEST = 1  # gzip's level: a third of the time for a tenth more bytes


def snapshot(into: Path) -> None:
    """Copy all of the database as it is at one moment, while others go on writing.

    VACUUM INTO reads in one transaction. The backup API would start again whenever somebody writes
    between two of its steps, and would copy what was deleted but not overwritten.
    """
    path = Path(connection.settings_dict["NAME"])
    if not path.exists():
        raise BackupError(
            f"There is nothing to back up: {path} is not there. Look at OVERTAKE_DATA."
        )
    with closing(sqlite3.connect(path, timeout=_WAIT, isolation_level=None)) as database:
        database.execute("VACUUM INTO ?", (str(into),))
    into.chmod(0o600)
    with closing(sqlite3.connect(into, isolation_level=None)) as copy:
        # what is deleted is overwritten too: a session's key must not be readable in the file
        copy.execute("PRAGMA secure_delete=ON")
        tables = {name for (name,) in copy.execute("SELECT name FROM sqlite_master")}
        for table in tables.intersection(PASSING):
            copy.execute(f'DELETE FROM "{table}"')  # noqa: S608  # names of ours


def pack(database: Path, into: Path) -> None:
    with database.open("rb") as file, gzip.open(into, "wb", compresslevel=_FASTEST) as packed:
        shutil.copyfileobj(file, packed, 1024 * 1024)


def unpack(packed: IO[bytes], into: Path, *, size: int) -> None:
    """Write the database out, and never more than it is said to have."""
    left = size
    with gzip.open(packed, "rb") as file, into.open("xb") as database:
        into.chmod(0o600)
        try:
            while chunk := file.read(min(1024 * 1024, left + 1)):
                left -= len(chunk)
                if left < 0:
                    break
                database.write(chunk)
        except (gzip.BadGzipFile, EOFError, zlib.error) as error:
            raise BackupError(f"The backup's database cannot be unpacked: {error}.") from error
    if left:
        raise BackupError(f"The backup's database is not the {size} bytes that it is said to be.")


@contextmanager
def connected_to(path: Path) -> Iterator[None]:
    """Let Django's connection of this thread be to another file: models and migrations follow."""
    wrapper = connections["default"]
    usual = wrapper.settings_dict
    wrapper.close()
    wrapper.settings_dict = {**usual, "NAME": str(path)}
    try:
        yield
    finally:
        wrapper.close()
        wrapper.settings_dict = usual


def require_whole(path: Path) -> None:
    try:
        with closing(sqlite3.connect(path)) as database:
            (said,) = database.execute("PRAGMA integrity_check(1)").fetchone()
    except sqlite3.DatabaseError as error:
        said = str(error)
    if said != "ok":
        raise BackupError(f"The backup's database is not sound: {said}.")


def require_unused(path: Path) -> None:
    """Refuse while another process has the database open; afterwards its log is part of it.

    SQLite leaves the mode with a log of its own only for the last connection there is.
    """
    if not path.exists():
        return
    try:
        with closing(sqlite3.connect(path, timeout=1)) as database:
            database.execute("PRAGMA journal_mode=DELETE")
    except sqlite3.OperationalError as error:
        raise BackupError(
            f"Something else has {path} open ({error}). Stop what uses it, then type this again."
        ) from error
    except sqlite3.DatabaseError:
        return  # no database any more: a reason to restore one


def put_in_place(database: Path, path: Path) -> None:
    """One rename, before which everything is as it was, and after which it is as restored."""
    with closing(sqlite3.connect(database)) as finished:
        finished.execute("PRAGMA journal_mode=DELETE")  # all of it in the one file
    for suffix in _SUFFIXES:  # a log of the old database would be replayed into the new one
        path.with_name(path.name + suffix).unlink(missing_ok=True)
    sync(database)
    database.replace(path)
    sync(path.parent)


def sync(path: Path) -> None:
    """Have a file's bytes, or a folder's names, on the disk before anything relies on them."""
    handle = os.open(path, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)
