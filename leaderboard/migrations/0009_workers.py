"""Workers that say of themselves whether they are fit, and checkpoints of running trainings."""

import django.db.models.deletion
import django.utils.timezone
from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('leaderboard', '0008_health'),
    ]

    operations = [
        migrations.CreateModel(
            name='Checkpoint',
            fields=[
                ('training', models.OneToOneField(on_delete=django.db.models.deletion.CASCADE, primary_key=True, serialize=False, to='leaderboard.training')),
                ('file', models.CharField(help_text='Its name in the storage.', max_length=200)),
                ('iteration', models.PositiveIntegerField()),
                ('fence', models.PositiveIntegerField(help_text='Of the worker that stored it.')),
                ('stored_at', models.DateTimeField(default=django.utils.timezone.now)),
            ],
        ),
        migrations.CreateModel(
            name='Worker',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('name', models.CharField(help_text='Host and process id.', max_length=140, unique=True)),
                ('host', models.CharField(max_length=120)),
                ('slots', models.PositiveSmallIntegerField(help_text='Gradings that it takes at a time.')),
                ('grader_version', models.CharField(max_length=40)),
                ('unfit', models.TextField(blank=True, help_text='Why it takes no work.')),
                ('started_at', models.DateTimeField(default=django.utils.timezone.now)),
                ('seen_at', models.DateTimeField(default=django.utils.timezone.now, help_text='Its last sign of life.')),
            ],
            options={
                'ordering': ['name'],
            },
        ),
        migrations.AddField(
            model_name='attempt',
            name='resumed_from',
            field=models.PositiveIntegerField(default=0, help_text='Iteration of the checkpoint that it began at; 0: at the beginning.'),
        ),
        migrations.AddField(
            model_name='attempt',
            name='saved_to',
            field=models.PositiveIntegerField(default=0, help_text='Iteration of the newest checkpoint that it stored.'),
        ),
        migrations.AlterField(
            model_name='evaluation',
            name='failure',
            field=models.CharField(blank=True, choices=[('config_error', 'the configuration'), ('crashed', 'the computing process, which died every time'), ('timeout', 'the time limit'), ('infrastructure', 'the site itself'), ('superseded', 'a change of the grader in the middle')], max_length=16),
        ),
        migrations.AddIndex(
            model_name='training',
            index=models.Index(condition=models.Q(('status', 'queued')), fields=['evaluation'], name='training_queued'),
        ),
    ]
