"""Trained networks that are handed in, and a board of their own.

SQLite rebuilds the table of submissions for its new column and drops its trigger on the way: it is
created again, and watches the new column too.
"""

import django.db.models.deletion
import django.utils.timezone
from django.conf import settings
from django.db import migrations, models

WORDS = "a submission never changes"
CHANGED = (
    "NEW.source <> OLD.source OR NEW.config_hash <> OLD.config_hash"
    " OR NEW.weights_hash <> OLD.weights_hash"
    " OR NEW.phrase <> OLD.phrase OR CAST(NEW.config AS TEXT) <> CAST(OLD.config AS TEXT)"
    " OR NEW.participant_id <> OLD.participant_id OR NEW.competition_id <> OLD.competition_id"
)
# what is looked for where somebody asks whether the guards are there
GUARDS = {"submission_never_changes": CHANGED, "weights_never_change": "always"}


def guard(apps, schema_editor):
    run = schema_editor.execute
    if schema_editor.connection.vendor == "postgresql":
        run("DROP TRIGGER submission_never_changes ON leaderboard_submission")
        run(
            "CREATE TRIGGER submission_never_changes BEFORE UPDATE ON leaderboard_submission"
            f" FOR EACH ROW WHEN ({CHANGED}) EXECUTE FUNCTION submission_never_changes()"
        )
        run(
            "CREATE FUNCTION weights_never_change() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN"
            f" RAISE EXCEPTION '{WORDS}' USING ERRCODE = 'check_violation'; END $$"
        )
        run(
            "CREATE TRIGGER weights_never_change BEFORE UPDATE ON leaderboard_weights"
            " FOR EACH ROW EXECUTE FUNCTION weights_never_change()"
        )
        return
    run("DROP TRIGGER IF EXISTS submission_never_changes")
    run(
        "CREATE TRIGGER submission_never_changes BEFORE UPDATE ON leaderboard_submission"
        f" FOR EACH ROW WHEN {CHANGED} BEGIN SELECT RAISE(ABORT, '{WORDS}'); END"
    )
    run(
        "CREATE TRIGGER weights_never_change BEFORE UPDATE ON leaderboard_weights"
        f" FOR EACH ROW BEGIN SELECT RAISE(ABORT, '{WORDS}'); END"
    )


class Migration(migrations.Migration):

    dependencies = [
        ('leaderboard', '0006_calibration'),
    ]

    operations = [
        migrations.CreateModel(
            name='Upload',
            fields=[
                ('user', models.OneToOneField(on_delete=django.db.models.deletion.CASCADE, primary_key=True, serialize=False, to=settings.AUTH_USER_MODEL)),
                ('name', models.CharField(max_length=200)),
                ('content', models.BinaryField()),
                ('kept_at', models.DateTimeField(default=django.utils.timezone.now)),
            ],
        ),
        migrations.CreateModel(
            name='Weights',
            fields=[
                ('submission', models.OneToOneField(on_delete=django.db.models.deletion.CASCADE, primary_key=True, serialize=False, to='leaderboard.submission')),
                ('name', models.CharField(help_text='Of the file, as it was handed in.', max_length=200)),
                ('content', models.BinaryField(help_text='A net.js or safetensors.')),
            ],
            options={
                'verbose_name_plural': 'weights',
            },
        ),
        migrations.RemoveConstraint(
            model_name='standing',
            name='one_standing_computed_at_a_time',
        ),
        migrations.AddField(
            model_name='competition',
            name='accepts',
            field=models.CharField(choices=[('configs', 'configurations, which are trained here'), ('weights', 'trained networks, which are driven as they are'), ('both', 'both, each on a board of its own')], default='configs', help_text='What participants hand in. How a trained network came to be, nobody can see.', max_length=10),
        ),
        migrations.AddField(
            model_name='standing',
            name='board',
            field=models.CharField(choices=[('configs', 'trained here'), ('weights', 'brought trained')], default='configs', max_length=10),
        ),
        migrations.AddField(
            model_name='submission',
            name='weights_hash',
            field=models.CharField(blank=True, default='', help_text='Of the trained network that it brought; none: it is trained here.', max_length=64),
        ),
        migrations.AlterField(
            model_name='competition',
            name='rules',
            field=models.CharField(choices=[('open', 'open'), ('deeptraffic-v2', "deeptraffic-v2: the original's, its roads known to everybody")], default='open', help_text='Of the road.', max_length=20),
        ),
        migrations.AddConstraint(
            model_name='standing',
            constraint=models.UniqueConstraint(condition=models.Q(('computed_at__isnull', True)), fields=('competition', 'board'), name='one_standing_computed_at_a_time'),
        ),
        migrations.RunPython(guard),
    ]
