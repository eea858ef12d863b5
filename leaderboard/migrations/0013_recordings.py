"""Recordings of runs, and the networks that were trained here."""

import django.db.models.deletion
from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('leaderboard', '0012_car_colour'),
    ]

    operations = [
        migrations.CreateModel(
            name='TrainedNetwork',
            fields=[
                ('training', models.OneToOneField(on_delete=django.db.models.deletion.CASCADE, primary_key=True, related_name='network', serialize=False, to='leaderboard.training')),
                ('content', models.BinaryField(help_text='A safetensors file.')),
            ],
        ),
        migrations.AlterField(
            model_name='refusal',
            name='kind',
            field=models.CharField(choices=[('no_such_evaluation', 'a message for an evaluation that is not there'), ('old_fence', 'a write by a worker whose lease others hold by now'), ('bad_result', 'a result that no training can have'), ('bad_recording', 'a recording that is none of its run'), ('other_grader', 'a worker of another grader version'), ('other_checkpoint', 'a checkpoint of another configuration')], max_length=20, primary_key=True, serialize=False),
        ),
        migrations.CreateModel(
            name='Recording',
            fields=[
                ('run', models.OneToOneField(on_delete=django.db.models.deletion.CASCADE, primary_key=True, related_name='recording', serialize=False, to='leaderboard.run')),
                ('content', models.BinaryField(default=b'', help_text='Empty until it is made.')),
                ('asked_at', models.DateTimeField(help_text='None: it came with the grading.', null=True)),
                ('wanted', models.BooleanField(default=False)),
                ('claimed_until', models.DateTimeField(null=True)),
                ('tries', models.PositiveSmallIntegerField(default=0)),
                ('why_not', models.CharField(blank=True, help_text='Why it cannot be had.', max_length=200)),
            ],
            options={
                'indexes': [models.Index(condition=models.Q(('wanted', True)), fields=['asked_at'], name='recording_wanted')],
                'constraints': [models.CheckConstraint(condition=models.Q(('wanted', False), ('asked_at__isnull', False), _connector='OR'), name='recording_wanted_was_asked_for')],
            },
        ),
    ]
