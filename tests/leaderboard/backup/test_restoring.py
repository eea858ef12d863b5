"""A backup, restored, is the same board; what speaks against it is said, and changes nothing."""

import hashlib
import io
import sqlite3
import threading
from contextlib import closing
from pathlib import Path

import psycopg
import pytest
from django.core.management import call_command
from django.db import connection

from leaderboard import whole_board
from leaderboard.backup import making
from leaderboard.models import Evaluation
from tests.leaderboard.backup.rewriting import rewritten
from tests.leaderboard.makers import make_competition, make_submission, make_user

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.both_databases]

PEOPLE = ("leaderboard.user", "mfa.authenticator", "account.emailaddress")

THEN = "2026-01-01 00:00:00+00:00"
OLD_ROWS = {
    "competition": {
        "id": 1,
        "slug": "old",
        "title": "Old",
        "description": "",
        "rules": "open",
        "trainings": 1,
        "runs": 1,
        "frames": 300,
        "quota": 5,
        "budget_seconds": 10,
        "key": "0",
        "configs_visible": "always",
        "opens_at": THEN,
        "created_at": THEN,
    },
    "baseline": {"id": 1, "competition_id": 1, "name": "Idle", "driver": "no-action"},
    "evaluation": {
        "id": 1,
        "competition_id": 1,
        "baseline_id": 1,
        "protocol_fields": "{}",
        "bootstrap_seed": "1",
        "grader_version": "0.2.0",
        "queue": "bulk",
        "reason": "",
        "status": "succeeded",
        "failure": "",
        "error": "",
        "score": 52.5,
        "created_at": THEN,
        "finished_at": THEN,
        "applied_at": THEN,
    },
}


def whole(moment) -> str:
    return "".join(f"{line}\n" for line in whole_board.lines(moment))


def files_below(folder: Path) -> dict[str, str]:
    """Every file by its bytes; SQLite's own beside a database come and go with whoever asks it."""
    return {
        str(path.relative_to(folder)): hashlib.sha256(path.read_bytes()).hexdigest()
        for path in folder.rglob("*")
        if path.is_file() and not path.name.endswith(("-wal", "-shm", "serve.lock"))
    }


def test_restored_into_an_empty_database_it_is_the_same_whole_board(
    season, artifacts, places, tmp_path
):
    made = making.make(tmp_path / "saved.tar")
    place = places()
    said = place.done("restore", tmp_path / "saved.tar")
    assert "2 users, 2 competitions, 8 submissions, 10 evaluations, 19 trainings, 39 runs" in said
    assert place.whole_board(made.made_at) == whole(made.made_at)
    people = io.StringIO()
    call_command("dumpdata", *PEOPLE, stdout=people)
    assert place.done("dumpdata", *PEOPLE).strip() == people.getvalue().strip()
    assert files_below(place.artifacts) == files_below(artifacts)
    assert len(files_below(artifacts)) == 2


def test_a_restored_database_still_guards_itself_and_counts_on(season, places, tmp_path):
    making.make(tmp_path / "saved.tar")
    place = places()
    place.done("restore", tmp_path / "saved.tar")
    for change, said in (
        ("leaderboard_evaluation SET score = 79 WHERE score > 0", "score of an evaluation never"),
        ("leaderboard_submission SET phrase = 'another'", "a submission never changes"),
        ("leaderboard_training SET fence = fence - 1 WHERE fence > 0", "raises its fence"),
        ("leaderboard_run SET average_mph = 81", "run_average_is_a_speed"),
    ):
        with pytest.raises((sqlite3.IntegrityError, psycopg.IntegrityError), match=said):
            place.ask(f"UPDATE {change}")
    place.done(
        *("shell", "-v0", "-c"),
        "from leaderboard.models import *; c = Competition.objects.create(slug='n', title='N');"
        "assert c.pk > 2, c.pk",
    )


def test_made_while_somebody_writes_it_holds_whole_submissions_only(artifacts, places, tmp_path):
    competition = make_competition()
    users = [make_user(f"Driver{number}") for number in range(3)]
    enough, stopping = threading.Event(), threading.Event()

    def write():
        written = 0
        try:
            while not stopping.is_set():
                make_submission(users[written % 3], competition)
                written += 1
                if written == 10:
                    enough.set()
        finally:
            connection.close()

    writer = threading.Thread(target=write)
    type(competition).objects.update(quota=30_000)
    competition.refresh_from_db()
    writer.start()
    assert enough.wait(60)
    made = making.make(tmp_path / "saved.tar")
    stopping.set()
    writer.join()
    assert Evaluation.objects.count() > made.rows["leaderboard_evaluation"] >= 10

    place = places()
    place.done("restore", tmp_path / "saved.tar")
    counts = "SELECT count(*) FROM leaderboard_submission"
    assert place.ask(counts) == [(made.rows["leaderboard_submission"],)]
    trainings = place.ask(
        "SELECT s.id, count(t.id) FROM leaderboard_submission s"
        " LEFT JOIN leaderboard_evaluation e ON e.submission_id = s.id"
        " LEFT JOIN leaderboard_training t ON t.evaluation_id = e.id GROUP BY s.id"
    )
    assert {count for _, count in trainings} == {2}
    assert sorted(pk for pk, _ in trainings) == list(
        Evaluation.objects.order_by("pk").values_list("submission", flat=True)[: len(trainings)]
    )


