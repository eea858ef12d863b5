"""Making a backup while the site runs."""

import os
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from importlib.metadata import version
from pathlib import Path
from typing import Any

from django.conf import settings
from django.db import connection, transaction
from django.utils import timezone

import grader
from leaderboard import guards
from leaderboard.backup import artifacts, facts, postgresql, sqlite
from leaderboard.backup.archive import ARTIFACTS, DATABASES, Writer
from leaderboard.backup.errors import BackupError
from leaderboard.backup.manifest import Manifest


def usual_path() -> Path:
    return settings.DATA / "backups" / f"overtake-{timezone.now():%Y-%m-%d-%H%M%S}.tar"


def make(path: Path) -> Manifest:
    """Write a backup to `path`, which only its owner may read; all of it is there, or nothing.

    The database comes first and the artifacts after it. They are written once, and before the rows
    that refer to them, so that everything the snapshot refers to is there by then. One that is
    removed in between was a checkpoint of a training that has ended meanwhile: restored, that
    training starts again and ends with the same bits.

    Raises:
        BackupError: why there is none.
    """
    if path.exists():
        raise BackupError(f"{path} is there already. Move it away or give another name.")
    root = artifacts.folder()
    path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(prefix=".backup-", dir=path.parent) as folder:
        aside = Path(folder)
        made_at = timezone.now()
        database = aside / DATABASES[connection.vendor]
        known = _dump(database, aside)
        unfinished = aside / "backup.tar"
        with open(unfinished, "xb", opener=_for_the_owner) as file:
            writer = Writer(file)
            with database.open("rb") as dumped:
                writer.add(database.name, dumped, size=database.stat().st_size)
            _add_artifacts(writer, root)
            manifest = Manifest(
                made_at=made_at,
                application=version("overtake"),
                grader=grader.__version__,
                database=connection.vendor,
                members=writer.members,
                **known,
            )
            writer.finish(manifest)
            file.flush()
            os.fsync(file.fileno())
        unfinished.rename(path)
        sqlite.sync(path.parent)
    return manifest


def _dump(into: Path, aside: Path) -> dict[str, Any]:
    """The database in its file, and what is known of that very state of it."""
    if connection.vendor == "postgresql":
        return _dump_postgresql(into)
    copy = aside / "snapshot.sqlite3"
    sqlite.snapshot(copy)
    with sqlite.connected_to(copy):
        known = _known()
    known["database_size"] = copy.stat().st_size
    sqlite.pack(copy, into)
    copy.unlink()
    return known


def _dump_postgresql(into: Path) -> dict[str, Any]:
    postgresql.require_programs("pg_dump")
    with _snapshot() as snapshot:
        known = _known()
        postgresql.dump(into, snapshot=snapshot)
        return {**known, "database_size": postgresql.size()}


@contextmanager
def _snapshot() -> Iterator[str]:
    """A transaction whose view of the database others can share."""
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ, READ ONLY")
        cursor.execute("SELECT pg_export_snapshot()")
        yield cursor.fetchone()[0]


def _known() -> dict[str, Any]:
    facts.require_any()
    return {
        "database_version": ".".join(map(str, connection.get_database_version())),
        "migrations": facts.migrations(),
        "rows": facts.rows(),
        "guards": guards.in_force(),
        "boards": facts.boards(),
    }


def _add_artifacts(writer: Writer, root: Path) -> None:
    for name in artifacts.names(root):
        with suppress(FileNotFoundError), (root / name).open("rb") as file:
            writer.add(ARTIFACTS + name, file, size=os.fstat(file.fileno()).st_size)


def _for_the_owner(path: str, flags: int) -> int:
    """It holds the competitions' keys and password hashes."""
    return os.open(path, flags, 0o600)
