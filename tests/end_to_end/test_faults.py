"""Breaking things in the middle of a grading: it is graded all the same, and once."""

import os
import signal
from pathlib import Path

import pytest

from tests.end_to_end.pace import lasting
from tests.end_to_end.results import finished
from tests.end_to_end.visitor import SMALL
from tests.processes import eventually

ENOUGH = 5  # [s] of computing, to be seen in the middle of it and yet to be finished afterwards
FOR_EVER = 120  # [s] of computing that nobody will wait for
OFTEN = {"HEARTBEAT_SECONDS": "0.25"}  # how soon the database tells that it is in the middle


def is_alive(process: int) -> bool:
    """Still there, and not only waiting to be buried."""
    try:
        return Path(f"/proc/{process}/stat").read_text().rsplit(")", 1)[1].split()[0] != "Z"
    except FileNotFoundError:
        return False


def computing(site, path):
    """The process that computes a submission, once it is in the middle of it."""

    def seen():
        return site.ask(
            """
            SELECT attempt.process FROM leaderboard_attempt attempt
            JOIN leaderboard_training training ON training.id = attempt.training_id
            JOIN leaderboard_evaluation evaluation ON evaluation.id = training.evaluation_id
            WHERE evaluation.submission_id = %s AND attempt.exit = '' AND training.iteration > 0
            """,
            int(path.strip("/").split("/")[-1]),
        )

    return eventually(seen, what=f"{path} is being computed")[0][0]


@pytest.fixture
def report(site, record_property):
    """Every attempt at a submission, which the end of the run shows beside what was killed."""

    def attempts_after(path, what_happened):
        attempts = site.attempts(path)
        told = ", ".join(
            f"training {training} fence {fence} {outcome} (pid {process})"
            for training, fence, outcome, process in attempts
        )
        record_property(what_happened, f"{told}; {len(site.runs(path))} runs stored")
        return attempts

    return attempts_after


def assert_stored_once_after(attempts, first_end):
    """Each training: first what was done to it, at last one result, and between them only leases
    that a busy machine let run out.
    """
    for training in (0, 1):
        ends = [end for index, _, end, _ in attempts if index == training]
        assert ends[0] == first_end
        assert ends[-1] == "ok"
        assert set(ends[1:-1]) <= {"lost"}
        fences = [fence for index, fence, _, _ in attempts if index == training]
        assert fences == list(range(1, len(fences) + 1))


def test_a_worker_killed_in_the_middle_is_replaced_and_the_grading_stored_once(site, report):
    alice = site.visitor()
    alice.sign_up("Frank")
    long = lasting(ENOUGH)
    calm = alice.submit("spring", long)
    with site.worker():
        undisturbed = finished(alice, calm)

    # by another title: the very same handed in at once would be a button pressed twice
    path = alice.submit("spring", long, title="Again")
    assert path != calm
    with site.worker(**OFTEN) as worker:
        process = computing(site, path)
        worker.kill()
        eventually(lambda: not is_alive(process), what="the computing ended as well")
    with site.worker():
        now = finished(alice, path)
    attempts = report(path, f"kill -9 of the worker, pid {worker.pid}")
    assert now == undisturbed
    assert_stored_once_after(attempts, "lost")
    assert site.runs(path) == site.runs(calm)


def test_a_worker_that_is_told_to_stop_hands_its_work_back_at_once(site, report):
    grace = site.visitor()
    grace.sign_up("Grace")
    path = grace.submit("spring", lasting(ENOUGH))
    with site.worker(**OFTEN) as worker:
        process = computing(site, path)
        assert worker.stop(timeout=30) == 0
        assert not is_alive(process)
        assert grace.submission(path)["status"] == "queued"
    with site.worker():
        assert finished(grace, path)["status"] == "succeeded"
    attempts = report(path, f"TERM to the worker, pid {worker.pid}")
    assert_stored_once_after(attempts, "handed_back")


def test_a_computing_process_that_is_killed_is_started_again(site, report):
    heidi = site.visitor()
    heidi.sign_up("Heidi")
    path = heidi.submit("spring", lasting(ENOUGH))
    with site.worker(**OFTEN):
        process = computing(site, path)
        os.kill(process, signal.SIGKILL)
        assert finished(heidi, path)["status"] == "succeeded"
    attempts = report(path, f"kill -9 of the computing process, pid {process}")
    assert_stored_once_after(attempts, "crashed")


def test_a_configuration_whose_computing_dies_every_time_fails_after_three_attempts(site):
    ivan, judy = site.visitor(), site.visitor()
    ivan.sign_up("Ivan")
    judy.sign_up("Judy")
    path = ivan.submit("spring", lasting(FOR_EVER))
    # no checkpoint: an attempt that gets further counts for nothing
    with site.worker(WORKER_CONCURRENCY="2", CHECKPOINT_SECONDS="1000", **OFTEN):
        for fence in (1, 2, 3):
            process = computing(site, path)
            if fence == 2:
                other = judy.submit("spring", SMALL % 1100)
            os.kill(process, signal.SIGKILL)
            eventually(
                lambda crash=(0, fence, "crashed"): crash in {it[:3] for it in site.attempts(path)},
                what=f"attempt {fence} is closed",
            )
        now = finished(ivan, path)
        assert now["status"] == "failed"
        assert finished(judy, other)["status"] == "succeeded"
    assert "Tried 3 times" in ivan.get(path).text
    assert len(site.attempts(path)) == 2 * 3


def test_a_cancelled_grading_frees_the_processor_within_ten_seconds(site):
    mallory = site.visitor()
    mallory.sign_up("Mallory")
    path = mallory.submit("spring", lasting(FOR_EVER))
    with site.worker(**OFTEN):
        process = computing(site, path)
        mallory.cancel(path)
        eventually(lambda: not is_alive(process), timeout=10, what="the processor is free")
        assert finished(mallory, path)["status"] == "cancelled"
    assert [attempt[2] for attempt in site.attempts(path)] == ["cancelled", "cancelled"]
