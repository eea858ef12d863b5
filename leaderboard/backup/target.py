"""Where a backup is to go: what is there already, and who is using it."""

from pathlib import Path

from django.db import DatabaseError, connection

from leaderboard.backup import artifacts, facts

_MADE_BY_MIGRATIONS = {"django_migrations", "django_content_type", "auth_permission"}


def database_name() -> str:
    """What it is called, short enough to be typed."""
    return Path(connection.settings_dict["NAME"]).name


def contents() -> list[str]:
    """In words what would be lost; nothing for an empty or a freshly migrated database."""
    found = _rows()
    if files := len(artifacts.names(artifacts.folder())):
        found.append(f"{files} artifact{'s' if files > 1 else ''}")
    return found


def _rows() -> list[str]:
    path = Path(connection.settings_dict["NAME"])
    if connection.vendor == "sqlite" and not path.exists():
        return []  # asking would make it
    try:
        tables = sorted({*connection.introspection.table_names()} - _MADE_BY_MIGRATIONS)
        counts = {it: facts.count(it) for it in tables if it not in facts.PASSING}
    except DatabaseError as error:
        return [f"something unreadable ({error})"]
    return [f"{count} in {table}" for table, count in counts.items() if count]
