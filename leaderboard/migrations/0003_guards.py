"""Guards in the database itself: ends that never change, submissions that never change.

Code checks all of this first; the triggers are for the code, the shell or the hand that forgets.
SQLite drops a table's triggers when a later migration rebuilds the table: such a migration has to
create them again (a test counts them).
"""

from django.db import migrations

FINAL = "('succeeded', 'failed', 'cancelled')"
GUARDS = {
    # name: (table, when a row may not change like this, what is said)
    "evaluation_end_is_the_end": (
        "leaderboard_evaluation",
        f"OLD.status IN {FINAL} AND NEW.status <> OLD.status",
        "the status of a finished evaluation never changes",
    ),
    "evaluation_score_stays": (
        "leaderboard_evaluation",
        "OLD.score IS NOT NULL AND NEW.score <> OLD.score",
        "the score of an evaluation never changes",
    ),
    "training_end_is_the_end": (
        "leaderboard_training",
        f"OLD.status IN {FINAL} AND NEW.status <> OLD.status",
        "the status of a finished training never changes",
    ),
    "training_fence_grows": (
        "leaderboard_training",
        "NEW.fence < OLD.fence"
        " OR (OLD.status = 'queued' AND NEW.status = 'running' AND NEW.fence = OLD.fence)",
        "every claim of a training raises its fence",
    ),
    "submission_never_changes": (
        "leaderboard_submission",
        "NEW.source <> OLD.source OR NEW.config_hash <> OLD.config_hash"
        " OR NEW.phrase <> OLD.phrase OR CAST(NEW.config AS TEXT) <> CAST(OLD.config AS TEXT)"
        " OR NEW.participant_id <> OLD.participant_id OR NEW.competition_id <> OLD.competition_id",
        "a submission never changes",
    ),
}


def create(apps, schema_editor):
    for name, (table, condition, words) in GUARDS.items():
        if schema_editor.connection.vendor == "postgresql":
            schema_editor.execute(
                f"CREATE FUNCTION {name}() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN"
                f" RAISE EXCEPTION '{words}' USING ERRCODE = 'check_violation'; END $$"
            )
            schema_editor.execute(
                f"CREATE TRIGGER {name} BEFORE UPDATE ON {table} FOR EACH ROW"
                f" WHEN ({condition}) EXECUTE FUNCTION {name}()"
            )
        else:
            schema_editor.execute(
                f"CREATE TRIGGER {name} BEFORE UPDATE ON {table} FOR EACH ROW WHEN {condition}"
                f" BEGIN SELECT RAISE(ABORT, '{words}'); END"
            )


def drop(apps, schema_editor):
    for name, (table, _, _) in GUARDS.items():
        if schema_editor.connection.vendor == "postgresql":
            schema_editor.execute(f"DROP TRIGGER {name} ON {table}")
            schema_editor.execute(f"DROP FUNCTION {name}()")
        else:
            schema_editor.execute(f"DROP TRIGGER {name}")


class Migration(migrations.Migration):
    dependencies = [("leaderboard", "0002_cache_table")]
    operations = [migrations.RunPython(create, drop)]
