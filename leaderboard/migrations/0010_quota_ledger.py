"""The ledger of the quota, filled from what was handed in before there was one.

Both statements copy within the database, so that it matters little how many rows there are. The
table is new: no other is rebuilt, and no trigger of another gets lost.
"""

import django.db.models.deletion
import django.utils.timezone
from django.conf import settings
from django.db import migrations, models

TABLE = "leaderboard_quotaentry"
COLUMNS = "participant_id, competition_id, submission_id, kind, amount, at, reason"
CHARGES = (
    f"INSERT INTO {TABLE} ({COLUMNS})"
    " SELECT participant_id, competition_id, id, 'used', -1, created_at, ''"
    " FROM leaderboard_submission ORDER BY id"
)
# a rerun that failed gives nothing back: it has cost nothing
REFUNDS = (
    f"INSERT INTO {TABLE} ({COLUMNS})"
    " SELECT s.participant_id, s.competition_id, s.id, 'refunded', 1, e.finished_at,"
    " 'The site failed at it: evaluation ' || e.id"
    " FROM leaderboard_evaluation e JOIN leaderboard_submission s ON s.id = e.submission_id"
    " WHERE e.status = 'failed' AND e.failure = 'infrastructure' AND NOT EXISTS"
    " (SELECT 1 FROM leaderboard_evaluation f WHERE f.submission_id = s.id AND f.id < e.id)"
    " ORDER BY s.id"
)
GUARDS = {
    "quota_entry_never_changes": ("UPDATE", "a quota entry never changes"),
    "quota_entry_never_goes": ("DELETE", "a quota entry never goes"),
}


def fill(apps, schema_editor):
    schema_editor.execute(CHARGES)
    schema_editor.execute(REFUNDS)


def guard(apps, schema_editor):
    for name, (verb, words) in GUARDS.items():
        if schema_editor.connection.vendor == "postgresql":
            schema_editor.execute(
                f"CREATE FUNCTION {name}() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN"
                f" RAISE EXCEPTION '{words}' USING ERRCODE = 'check_violation'; END $$"
            )
            schema_editor.execute(
                f"CREATE TRIGGER {name} BEFORE {verb} ON {TABLE}"
                f" FOR EACH ROW EXECUTE FUNCTION {name}()"
            )
        else:
            schema_editor.execute(
                f"CREATE TRIGGER {name} BEFORE {verb} ON {TABLE} FOR EACH ROW"
                f" BEGIN SELECT RAISE(ABORT, '{words}'); END"
            )


def unguard(apps, schema_editor):
    for name in GUARDS:
        if schema_editor.connection.vendor == "postgresql":
            schema_editor.execute(f"DROP TRIGGER {name} ON {TABLE}")
            schema_editor.execute(f"DROP FUNCTION {name}()")
        else:
            schema_editor.execute(f"DROP TRIGGER {name}")


class Migration(migrations.Migration):

    dependencies = [
        ('leaderboard', '0009_workers'),
    ]

    operations = [
        migrations.CreateModel(
            name='QuotaEntry',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('kind', models.CharField(choices=[('used', 'used by a submission'), ('refunded', 'given back'), ('granted', 'granted by an organiser')], max_length=10)),
                ('amount', models.SmallIntegerField(help_text='Submissions: taken -1, given back 1, granted N.')),
                ('at', models.DateTimeField(default=django.utils.timezone.now)),
                ('reason', models.CharField(blank=True, max_length=200)),
                ('by', models.ForeignKey(help_text='The organiser who granted it.', null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
                ('competition', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='quota_entries', to='leaderboard.competition')),
                ('participant', models.ForeignKey(help_text='Nobody: a grant to everybody in the competition.', null=True, on_delete=django.db.models.deletion.PROTECT, related_name='quota_entries', to=settings.AUTH_USER_MODEL)),
                ('submission', models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='quota_entries', to='leaderboard.submission')),
            ],
            options={
                'verbose_name_plural': 'quota entries',
                'ordering': ['-at', '-pk'],
                'indexes': [models.Index(fields=['competition', 'participant', 'at'], name='quota_of_a_participant')],
                'constraints': [models.UniqueConstraint(fields=('submission', 'kind'), name='one_charge_and_one_refund_a_submission'), models.CheckConstraint(condition=models.Q(models.Q(('amount', -1), ('kind', 'used')), models.Q(('amount', 1), ('kind', 'refunded')), models.Q(('amount__gte', 1), ('kind', 'granted')), _connector='OR'), name='quota_amount_is_of_its_kind'), models.CheckConstraint(condition=models.Q(models.Q(('by__isnull', True), ('kind__in', ['used', 'refunded']), ('participant__isnull', False), ('submission__isnull', False)), models.Q(('by__isnull', False), ('kind', 'granted'), ('submission__isnull', True), models.Q(('reason', ''), _negated=True)), _connector='OR'), name='quota_entry_is_of_a_submission_or_an_organiser')],
            },
        ),
        migrations.RunPython(fill, migrations.RunPython.noop),
        migrations.RunPython(guard, unguard),
    ]
