"""A season worth saving, and places to restore it into, used by the commands that people type."""

import os
import sqlite3
import subprocess
import sys
import uuid
from collections.abc import Iterator
from contextlib import closing
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path
from typing import Any

import psycopg
import pytest
from django.db import connection

from leaderboard import standings, tasks
from leaderboard.models import Baseline, Competition
from leaderboard.reruns import rerun
from tests.leaderboard.makers import (
    claim,
    grade,
    graded_submission,
    make_competition,
    make_submission,
    make_trained,
    make_user,
)
from tests.processes import ROOT, dies_with_its_parent


@dataclass
class Place:
    """A data folder and a database, asked from outside."""

    folder: Path
    url: str | None = None  # of PostgreSQL; None: SQLite in the folder
    more: dict[str, str] = field(default_factory=dict)

    @property
    def env(self) -> dict[str, str | None]:
        return {"OVERTAKE_DATA": str(self.folder), "DATABASE_URL": self.url, **self.more}

    @property
    def sqlite(self) -> Path:
        return self.folder / "overtake.sqlite3"

    @property
    def artifacts(self) -> Path:
        return self.folder / "artifacts"

    def manage(self, *words: object, said: str = "") -> subprocess.CompletedProcess[str]:
        settings = {**os.environ, **self.env}
        return subprocess.run(
            [*dies_with_its_parent(), sys.executable, "manage.py", *map(str, words)],
            cwd=ROOT,
            env={name: value for name, value in settings.items() if value is not None},
            input=said,
            capture_output=True,
            text=True,
            check=False,
        )

    def done(self, *words: object, said: str = "") -> str:
        ended = self.manage(*words, said=said)
        assert ended.returncode == 0, ended.stdout + ended.stderr
        return ended.stdout

    def refused(self, *words: object, said: str = "") -> str:
        """The one line that it says instead of doing it."""
        ended = self.manage(*words, said=said)
        assert ended.returncode == 1, ended.stdout + ended.stderr
        (line,) = ended.stderr.splitlines()
        return line.removeprefix("CommandError: ")

    def plant(self) -> None:
        """Something to lose: the demo competition."""
        self.done(
            *("shell", "-v0", "-c"),
            "from django.core.management import call_command; from leaderboard.demo import plant;"
            "call_command('migrate', verbosity=0); plant()",
        )

    def whole_board(self, moment: datetime) -> str:
        return self.done("whole_board", "--at", moment.isoformat())

    def ask(self, query: str) -> list[tuple[Any, ...]]:
        """Past all code of ours; what it changes is kept."""
        if self.url is not None:
            with psycopg.connect(self.url) as database:
                cursor = database.execute(query)
                return cursor.fetchall() if cursor.description else []
        with closing(sqlite3.connect(self.sqlite)) as database, database:
            return database.execute(query).fetchall()


@pytest.fixture
def places(tmp_path) -> Iterator[Any]:
    """Makes empty places, of the kind that this run is on unless another is named."""
    made = []

    def make(kind: str = connection.vendor) -> Place:
        folder = tmp_path / f"place{len(list(tmp_path.iterdir()))}"
        folder.mkdir(mode=0o700)
        if kind == "sqlite":
            return Place(folder)
        name = f"restored_{uuid.uuid4().hex[:8]}"
        with psycopg.connect(os.environ["DATABASE_URL"], autocommit=True) as server:
            server.execute(f"CREATE DATABASE {name}")
        made.append(name)
        return Place(folder, os.environ["DATABASE_URL"].rpartition("/")[0] + f"/{name}")

    yield make
    for name in made:
        with psycopg.connect(os.environ["DATABASE_URL"], autocommit=True) as server:
            server.execute(f"DROP DATABASE {name} WITH (FORCE)")


@pytest.fixture
def artifacts(settings, tmp_path) -> Path:
    """Where this process keeps its artifacts."""
    folder = tmp_path / "artifacts"
    files = settings.STORAGES["default"] | {"OPTIONS": {"location": str(folder)}}
    settings.STORAGES = settings.STORAGES | {"default": files}
    (folder / "weights").mkdir(parents=True)
    (folder / "weights" / "Größe 1.bin").write_bytes(bytes(range(256)) * 100)
    (folder / "empty").write_bytes(b"")
    return folder


@pytest.fixture
def season(transactional_db, artifacts) -> Competition:
    """Two boards, equal scores, a rerun, a withdrawal, a baseline, one cancelled, one running."""
    competition = make_competition(accepts=Competition.Accepts.BOTH)
    other = make_competition(slug="autumn", title="Autumn")
    alice, bob = make_user("Alice"), make_user("Bob", email="bob@example.org")
    best = graded_submission(alice, competition, 66.12)
    graded_submission(bob, competition, 66.12)
    graded_submission(bob, competition, 70.5).withdraw()
    graded_submission(bob, other, 51)
    grade(make_trained(bob, competition).evaluations.get(), 68.25)
    make_submission(alice, competition, title="'; DROP TABLE \\ 🏁", note="a\nb").evaluations.get()
    make_submission(alice, competition).evaluations.get().cancel()
    rerun([best.evaluations.get()], reason="again", by=bob)
    grade(best.evaluations.first(), 66.13)
    claim(make_submission(bob, competition).evaluations.get())
    baseline = Baseline.objects.create(competition=competition, name="Idle", driver="no-action")
    grade(tasks.queue_evaluation(baseline), 52)
    assert standings.refresh(competition.pk)
    return competition
