"""The triggers that keep ends, scores, fences and submissions: which there should be, which are."""

import sys

from django.db import connection
from django.db.migrations.loader import MigrationLoader

_IN_FORCE = {
    "sqlite": "SELECT name FROM sqlite_master WHERE type = 'trigger'",
    "postgresql": "SELECT tgname FROM pg_trigger WHERE NOT tgisinternal AND tgenabled = 'O'",
}


def wanted() -> set[str]:
    """The names that migrations list as GUARDS."""
    modules = {type(it).__module__ for it in MigrationLoader(None).disk_migrations.values()}
    return {name for module in modules for name in getattr(sys.modules[module], "GUARDS", {})}


def in_force() -> list[str]:
    """The names of those in the database that are not switched off."""
    with connection.cursor() as cursor:
        cursor.execute(_IN_FORCE[connection.vendor])
        return sorted(name for (name,) in cursor.fetchall())
