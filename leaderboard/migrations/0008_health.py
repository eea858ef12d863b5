"""Signs of life, counted refusals, and indices for what is asked at every scrape.

It makes tables and indices and adds a column to an unguarded table: no table with triggers is
rebuilt.
"""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("leaderboard", "0007_weights")]
    operations = [
        migrations.CreateModel(
            name="Sign",
            fields=[
                (
                    "name",
                    models.CharField(
                        choices=[
                            ("round", "the dispatcher made a whole round"),
                            ("canary", "a worker did a task that it took from the broker"),
                            ("busy", "every worker was grading, and so could take no task"),
                        ],
                        max_length=16,
                        primary_key=True,
                        serialize=False,
                    ),
                ),
                ("seen_at", models.DateTimeField()),
            ],
        ),
        migrations.CreateModel(
            name="Refusal",
            fields=[
                (
                    "kind",
                    models.CharField(
                        choices=[
                            (
                                "no_such_evaluation",
                                "a message for an evaluation that is not there",
                            ),
                            ("old_fence", "a write by a worker whose lease others hold by now"),
                            ("bad_result", "a result that no training can have"),
                            ("other_grader", "a worker of another grader version"),
                            ("other_checkpoint", "a checkpoint of another configuration"),
                        ],
                        max_length=20,
                        primary_key=True,
                        serialize=False,
                    ),
                ),
                ("times", models.PositiveBigIntegerField(default=0)),
                ("last_at", models.DateTimeField()),
            ],
        ),
        migrations.AddField(
            model_name="calibration",
            name="slots",
            field=models.PositiveSmallIntegerField(
                default=1, help_text="Gradings that its worker takes at a time."
            ),
        ),
        migrations.AddIndex(
            model_name="attempt",
            index=models.Index(fields=["ended_at", "exit"], name="attempt_ended"),
        ),
        migrations.AddIndex(
            model_name="evaluation",
            index=models.Index(
                condition=models.Q(("finished_at__isnull", False)),
                fields=["finished_at", "status"],
                name="evaluation_finished",
            ),
        ),
    ]
