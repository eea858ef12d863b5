"""Is a restored database what was saved, and does it still guard itself?"""

import sys

from django.db import DatabaseError, connection
from django.db.migrations.loader import MigrationLoader

from leaderboard.backup import facts
from leaderboard.backup.errors import BackupError
from leaderboard.backup.manifest import Manifest


def require_known_migrations(manifest: Manifest) -> None:
    """Refuse a database of newer code: its tables are not the ones that this code knows."""
    loader = MigrationLoader(connection=None)
    known = {*loader.disk_migrations}
    known |= {it for found in loader.disk_migrations.values() for it in found.replaces}
    if unknown := sorted(set(manifest.migrations) - known):
        app, name = unknown[-1]
        raise BackupError(
            f"The backup was made by newer code (Overtake {manifest.application}): its database "
            f"has had migration {app}.{name}, which is not here. Update the code, then restore."
        )


def require_rows(manifest: Manifest) -> None:
    """Counted before any migration, which may make and move rows."""
    for table, wanted in manifest.rows.items():
        if (found := facts.count(table)) != wanted:
            raise BackupError(f"{table} has {found} rows after the restore, not {wanted}.")


def require_guards() -> int:
    """Every trigger that a migration made is there, and every row refers to one that is."""
    wanted = guards()
    query = {
        "sqlite": "SELECT name FROM sqlite_master WHERE type = 'trigger'",
        "postgresql": "SELECT tgname FROM pg_trigger WHERE NOT tgisinternal AND tgenabled = 'O'",
    }
    with connection.cursor() as cursor:
        cursor.execute(query[connection.vendor])
        there = {name for (name,) in cursor.fetchall()}
    if lacking := sorted(wanted - there):
        raise BackupError(f"The restored database lacks its guards: {', '.join(lacking)}.")
    try:
        connection.check_constraints()
    except DatabaseError as error:
        raise BackupError(f"A restored row refers to one that is not there: {error}.") from error
    return len(wanted)


def guards() -> set[str]:
    """The names of all triggers, as the migrations have them."""
    modules = {type(it).__module__ for it in MigrationLoader(None).disk_migrations.values()}
    return {name for module in modules for name in getattr(sys.modules[module], "GUARDS", {})}


def require_boards(manifest: Manifest) -> None:
    """Everyone stands where they stood."""
    found = facts.boards(manifest.made_at)
    for slug, wanted in manifest.boards.items():
        if found.get(slug) != wanted:
            raise BackupError(f"The board of {slug!r} is not the one that was saved.")
