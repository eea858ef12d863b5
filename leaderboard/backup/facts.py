"""What a database holds, in figures: asked of the snapshot, and asked again of what is restored."""

import hashlib

from django.apps import apps
from django.db import connection
from django.db.migrations.recorder import MigrationRecorder

from leaderboard.backup.errors import BackupError
from leaderboard.models import Competition, Evaluation

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


def boards() -> dict[str, str]:
    """By competition, a hash of all that its boards follow from: whose score counts since when.

    Only columns that there always were are asked for, since a backup is also made between an update
    of the code and its migrations. The boards themselves are a function of these.
    """
    hashes = {slug: hashlib.sha256() for slug in Competition.objects.values_list("slug", flat=True)}
    counting = Evaluation.objects.filter(applied_at__isnull=False).order_by("pk")
    fields = (
        *("competition__slug", "pk", "baseline", "submission", "submission__participant"),
        *("submission__created_at", "submission__withdrawn_at", "score", "applied_at"),
    )
    for slug, *row in counting.values_list(*fields).iterator():
        hashes[slug].update(f"{' '.join(map(str, row))}\n".encode())
    return {slug: found.hexdigest() for slug, found in sorted(hashes.items())}


def require_any() -> None:
    """Refuse what no migration has ever touched: an empty backup would look like a good one."""
    if not MigrationRecorder(connection).has_table():
        name = connection.settings_dict["NAME"]
        raise BackupError(
            f"There is nothing to back up: {name} holds no tables of Overtake. Look at "
            "OVERTAKE_DATA and DATABASE_URL; they name the data to save."
        )
