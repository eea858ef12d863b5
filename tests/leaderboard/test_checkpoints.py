"""Checkpoints on the site: stored with the fence, fetched by the next worker, gone at the end."""

import os
import socket
import subprocess
import sys
from datetime import timedelta

import pytest
from django.core.files.base import ContentFile
from django.core.files.storage import default_storage
from django.utils import timezone

from leaderboard import checkpoints, leases
from leaderboard.models import Attempt, Checkpoint, Status
from tests.leaderboard.makers import claim, make_competition, make_submission, make_user, result_of

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.both_databases]
Exit = Attempt.Exit


@pytest.fixture(autouse=True)
def own_storage(settings, tmp_path):
    settings.MEDIA_ROOT = tmp_path / "artifacts"
    settings.DATA = tmp_path / "data"
    settings.STORAGES = {
        **settings.STORAGES,
        "default": {
            "BACKEND": "django.core.files.storage.FileSystemStorage",
            "OPTIONS": {"location": str(tmp_path / "artifacts")},
        },
    }


@pytest.fixture
def evaluation():
    competition = make_competition(trainings=1)
    return make_submission(make_user("Alice"), competition).evaluations.get()


@pytest.fixture
def file(tmp_path):
    found = tmp_path / "0.npz"
    found.write_bytes(b"how far it is")
    return found


def files():
    try:
        return sorted(default_storage.listdir(checkpoints.FOLDER)[1])
    except FileNotFoundError:
        return []


def test_the_newest_is_kept_and_fetched_by_whoever_comes_next(evaluation, file, tmp_path):
    (lease,) = claim(evaluation)
    assert checkpoints.fetch(lease, tmp_path) is None
    assert checkpoints.store(lease, file, 100)
    file.write_bytes(b"further")
    assert checkpoints.store(lease, file, 200)
    assert files() == [f"{lease.training}-1-200.npz"]
    leases.release(lease, outcome=Exit.HANDED_BACK)
    (again,) = claim(evaluation, worker="another")
    assert checkpoints.fetch(again, tmp_path).read_bytes() == b"further"
    checkpoints.note_resumed(again, 200)
    told = Attempt.objects.order_by("fence").values_list("saved_to", "resumed_from")
    assert list(told) == [(200, 0), (0, 200)]


def test_whose_lease_is_lost_stores_nothing(evaluation, file, settings):
    settings.LEASE_SECONDS = -1
    (late,) = claim(evaluation)
    (new,) = claim(evaluation, worker="another")
    assert checkpoints.store(new, file, 50)
    assert not checkpoints.store(late, file, 100)
    assert Checkpoint.objects.get().iteration == 50
    assert files() == [f"{new.training}-2-50.npz"]


def test_at_the_end_it_is_removed(evaluation, file):
    (lease,) = claim(evaluation)
    checkpoints.store(lease, file, 100)
    assert checkpoints.clear() == 0
    assert leases.succeed(lease, result_of(60, runs=3))
    assert checkpoints.clear() == 1
    assert files() == []
    assert not Checkpoint.objects.exists()


def test_a_file_that_is_gone_or_not_shared_lets_the_training_begin_anew(
    evaluation, file, tmp_path, caplog
):
    (lease,) = claim(evaluation)
    checkpoints.store(lease, file, 100)
    default_storage.delete(Checkpoint.objects.get().file)
    assert checkpoints.fetch(lease, tmp_path) is None
    assert "begins anew" in caplog.text
    assert checkpoints.store(lease, file, 200)


def test_the_sweep_takes_what_no_row_names_once_it_is_old(evaluation, file, settings):
    (lease,) = claim(evaluation)
    checkpoints.store(lease, file, 100)
    for name in ("old", "new"):
        default_storage.save(f"{checkpoints.FOLDER}/{name}", ContentFile(b""))
    an_hour_ago = (timezone.now() - timedelta(hours=2)).timestamp()
    os.utime(default_storage.path(f"{checkpoints.FOLDER}/old"), (an_hour_ago, an_hour_ago))
    os.utime(default_storage.path(Checkpoint.objects.get().file), (an_hour_ago, an_hour_ago))
    checkpoints.sweep()
    assert files() == [f"{lease.training}-1-100.npz", "new"]


def test_sweeping_where_there_was_never_one_is_nothing():
    checkpoints.sweep()
    assert files() == []


def test_workshops_of_dead_workers_are_cleared_away(settings):
    gone = subprocess.Popen([sys.executable, "-c", ""])
    gone.wait()
    base = settings.DATA / "workshops"
    own, elsewhere, long_gone = (
        base / name for name in (f"{socket.gethostname()}~{gone.pid}~x", "other~1~x", "other~2~x")
    )
    for left in (own, elsewhere, long_gone):
        left.mkdir(parents=True)
    os.utime(long_gone, (0, 0))
    with checkpoints.workshop() as folder, checkpoints.workshop() as other:
        assert folder.exists()
        assert other.exists()
        assert [it.exists() for it in (own, elsewhere, long_gone)] == [False, True, False]
    assert not folder.exists()


def crash(evaluation, *, saved_to=None, file=None):
    (lease,) = claim(evaluation)
    if saved_to:
        checkpoints.store(lease, file, saved_to)
    leases.release(lease, outcome=Exit.CRASHED)
    evaluation.refresh_from_db()
    return evaluation.status


def test_only_attempts_in_a_row_that_get_no_further_count_against_it(evaluation, file):
    assert crash(evaluation) == crash(evaluation) == Status.QUEUED
    assert crash(evaluation, saved_to=100, file=file) == Status.QUEUED
    assert crash(evaluation) == Status.QUEUED
    assert crash(evaluation) == Status.FAILED
    assert "without getting further" in evaluation.error


def test_a_worker_that_dies_costs_no_attempt(evaluation):
    for outcome in (Exit.LOST, Exit.HANDED_BACK) * 5:
        (lease,) = claim(evaluation)
        leases.release(lease, outcome=outcome)
    evaluation.refresh_from_db()
    assert evaluation.status == Status.QUEUED
