"""Several workers on one site: they share work, go on where others stopped, and take turns."""

import shutil
from pathlib import Path

import pytest

from tests.end_to_end.conftest import BIN
from tests.end_to_end.pace import graded, lasting
from tests.end_to_end.results import finished
from tests.end_to_end.visitor import SMALL
from tests.otherwise import other_grader
from tests.processes import ROOT, eventually, started

LONG = 4  # [s] of computing, long enough for checkpoints and for two to share it
# who is late on a busy machine still counts as there
PATIENT = {"LEASE_SECONDS": "60"}
OFTEN = {"HEARTBEAT_SECONDS": "0.25", "CHECKPOINT_SECONDS": "0.25"}


def number_of(path):
    return int(path.strip("/").split("/")[-1])


def attempts(site, path):
    return site.ask(
        """
        SELECT training.index, attempt.fence, attempt.exit, attempt.worker,
               attempt.saved_to, attempt.resumed_from
        FROM leaderboard_attempt attempt
        JOIN leaderboard_training training ON training.id = attempt.training_id
        JOIN leaderboard_evaluation evaluation ON evaluation.id = training.evaluation_id
        WHERE evaluation.submission_id = %s ORDER BY training.index, attempt.fence
        """,
        number_of(path),
    )


def checkpoints_of(site, path):
    return site.ask(
        """
        SELECT checkpoint.iteration FROM leaderboard_checkpoint checkpoint
        JOIN leaderboard_training training ON training.id = checkpoint.training_id
        JOIN leaderboard_evaluation evaluation ON evaluation.id = training.evaluation_id
        WHERE evaluation.submission_id = %s
        """,
        number_of(path),
    )


def workers(site):
    return site.ask("SELECT name, unfit FROM leaderboard_worker ORDER BY started_at")


def present(site):
    """The process ids of the workers that say that they are there."""
    return {int(name.rpartition(":")[2]) for name, _ in workers(site)}


def test_a_dead_worker_costs_what_came_after_the_last_checkpoint(site, record_property):
    victor = site.visitor()
    victor.sign_up("Victor")
    source = lasting(LONG)
    calm = victor.submit("spring", source)
    with site.worker():
        undisturbed = finished(victor, calm)
    path = victor.submit("spring", source, title="Again")
    with site.worker(**OFTEN) as worker:
        eventually(lambda: len(checkpoints_of(site, path)) == 2, what="both are saved once")
        worker.kill()
    with site.worker(**OFTEN):
        assert finished(victor, path) == undisturbed
    assert site.runs(path) == site.runs(calm)
    told = attempts(site, path)
    record_property("kill -9 after checkpoints", str(told))
    for training in (0, 1):
        first, *_, last = [it for it in told if it[0] == training]
        assert (first[2], last[2]) == ("lost", "ok")
        assert first[4] > 0
        assert last[5] >= first[4]
    # by the dispatcher's next round at the latest
    eventually(lambda: checkpoints_of(site, path) == [], what="the checkpoints are gone")


def test_a_checkpoint_of_another_training_is_refused_counted_and_harmless(site):
    ulrich = site.visitor()
    ulrich.sign_up("Ulrich")
    source = lasting(LONG)
    path = ulrich.submit("spring", source)
    with site.worker(**OFTEN) as worker:
        eventually(lambda: len(checkpoints_of(site, path)) == 2, what="both are saved once")
        worker.kill()
    first, second = (
        Path(site.env["ARTIFACTS"], name)
        for (name,) in site.ask("SELECT file FROM leaderboard_checkpoint ORDER BY file")
    )
    first.write_bytes(second.read_bytes())
    second.write_bytes(second.read_bytes()[:-100])
    with site.worker(**OFTEN):
        assert finished(ulrich, path)["status"] == "succeeded"
    ((refused,),) = site.ask(
        "SELECT times FROM leaderboard_refusal WHERE kind = 'other_checkpoint'"
    )
    assert refused == 2
    assert {it[5] for it in attempts(site, path)} == {0}
    calm = graded(source, trainings=2, runs=5, frames=600)
    assert [mph for _, _, mph in site.runs(path)] == [mph for it in calm["runs"] for mph in it]


@pytest.mark.deep  # test_line.py and the storms ask for the same, sooner
def test_two_workers_share_the_only_evaluation(site):
    walter = site.visitor()
    walter.sign_up("Walter")
    with site.worker(**OFTEN, **PATIENT) as one, site.worker(**OFTEN, **PATIENT) as other:
        eventually(lambda: {one.pid, other.pid} <= present(site), what="both are there")
        path = walter.submit("spring", lasting(LONG))
        assert finished(walter, path)["status"] == "succeeded"
    told = attempts(site, path)
    assert [it[2] for it in told] == ["ok", "ok"]
    assert len({it[3].split(":")[1] for it in told}) == 2  # two processes


@pytest.mark.deep  # test_line.py and the storms ask for the same, sooner
def test_everybody_takes_turns(site):
    xaver, yvonne = site.visitor(), site.visitor()
    xaver.sign_up("Xaver")
    yvonne.sign_up("Yvonne")
    many = [xaver.submit("spring", SMALL % (1600 + it)) for it in range(6)]
    one = yvonne.submit("spring", SMALL % 1600)
    with site.worker(WORKER_CONCURRENCY="1"):
        for path in (*many, one):
            assert finished(xaver, path)["status"] == "succeeded"
    order = site.ask(
        "SELECT submission_id FROM leaderboard_evaluation WHERE submission_id = ANY(%s)"
        " ORDER BY finished_at",
        [number_of(path) for path in (*many, one)],
    )
    assert [number for (number,) in order] == [number_of(it) for it in (many[0], one, *many[1:])]


def test_a_worker_whose_golden_gradings_differ_takes_nothing_and_says_so(site, tmp_path):
    shutil.copytree(ROOT / "leaderboard", tmp_path / "leaderboard")
    other_grader(tmp_path)
    zeno = site.visitor()
    zeno.sign_up("Zeno")
    path = zeno.submit("spring", SMALL % 1700)
    command = [BIN / "celery", "-A", "leaderboard", "worker"]
    with started(command, env=site.env, cwd=tmp_path, ready="taking no work", name="unfit"):
        ((_, unfit),) = eventually(
            lambda: [it for it in workers(site) if it[1]], what="its row says so"
        )
        assert "this machine or its libraries compute otherwise" in unfit
        assert zeno.submission(path)["status"] == "queued"
        assert site.broker().llen("interactive") > 0
        with site.worker():
            assert finished(zeno, path)["status"] == "succeeded"
    (attempt,) = {it[3] for it in attempts(site, path)}
    assert attempt
