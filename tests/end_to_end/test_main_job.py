"""The main job as a participant and an organiser do it, with a worker as users start it."""

import re
import time
from pathlib import Path

from simulator.recording import unpacked
from tests.end_to_end.pace import graded, lasting
from tests.end_to_end.results import FINISHED, finished, verified
from tests.end_to_end.visitor import SMALL
from tests.processes import eventually


def test_a_submission_is_trained_graded_and_ranked_and_run_again_by_an_organiser(site):
    alice = site.visitor()
    alice.sign_up("Alice")
    path = alice.submit("spring", SMALL % 1500, title="first try")
    assert alice.submission(path)["status"] == "queued"

    with site.worker():
        now = finished(alice, path)
        assert now["status"] == "succeeded"
        score = float(now["score"])
        assert 30 < score < 80
        assert ("Alice", score) in [row[1:] for row in site.visitor().board("spring")]
        assert len(site.runs(path)) == 2 * 5
        eventually(
            lambda: site.ask(
                "SELECT low, high FROM leaderboard_standingrow row"
                " JOIN leaderboard_evaluation evaluation ON evaluation.id = row.evaluation_id"
                " WHERE evaluation.submission_id = %s",
                int(path.strip("/").split("/")[-1]),
            ),
            what="its rank has an interval",
        )

        organiser = site.organiser()
        (first,) = site.ask(
            "SELECT id FROM leaderboard_evaluation WHERE submission_id = %s",
            int(path.strip("/").split("/")[-1]),
        )
        organiser.send_form(
            "/admin/leaderboard/evaluation/",
            {
                "action": "run_again",
                "_selected_action": first[0],
                "reason": "to see it twice",
                "confirm": "yes",
            },
        )
        (again,) = eventually(
            lambda: site.ask(
                "SELECT id, score, applied_at FROM leaderboard_evaluation"
                " WHERE reason = 'to see it twice' AND status = 'succeeded'"
            ),
            what="the rerun is graded",
        )
    assert again[1] == score  # the same seeds, the same bits
    assert again[2] is None
    page = organiser.send_form(
        "/admin/leaderboard/evaluation/",
        {"action": "apply_scores", "_selected_action": again[0]},
    )
    assert "now counts" in page.text


def test_the_command_line_prints_the_score_of_the_site(site):
    bob = site.visitor()
    bob.sign_up("Bob")
    source = SMALL % 1400
    path = bob.submit("spring", source)
    with site.worker():
        on_the_site = finished(bob, path)
    grade = graded(source, trainings=2, runs=5, frames=600)
    assert repr(grade["score"]) == on_the_site["score"]
    runs = [mph for _, _, mph in site.runs(path)]
    assert [mph for training in grade["runs"] for mph in training] == runs


def test_a_run_is_recorded_when_it_is_asked_for_though_the_worker_is_busy(site, record_property):
    fred = site.visitor()
    fred.sign_up("Fred")
    path = fred.submit("spring", SMALL % 1450)
    with site.worker(WORKER_CONCURRENCY="1"):
        finished(fred, path)
        busy = fred.submit("spring", lasting(60))
        eventually(lambda: fred.submission(busy)["status"] == "running", what="it is busy")
        shown = {}
        for place in ("1-1", "1-2", "1-3", "1-4", "1-5"):  # three of them came with the grading
            start = time.perf_counter()
            shown[place] = eventually(
                lambda place=place: _recording(fred, f"{path}runs/{place}"), what="it is recorded"
            )
            record_property(f"run {place} to be watched [s]", f"{time.perf_counter() - start:.2f}")
        assert fred.submission(busy)["status"] == "running"
        fred.cancel(busy)
    speeds = [mph for training, _, mph in site.runs(path) if training == 0]
    assert [unpacked(it).average_mph for it in shown.values()] == speeds
    kept = site.ask(
        """
        SELECT sum(length(content)) FROM leaderboard_recording recording
        JOIN leaderboard_run run ON run.id = recording.run_id
        JOIN leaderboard_training training ON training.id = run.training_id
        JOIN leaderboard_evaluation evaluation ON evaluation.id = training.evaluation_id
        WHERE evaluation.submission_id = %s
        """,
        int(path.strip("/").split("/")[-1]),
    )
    assert 0 < kept[0][0] < 60_000


