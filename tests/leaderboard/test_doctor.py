"""The doctor: what it finds on a site that is well, and on one with each thing broken."""

import json
import os
import subprocess
import sys
import time
from datetime import timedelta
from io import StringIO

import pytest
from django.core.management import call_command
from django.db import connection
from django.utils import timezone

from leaderboard import doctor
from leaderboard.celery import app
from leaderboard.doctor import State, here, running, stored
from leaderboard.models import Calibration, Evaluation, Sign, Training, Worker
from tests.leaderboard.makers import claim, make_competition, make_submission, make_user
from tests.processes import PATIENCE, ROOT

pytestmark = [pytest.mark.django_db, pytest.mark.both_databases]


@pytest.fixture
def well():
    """A site at work: a machine, a dispatcher, a worker that took the canary."""
    Sign.objects.show(Sign.Name.ROUND)
    Sign.objects.show(Sign.Name.CANARY)
    return Calibration.objects.create(
        host="one", cores=2, slots=2, speed=1.0, seen_at=timezone.now()
    )


@pytest.fixture
def evaluation() -> Evaluation:
    return make_submission(make_user("Alice"), make_competition()).evaluations.get()


def ago(**span: float):
    return timezone.now() - timedelta(**span)


def test_a_site_that_is_well_is_all_ok_but_for_files_not_collected(well, monkeypatch):
    monkeypatch.setattr(here, "PATIENCE", PATIENCE)  # nobody waits for it here, and all are busy
    found = dict(doctor.examine())
    assert found.pop("static files").state in {State.OK, State.WARNING}
    assert {name: it for name, it in found.items() if it.state != State.OK} == {}
    assert {"database", "broker", "migrations", "guards", "lines", "computing"} <= set(found)


def test_the_command_says_a_line_for_each_and_ends_with_1_if_anything_is_wrong(well):
    said = StringIO()
    call_command("doctor", stdout=said)
    assert "ok       broker        answers; " in said.getvalue()
    Sign.objects.all().delete()
    said = StringIO()
    with pytest.raises(SystemExit) as ended:
        call_command("doctor", "--json", stdout=said)
    told = json.loads(said.getvalue())
    assert (ended.value.code, told["ok"]) == (1, False)
    wrong = [it for it in told["checks"] if it["state"] == "wrong"]
    assert [it["name"] for it in wrong] == ["dispatcher", "canary"]
    assert all(it["words"] and it["remedy"] for it in wrong)


def test_a_folder_with_nothing_in_it_is_told_apart_from_a_site(tmp_path):
    """No broker, no tables: everything is said in clear words, and soon."""
    kept = {name: os.environ[name] for name in ("PATH", "HOME") if name in os.environ}
    start = time.monotonic()
    done = subprocess.run(
        [sys.executable, "manage.py", "doctor"],
        cwd=ROOT,
        env={**kept, "OVERTAKE_DATA": str(tmp_path)},
        capture_output=True,
        text=True,
        check=False,
    )
    took = time.monotonic() - start
    assert (done.returncode, "Traceback" in done.stdout + done.stderr) == (1, False)
    states = {line.split()[1]: line.split()[0] for line in done.stdout.splitlines()}
    assert (states["database"], states["broker"], states["lines"]) == ("ok", "wrong", "unknown")
    assert (states["migrations"], states["dispatcher"]) == ("wrong", "wrong")
    assert "Run manage.py migrate." in done.stdout
    assert took < 60  # it waits for nothing; a busy machine may be slow


def test_a_lease_that_is_too_short_for_its_heartbeats_is_wrong(settings):
    assert here.settings_are_sound().state != State.WRONG
    settings.LEASE_SECONDS = 5
    found = here.settings_are_sound()
    assert found.state == State.WRONG
    assert "A lease of 5 s ends after less than three heartbeats of 3 s" in found.words


def test_debugging_on_a_server_is_wrong(settings):
    settings.DEBUG, settings.EMBEDDED = True, False
    assert "DEBUG is on" in here.settings_are_sound().words


def test_any_host_is_a_warning(settings):
    settings.ALLOWED_HOSTS = ["*"]
    assert here.settings_are_sound().state == State.WARNING


def test_a_data_folder_that_is_not_there_is_wrong(settings):
    settings.DATA = "/nowhere"
    found = here.data_folder()
    assert found.state == State.WRONG
    assert found.words == "/nowhere cannot be written to: No such file or directory."


def test_a_disk_with_little_room_is_a_warning_and_then_wrong(monkeypatch):
    assert here.data_folder().state == State.OK
    monkeypatch.setattr(here, "ENOUGH", 10**12)
    assert here.data_folder().state == State.WARNING
    monkeypatch.setattr(here, "TOO_LITTLE", 10**12)
    assert here.data_folder().state == State.WRONG


def test_files_that_a_server_did_not_collect_are_a_warning(settings, tmp_path):
    settings.STATIC_ROOT, settings.EMBEDDED = tmp_path, False
    assert "collectstatic" in here.static_files().remedy
    (tmp_path / "staticfiles.json").touch()
    assert here.static_files().state == State.OK