def test_what_is_there_is_named_and_kept_unless_it_is_given_up(season, places, tmp_path):
    made = making.make(tmp_path / "saved.tar")
    place = places()
    place.plant()
    (place.artifacts / "weights").mkdir(parents=True)
    (place.artifacts / "weights" / "Größe 1.bin").write_bytes(b"of another history")
    (place.artifacts / "weights" / "old.bin").write_bytes(b"old")
    before, kept = place.whole_board(made.made_at), files_below(place.artifacts)

    line = place.refused("restore", tmp_path / "saved.tar")
    assert "is not empty: 2 in leaderboard_baseline, 1 in leaderboard_competition" in line
    assert "add --replace" in line
    other = place.refused("restore", tmp_path / "saved.tar", "--replace", said="another name\n")
    assert other == "Not confirmed: nothing was restored."
    assert (place.whole_board(made.made_at), files_below(place.artifacts)) == (before, kept)

    name = place.url.rpartition("/")[2] if place.url else "overtake.sqlite3"
    place.done("restore", tmp_path / "saved.tar", "--replace", said=f"{name}\n")
    assert place.whole_board(made.made_at) == whole(made.made_at)
    assert sorted(files_below(place.artifacts)) == ["empty", "weights/Größe 1.bin"]
    assert (place.artifacts / "weights" / "Größe 1.bin").stat().st_size == 25_600


def test_a_restore_that_fails_after_everything_was_put_in_leaves_the_old_state(
    season, places, tmp_path
):
    made = making.make(tmp_path / "saved.tar")
    rows = {**made.rows, "leaderboard_run": made.rows["leaderboard_run"] + 1}
    rewritten(tmp_path / "saved.tar", tmp_path / "wrong.tar", rows=rows)
    place = places()
    place.plant()
    before = place.whole_board(made.made_at)
    line = place.refused("restore", tmp_path / "wrong.tar", "--replace", "--yes")
    assert "leaderboard_run has 39 rows after the restore, not 40" in line
    assert place.whole_board(made.made_at) == before
    assert files_below(place.artifacts) == {}
    assert [path.name for path in place.folder.iterdir() if "restor" in path.name] == []


def test_made_before_a_migration_by_code_from_after_it_it_is_brought_up_to_date(artifacts, places):
    old, new = places(), places()
    old.done("migrate", "-v0", "leaderboard", "0005")
    for table, row in OLD_ROWS.items():
        old.ask(
            f"INSERT INTO leaderboard_{table} ({', '.join(row)})"
            f" VALUES ({', '.join(map(repr, row.values()))})"
        )
    old.done("backup", old.folder / "old.tar")
    new.done("restore", old.folder / "old.tar")
    assert "No planned migration operations" in new.done("migrate", "--plan")
    assert new.ask("SELECT slug, accepts FROM leaderboard_competition") == [("old", "configs")]
    assert new.ask("SELECT score FROM leaderboard_evaluation") == [(52.5,)]


def test_a_backup_of_newer_code_is_refused_by_the_migration_that_is_not_here(places):
    newer, place = places(), places()
    newer.done("migrate", "-v0")
    newer.ask(
        "INSERT INTO django_migrations (app, name, applied)"
        " VALUES ('leaderboard', '9999_later', '2030-01-01 00:00:00')"
    )
    newer.done("backup", newer.folder / "newer.tar")
    line = place.refused("restore", newer.folder / "newer.tar")
    assert "newer code" in line
    assert "leaderboard.9999_later" in line
    assert "Update the code" in line
    assert files_below(place.folder) == {}


def test_a_backup_of_a_database_that_lost_a_guard_is_told_by_the_guard_s_name(places):
    unguarded, place = places(), places()
    unguarded.done("migrate", "-v0")
    table = " ON leaderboard_evaluation" if unguarded.url else ""
    unguarded.ask(f"DROP TRIGGER evaluation_score_stays{table}")
    unguarded.done("backup", unguarded.folder / "saved.tar")
    line = place.refused("restore", unguarded.folder / "saved.tar")
    assert "lacks its guards: evaluation_score_stays." in line
    if place.url is None:
        assert not place.sqlite.exists()


def test_a_backup_of_the_other_kind_of_database_is_refused(season, places, tmp_path):
    other = {"sqlite": "postgresql", "postgresql": "sqlite"}[connection.vendor]
    making.make(tmp_path / "saved.tar")
    rewritten(tmp_path / "saved.tar", tmp_path / "other.tar", database=other)
    line = places().refused("restore", tmp_path / "other.tar")
    assert line.startswith(f"The backup is of {other}, this site runs on {connection.vendor}.")


def test_while_somebody_uses_the_database_it_is_not_restored(season, places, tmp_path):
    made = making.make(tmp_path / "saved.tar")
    place = places()
    place.done("migrate", "-v0")
    if place.url:
        user = psycopg.connect(place.url, application_name="a visitor")
    else:
        user = sqlite3.connect(place.sqlite)
        user.execute("SELECT count(*) FROM django_migrations").fetchall()
    with closing(user):
        line = place.refused("restore", tmp_path / "saved.tar")
        assert ("a visitor" if place.url else "Something else has") in line
        assert "Stop " in line
    assert place.ask("SELECT count(*) FROM leaderboard_user") == [(0,)]
    # freshly migrated, as compose leaves it, it counts as empty
    place.done("restore", tmp_path / "saved.tar")
    assert place.whole_board(made.made_at) == whole(made.made_at)
