"""Restoring a backup: everything is looked at before anything is touched."""

import shutil
import tempfile
from collections.abc import Callable
from contextlib import ExitStack
from pathlib import Path

from django.conf import settings
from django.core.management import call_command
from django.db import connection, connections

from leaderboard.backup import artifacts, postgresql, soundness, sqlite, target
from leaderboard.backup.archive import Archive
from leaderboard.backup.artifacts import Staged
from leaderboard.backup.errors import BackupError
from leaderboard.backup.manifest import Manifest
from leaderboard.embedded import only_one_here


def restore(path: Path, *, may_replace: Callable[[list[str]], bool]) -> Manifest:
    """Put a backup in the place of what is there.

    Args:
        path: The backup.
        may_replace: Asked with what is there, in words, when that is not nothing.

    Raises:
        BackupError: why not. Then the old state is as it was, unless it says otherwise.
    """
    with Archive.open(path) as archive, ExitStack() as stack:
        _require_fitting(archive.manifest)
        if connection.vendor == "sqlite":
            # held until the end, so that nobody starts a site in the middle of it
            stack.enter_context(only_one_here())
        _require_free_target(may_replace)
        _require_space(archive.manifest)
        aside = Path(
            stack.enter_context(tempfile.TemporaryDirectory(prefix=".restore-", dir=_beside()))
        )
        staged = stack.enter_context(artifacts.staged(archive, artifacts.folder()))
        if connection.vendor == "sqlite":
            _restore_sqlite(archive, aside, staged)
        else:
            _restore_postgresql(archive, aside, staged)
        _require_artifacts(archive)
        return archive.manifest


def _restore_sqlite(archive: Archive, aside: Path, staged: Staged) -> None:
    """Built, migrated and looked at aside; then one rename."""
    database = aside / "restored.sqlite3"
    with archive.read(archive.database) as packed:
        sqlite.unpack(packed, database, size=archive.manifest.database_size)
    sqlite.require_whole(database)
    with sqlite.connected_to(database):
        _check_and_migrate(archive.manifest)
    _swap(staged, lambda: sqlite.put_in_place(database, Path(connection.settings_dict["NAME"])))


def _restore_postgresql(archive: Archive, aside: Path, staged: Staged) -> None:
    """In one transaction of psql's, then migrated by ours and looked at."""
    dump = aside / archive.database
    with archive.read(archive.database) as packed, dump.open("xb") as file:
        shutil.copyfileobj(packed, file, 1024 * 1024)
    _swap(staged, lambda: postgresql.put_in_place(dump, aside, rows=archive.manifest.rows))
    try:
        _check_and_migrate(archive.manifest)
    except Exception as error:
        raise BackupError(
            f"The backup is in place, but not sound or not up to date: {error} Look into it before "
            "the site is started; a migration is tried again by: python manage.py migrate"
        ) from error


def _swap(staged: Staged, put_in_place: Callable[[], None]) -> None:
    staged.add()
    try:
        put_in_place()
    except BaseException:
        staged.take_back()
        raise
    staged.replace()


def _check_and_migrate(manifest: Manifest) -> None:
    soundness.require_same(manifest)
    call_command("migrate", interactive=False, verbosity=0)
    soundness.require_guards()


def _require_fitting(manifest: Manifest) -> None:
    if manifest.database != connection.vendor:
        raise BackupError(
            f"The backup is of {manifest.database}, this site runs on {connection.vendor}. A "
            "backup goes back into the kind of database that it came from; see DATABASE_URL."
        )
    soundness.require_known_migrations(manifest)


def _require_free_target(may_replace: Callable[[list[str]], bool]) -> None:
    if connection.vendor == "postgresql":
        postgresql.require_programs("pg_restore", "psql")
    found = target.contents()
    if found and not may_replace(found):
        raise BackupError("Not confirmed: nothing was restored.")
    if connection.vendor == "postgresql":
        postgresql.require_unused()
    else:
        connections["default"].close()
        sqlite.require_unused(Path(connection.settings_dict["NAME"]))


def _require_space(manifest: Manifest) -> None:
    """Room for all of it beside the old."""
    needed = manifest.database_size + sum(member.size for member in manifest.members.values())
    if needed > (free := shutil.disk_usage(_beside()).free):
        raise BackupError(
            f"Restoring needs {needed // 1_000_000 + 1} MB in {_beside()}, where "
            f"{free // 1_000_000} MB are free."
        )


def _beside() -> Path:
    """A folder from which a rename leads to the database's place."""
    if connection.vendor == "sqlite":
        return Path(connection.settings_dict["NAME"]).parent
    return settings.DATA


def _require_artifacts(archive: Archive) -> None:
    there = set(artifacts.names(artifacts.folder()))
    if lacking := sorted(set(archive.artifacts) - there):
        raise BackupError(f"An artifact is not there after the restore: {lacking[0]}.")