def _recording(visitor, path):
    response = visitor.get(path)
    assert response.status_code in {200, 202}, response.text
    return response.content if response.status_code == 200 else b""


def test_a_bundle_from_the_site_repeats_on_the_command_line(site, tmp_path):
    frida = site.visitor()
    frida.sign_up("Frida")
    path = frida.submit("spring", SMALL % 1450)
    with site.worker():
        finished(frida, path)
    assert verified(frida.get(f"{path}bundle.zip"), tmp_path) == (3, "no seeds")
    # with the key that is published later, what was downloaded before it repeats as well
    assert verified(frida.get(f"{path}bundle.zip"), tmp_path, "--seed", "0") == (0, "identical")
    assert verified(frida.get(f"{path}bundle.zip"), tmp_path, "--seed", "1")[0] == 1
    site.ask("UPDATE leaderboard_competition SET key_published_at = now() RETURNING id")
    assert verified(frida.get(f"{path}bundle.zip"), tmp_path) == (0, "identical")


def test_a_training_that_diverges_is_failed_with_the_reason_and_has_no_score(site):
    charlie = site.visitor()
    charlie.sign_up("Charlie")
    calm = (SMALL % 1500).replace("relu", "linear").rstrip().removesuffix("}")
    wild = calm + ', "trainer": {"learning_rate": 10.0, "momentum": 0.9}}'
    path = charlie.submit("spring", wild)
    with site.worker():
        now = finished(charlie, path)
    assert now["status"] == "failed"
    assert not now.get("score")
    assert "learning_rate" in charlie.get(path).text
    assert "Charlie" not in [row[1] for row in site.visitor().board("spring")]


def test_a_body_without_end_is_refused_before_it_is_kept(site):
    chunks = (b"x" * 1_000_000 for _ in range(40))
    answer = site.visitor().post("/c/spring/submit/", content=chunks)
    assert answer.status_code == 413
    assert "larger than 20 MB" in answer.text


def test_messages_that_the_broker_forgot_are_sent_again(site):
    dora = site.visitor()
    dora.sign_up("Dora")
    path = dora.submit("spring", SMALL % 1300)
    site.broker().flushdb()
    with site.worker():
        assert finished(dora, path)["status"] == "succeeded"


def test_the_same_evaluation_delivered_five_times_is_graded_once(site):
    erin = site.visitor()
    erin.sign_up("Erin")
    path = erin.submit("spring", SMALL % 1200)
    broker = site.broker()
    for _ in range(4):
        broker.lpush("interactive", broker.lindex("interactive", 0))
    # a lease that a busy machine let run out would be another attempt
    with site.worker(WORKER_CONCURRENCY="4", LEASE_SECONDS="60"):
        finished(erin, path)
        eventually(lambda: not broker.llen("interactive"), what="all are taken")
    assert [attempt[:3] for attempt in site.attempts(path)] == [(0, 1, "ok"), (1, 1, "ok")]
    assert len(site.runs(path)) == 2 * 5


def test_the_web_process_never_loads_torch_and_the_worker_stays_small(site, record_property):
    oscar = site.visitor()
    oscar.sign_up("Oscar")
    path = oscar.submit("spring", lasting(1))
    peak = 0.0

    def done_or_measured():
        nonlocal peak
        peak = max(peak, sum(map(resident_mb, [worker.pid, *children(worker.pid)])))
        return oscar.submission(path)["status"] in FINISHED

    with site.worker() as worker:
        eventually(done_or_measured, what="graded")
        loaded = mapped(site.web.pid)
        assert "numpy" in loaded
        assert "torch" not in loaded
        assert "torch" not in mapped(worker.pid)  # only its computing process needs it
    record_property("peak of the worker's processes, PSS", f"{peak:.0f} MB")
    assert 100 < peak < 900


def mapped(process):
    return Path(f"/proc/{process}/maps").read_text()


def resident_mb(process):
    """Proportional set size [MB]: shared pages count in part. 0 once it has ended."""
    try:
        rollup = Path(f"/proc/{process}/smaps_rollup").read_text()
    except (FileNotFoundError, ProcessLookupError):
        return 0.0
    return int(re.search(r"^Pss:\s+(\d+) kB", rollup, re.MULTILINE)[1]) / 1000


def children(process):
    tasks = Path(f"/proc/{process}/task")
    return [
        int(child) for task in tasks.iterdir() for child in (task / "children").read_text().split()
    ]
