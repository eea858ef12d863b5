"""What the doctor looks at in the database: its version, its guards, its clock, what is stuck."""

from datetime import timedelta

from django.db import connection
from django.db.migrations.executor import MigrationExecutor
from django.db.models.functions import Now
from django.utils import timezone

from leaderboard import guards as guards_of_code
from leaderboard.dispatcher import LONGEST_QUIET
from leaderboard.doctor.finding import Finding, ok, warning, wrong
from leaderboard.models import Evaluation, Status, Training
from leaderboard.quota import mismatches

NEAR, FAR = 2.0, 30.0
"""Difference of two clocks [s]: above the first is a warning, above the second things go wrong."""
LONG = timedelta(hours=1)
"""An evaluation that is unfinished for longer is worth a look; most sites grade in minutes."""
NAMED = 5
"""Evaluations named in one line [1]."""


def migrations() -> Finding:
    executor = MigrationExecutor(connection)
    loader = executor.loader
    if missing := executor.migration_plan(loader.graph.leaf_nodes()):
        names = [f"{migration.app_label}.{migration.name}" for migration, _ in missing]
        return wrong(f"Not applied: {', '.join(names[:NAMED])}.", "Run manage.py migrate.")
    newer = sorted(
        name
        for app, name in set(loader.applied_migrations) - set(loader.disk_migrations)
        if app == "leaderboard" and (app, name) not in loader.replacements
    )
    if newer:
        return wrong(
            f"The database has {', '.join(newer)}, which this code does not know.",
            "Start the version that was here last, or a newer one.",
        )
    return ok("all applied")


def guards() -> Finding:
    """Triggers get lost with a table that SQLite rebuilds, or a dump that is restored in parts."""
    wanted = guards_of_code.wanted()
    if missing := sorted(wanted - {*guards_of_code.in_force()}):
        return wrong(
            f"Missing or switched off: {', '.join(missing)}. Ends and scores could be changed.",
            "Restore the database whole, or create them as migration 0003 does.",
        )
    return ok(f"{len(wanted)} triggers guard ends, scores and fences")


def clock() -> Finding:
    if connection.vendor != "postgresql":
        return ok("the database is a file here: there is one clock")
    before = timezone.now()
    with connection.cursor() as cursor:
        cursor.execute("SELECT clock_timestamp()")
        (theirs,) = cursor.fetchone()
    took = timezone.now() - before
    apart = abs((theirs - before - took / 2).total_seconds())
    words = f"this machine and the database are {apart:.1f} s apart"
    remedy = "Let both machines set their clocks by NTP."
    if apart > FAR:
        return wrong(f"{words}: deadlines and signs of life are misjudged.", remedy)
    return warning(f"{words}.", remedy) if apart > NEAR else ok(words)


def stuck() -> Finding:
    """What a dead worker left behind is back in line at the dispatcher's next round."""
    late = Training.objects.filter(status=Status.RUNNING, lease_until__lt=Now())
    evaluations = sorted(set(late.values_list("evaluation_id", flat=True)))
    if not evaluations:
        return ok("no training is held by a lease that ran out")
    named = ", ".join(map(str, evaluations[:NAMED]))
    words = f"Leases ran out in {len(evaluations)} evaluations ({named}"
    words += ", ...)" if len(evaluations) > NAMED else ")"
    remedy = "See that the dispatcher runs: it puts them back in line."
    if late.filter(lease_until__lt=Now() - timedelta(seconds=LONGEST_QUIET)).exists():
        return wrong(f"{words}, and nobody put them back in line.", remedy)
    return warning(f"{words} just now.", remedy)


def oldest() -> Finding:
    first = Evaluation.objects.unfinished().order_by("created_at", "pk").first()
    if first is None:
        return ok("nothing waits")
    age = timezone.now() - first.created_at
    words = f"evaluation {first.pk}, {first.status}, is {_spelled(age)} old"
    if age > LONG:
        return warning(
            f"The oldest unfinished, {words}.",
            "If workers are at work, the line is long: start more of them. Else see above.",
        )
    return ok(f"the oldest, {words}")


def _spelled(age: timedelta) -> str:
    minutes = int(age.total_seconds() // 60)
    return f"{minutes} min" if minutes < 120 else f"{minutes // 60} h"  # noqa: PLR2004


def charges() -> Finding:
    """Every submission is charged once; more or fewer is no fault of a participant."""
    wrongly = mismatches().order_by("pk").values_list("pk", flat=True)
    if found := list(wrongly[: NAMED + 1]):
        named = ", ".join(map(str, found[:NAMED])) + (" and more" if len(found) > NAMED else "")
        return wrong(
            f"Submissions without exactly one charge in the quota: {named}.",
            "See docs/operating.md, Quota, for the command that charges them.",
        )
    return ok("every submission is charged exactly once")