def test_a_computing_process_that_cannot_start_is_wrong(settings):
    settings.BASE_DIR = "/nowhere"
    assert "No computing process can be started" in here.computing().words


@pytest.mark.parametrize(
    ("program", "state", "words"),
    [
        ("raise SystemExit('no numba here')", State.WRONG, "ended with 1: no numba here"),
        ("raise SystemExit(3)", State.WRONG, "ended with 3: it said nothing"),
        ("while input(): pass", State.WARNING, "took more than 1 s"),
    ],
)
def test_a_computing_process_that_computes_nothing(
    settings, monkeypatch, tmp_path, program, state, words
):
    (tmp_path / "grader").mkdir()
    (tmp_path / "grader" / "__init__.py").touch()
    (tmp_path / "grader" / "child.py").write_text(program)
    settings.BASE_DIR = tmp_path  # where `python -m grader.child` is started
    if state == State.WARNING:
        monkeypatch.setattr(here, "PATIENCE", 1.0)
    found = here.computing()
    assert found.state == state
    assert words in found.words


def test_a_migration_that_is_not_applied_and_one_that_nobody_knows():
    assert stored.migrations().state == State.OK
    with connection.cursor() as cursor:
        cursor.execute(
            "INSERT INTO django_migrations (app, name, applied) VALUES ('leaderboard', %s, %s)",
            ["9999_tomorrow", timezone.now()],
        )
    assert "9999_tomorrow, which this code does not know" in stored.migrations().words
    with connection.cursor() as cursor:
        cursor.execute("DELETE FROM django_migrations WHERE app = 'leaderboard'")
    assert "leaderboard.0001_initial" in stored.migrations().words


def test_a_guard_that_is_gone_is_named():
    assert stored.guards().state == State.OK
    table = " ON leaderboard_training" if connection.vendor == "postgresql" else ""
    with connection.cursor() as cursor:
        cursor.execute(f"DROP TRIGGER training_fence_grows{table}")
    assert "training_fence_grows" in stored.guards().words


def test_a_lease_that_ran_out_is_a_warning_and_wrong_when_nobody_sees_to_it(evaluation):
    claim(evaluation)
    assert stored.stuck().state == State.OK
    Training.objects.update(lease_until=ago(seconds=1))
    assert stored.stuck().state == State.WARNING
    Training.objects.update(lease_until=ago(hours=1))
    found = stored.stuck()
    assert found.state == State.WRONG
    assert f"in 1 evaluations ({evaluation.pk})" in found.words


def test_an_evaluation_that_waits_for_hours_is_a_warning(evaluation):
    assert stored.oldest().state == State.OK
    Evaluation.objects.update(created_at=ago(hours=5))
    found = stored.oldest()
    assert found.state == State.WARNING
    assert f"evaluation {evaluation.pk}, queued, is 5 h old" in found.words


def test_messages_that_are_missing_are_a_warning_once_they_had_time_to_come(evaluation):
    nothing = dict.fromkeys(Evaluation.Queue.values, 0)
    Evaluation.objects.update(sent_at=timezone.now())
    assert running.lines(nothing).state == State.OK
    Evaluation.objects.update(sent_at=ago(minutes=5))
    assert running.lines(nothing).state == State.WARNING
    assert running.lines({**nothing, "interactive": 1}).state == State.OK


def test_a_machine_that_fell_silent_is_named_for_a_day(well):
    assert running.machines().state == State.OK
    Calibration.objects.create(host="two", cores=2, speed=1.0, seen_at=ago(hours=1))
    found = running.machines()
    assert found.state == State.WARNING
    assert "Not heard of any more: two since" in found.words
    Calibration.objects.filter(host="two").update(seen_at=ago(days=2))
    assert running.machines().state == State.OK
    Calibration.objects.all().delete()
    assert running.machines().state == State.WRONG


def test_a_broker_that_is_gone_is_wrong_and_its_password_is_not_told(well, monkeypatch):
    monkeypatch.setattr(app.conf, "broker_read_url", "redis://:of-the-broker@127.0.0.1:1")
    found = dict(doctor.examine())
    assert found["broker"].state == State.WRONG
    assert found["lines"].state == State.UNKNOWN
    assert "of-the-broker" not in str(found)


def test_a_worker_that_computes_otherwise_is_wrong_and_another_version_a_warning(well):
    assert running.fitness().state == State.OK
    known = {"host": "one", "slots": 1}
    other = Worker.objects.create(name="one:1", grader_version="0.0.1", **known)
    assert running.fitness().state == State.WARNING
    assert "one:1 has 0.0.1" in running.fitness().words
    other.unfit = "It computes otherwise."
    other.save()
    found = running.fitness()
    assert found.state == State.WRONG
    assert "one:1 takes no work. It computes otherwise." in found.words


def test_a_submission_without_its_charge_is_wrong(evaluation):
    assert stored.charges().state == State.OK
    submission = evaluation.submission
    submission.pk = None
    submission._state.adding = True
    submission.save()
    found = stored.charges()
    assert found.state == State.WRONG
    assert f"charge in the quota: {submission.pk}." in found.words
