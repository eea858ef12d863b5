"""Is a restored database what was saved, and does it still guard itself?"""

from django.db import DatabaseError, connection
from django.db.migrations.loader import MigrationLoader

from leaderboard import guards
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


def require_same(manifest: Manifest) -> None:
    """What was saved is there. Asked before any migration, which may change all of it."""
    for table, wanted in manifest.rows.items():
        if (found := facts.count(table)) != wanted:
            raise BackupError(f"{table} has {found} rows after the restore, not {wanted}.")
    if guards.in_force() != manifest.guards:
        raise BackupError(
            f"The database's guards after the restore are {', '.join(guards.in_force())}, not "
            f"{', '.join(manifest.guards)}."
        )
    if (boards := facts.boards()) != manifest.boards:
        changed = sorted({slug for slug, _ in boards.items() ^ manifest.boards.items()})
        raise BackupError(f"After the restore, scores of {', '.join(changed)} are not as saved.")


def require_guards() -> None:
    """Every trigger that this code counts on is there, and every row refers to one that is."""
    if lacking := sorted(guards.wanted() - {*guards.in_force()}):
        raise BackupError(f"The restored database lacks its guards: {', '.join(lacking)}.")
    try:
        connection.check_constraints()
    except DatabaseError as error:
        raise BackupError(f"A restored row refers to one that is not there: {error}.") from error
