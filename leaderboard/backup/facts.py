"""What a database holds, in figures: asked of the snapshot, and asked again of what is restored."""

from datetime import datetime

from django.apps import apps
from django.db import connection
from django.db.migrations.recorder import MigrationRecorder

from leaderboard.backup.errors import BackupError
from leaderboard.models import Competition
from leaderboard.ranking import places
from leaderboard.standings import board_hash

PASSING = ("django_session", "cache")
"""Left out of a backup. Whoever has the file could take over a session, and the cache holds login
limits and signs of life of that moment."""


def migrations() -> list[tuple[str, str]]:
    return sorted(MigrationRecorder(connection).applied_migrations())


def rows() -> dict[str, int]:
    """How many each of our tables has; without those that migrations not run yet will make."""
    there = set(connection.introspection.table_names())
    ours = {model._meta.db_table for model in apps.get_models(include_auto_created=True)}  # noqa: SLF001
    return {table: count(table) for table in sorted(ours & there - {*PASSING})}


def count(table: str) -> int:
    with connection.cursor() as cursor:
        cursor.execute(f"SELECT count(*) FROM {connection.ops.quote_name(table)}")  # noqa: S608
        return int(cursor.fetchone()[0])


def boards(moment: datetime) -> dict[str, str]:
    """Who stood where, by competition.

    Only what every version of the schema has is asked for: a backup is made before an update too.
    """
    known = Competition.objects.order_by("slug").values_list("pk", "slug")
    return {slug: board_hash(places(Competition(pk=pk), moment=moment)) for pk, slug in known}


def require_any() -> None:
    """Refuse what no migration has ever touched: an empty backup would look like a good one."""
    if not MigrationRecorder(connection).has_table():
        name = connection.settings_dict["NAME"]
        raise BackupError(
            f"There is nothing to back up: {name} holds no tables of Overtake. Look at "
            "OVERTAKE_DATA and DATABASE_URL; they name the data to save."
        )
