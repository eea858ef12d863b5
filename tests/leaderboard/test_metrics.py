"""The figures for Prometheus: what they are, who may read them, and what they cost."""

import socket
import time
from datetime import timedelta

import pytest
from django.db import OperationalError, connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone
from prometheus_client.parser import text_string_to_metric_families

from leaderboard import leases, refusals, tasks
from leaderboard.celery import app
from leaderboard.models import Attempt, Calibration, Evaluation, Refusal, Training
from leaderboard.reruns import rerun
from tests.leaderboard.makers import claim, grade, make_competition, make_submission, make_user

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.both_databases]


@pytest.fixture(autouse=True)
def empty_broker():
    with app.connection_for_write() as connection:
        connection.default_channel.client.flushdb()


def figures(client) -> dict[tuple[str, ...], float]:
    """Every sample by its name and the values of its labels."""
    response = client.get("/metrics")
    assert response.status_code == 200
    return {
        (sample.name, *sample.labels.values()): sample.value
        for family in text_string_to_metric_families(response.content.decode())
        for sample in family.samples
    }


def in_line(number: int = 1) -> list[Evaluation]:
    alice, competition = make_user("Alice"), make_competition(quota=1000)
    return [make_submission(alice, competition).evaluations.get() for _ in range(number)]


def test_an_empty_site_tells_zeros_and_both_parts_up(client):
    told = figures(client)
    assert told["overtake_up", "database"] == told["overtake_up", "broker"] == 1
    assert told["overtake_oldest_unfinished_seconds", "interactive"] == 0
    assert told["overtake_machines_alive",] == 0
    assert told["overtake_refused_total", "old_fence"] == 0
    assert told["overtake_attempts_ended_last_hour", "lost"] == 0


def test_lines_their_oldest_and_their_messages(client):
    first, second, third = in_line(3)
    rerun([grade(first, 60)], reason="again", by=third.submission.participant)
    claim(second)
    then = timezone.now() - timedelta(hours=3)
    Evaluation.objects.filter(pk=second.pk).update(created_at=then)
    told = figures(client)
    assert told["overtake_evaluations", "interactive", "queued"] == 1
    assert told["overtake_evaluations", "interactive", "running"] == 1
    assert told["overtake_evaluations", "bulk", "queued"] == 1
    assert told["overtake_oldest_unfinished_seconds", "interactive"] == pytest.approx(
        10_800, abs=60
    )
    assert told["overtake_oldest_unfinished_seconds", "bulk"] < 60
    assert told["overtake_broker_messages", "interactive"] == 3
    assert told["overtake_broker_messages", "bulk"] == 1
    assert told["overtake_broker_messages", "canary"] == 0


def test_what_ended_within_the_hour_by_how_it_ended(client):
    first, second, third = in_line(3)
    grade(first, 60)
    for lease in claim(second):
        leases.release(lease, outcome=Attempt.Exit.CRASHED)
    third.cancel()
    told = figures(client)
    assert told["overtake_attempts_ended_last_hour", "ok"] == 2
    assert told["overtake_attempts_ended_last_hour", "crashed"] == 2
    assert told["overtake_evaluations_finished_last_hour", "succeeded"] == 1
    assert told["overtake_evaluations_finished_last_hour", "cancelled"] == 1
    earlier = timezone.now() - timedelta(hours=2)
    Attempt.objects.filter(exit="ok").update(ended_at=earlier)
    Evaluation.objects.filter(pk=first.pk).update(finished_at=earlier)
    told = figures(client)
    assert told["overtake_attempts_ended_last_hour", "ok"] == 0
    assert told["overtake_evaluations_finished_last_hour", "succeeded"] == 0


def test_iterations_a_second_of_what_trains_now(client):
    assert figures(client)["overtake_iterations_per_second",] == 0
    (evaluation,) = in_line()
    first, second = claim(evaluation)
    leases.hold(first, leases.Progress("training", 30_000, []))
    leases.hold(second, leases.Progress("driving", 50_000, []))
    then = timezone.now() - timedelta(seconds=100)
    Attempt.objects.update(started_at=then)
    # a training that drives has stopped to iterate
    assert figures(client)["overtake_iterations_per_second",] == pytest.approx(300, rel=0.1)


def test_machines_and_signs(client):
    seen = timezone.now()
    Calibration.objects.create(host="one", cores=4, slots=3, speed=1.0, seen_at=seen)
    Calibration.objects.create(host="gone", cores=64, speed=1.0, seen_at=None)
    tasks.sing()
    told = figures(client)
    assert told["overtake_machines_alive",] == 1
    assert told["overtake_cores_alive",] == 4
    assert told["overtake_slots_alive",] == 3
    assert 0 <= told["overtake_sign_age_seconds", "canary"] < 60
    assert ("overtake_sign_age_seconds", "round") not in told  # never seen is not 0 s ago


def test_refusals_are_counted(client):
    for _ in range(3):
        refusals.count(Refusal.Kind.OTHER_CHECKPOINT)
    told = figures(client)
    assert told["overtake_refused_total", "other_checkpoint"] == 3
    assert told["overtake_refused_total", "bad_result"] == 0


def test_the_same_few_queries_however_many_rows(client):
    def asked() -> int:
        with CaptureQueriesContext(connection) as queries:
            figures(client)
        return len(queries)

    (evaluation,) = in_line()
    claim(evaluation)
    few = asked()
    first = Training.objects.first()
    now = timezone.now()
    Attempt.objects.bulk_create(
        Attempt(training=first, fence=fence, exit="lost", ended_at=now)
        for fence in range(2, 10_002)
    )
    row = Evaluation.objects.filter(pk=evaluation.pk).values().get()
    del row["id"]
    Evaluation.objects.bulk_create(Evaluation(**{**row, "status": "queued"}) for _ in range(10_000))
    assert asked() == few
    assert few <= 9


@pytest.mark.parametrize("how", ["gone", "frozen"])
def test_without_the_broker_the_rest_is_told_within_three_seconds(client, monkeypatch, how):
    with socket.socket() as silent:
        silent.bind(("127.0.0.1", 0))
        if how == "frozen":
            silent.listen()  # the kernel takes the connection, and nobody ever answers
        address = f"redis://127.0.0.1:{silent.getsockname()[1]}"
        usual = time.monotonic()
        figures(client)
        start = time.monotonic()
        usual = start - usual  # a busy machine takes its time for the rest
        monkeypatch.setattr(app.conf, "broker_read_url", address)
        told = figures(client)
        assert time.monotonic() - start < 3 + 5 * usual
        assert told["overtake_up", "broker"] == 0
        assert told["overtake_up", "database"] == 1
        assert told["overtake_machines_alive",] == 0
        assert not [sample for sample in told if sample[0] == "overtake_broker_messages"]
        ready = client.get("/readyz").content.decode()
        assert "broker: failing since " in ready
        assert "database: ok" in ready


def test_without_the_database_the_broker_is_still_told(client):
    def refuse(execute, sql, parameters, many, context):
        raise OperationalError("the database is away")

    with connection.execute_wrapper(refuse):
        told = figures(client)
        ready = client.get("/readyz")
    assert told["overtake_up", "database"] == 0
    assert told["overtake_broker_messages", "bulk"] == 0
    assert len(told) == 2 + 4
    assert ready.status_code == 503
    assert b"canary: failing since " in ready.content
    assert b"not known while the database is away" in ready.content


def test_without_a_token_they_are_for_this_machine_alone(client):
    assert client.get("/metrics").status_code == 200
    assert client.get("/metrics", REMOTE_ADDR="::1").status_code == 200
    for stranger in ("192.0.2.7", "10.0.0.2", "2001:db8::1", ""):
        assert client.get("/metrics", REMOTE_ADDR=stranger).status_code == 403


@pytest.mark.parametrize("header", ["X-Forwarded-For", "X-Real-IP", "Forwarded", "Via"])
def test_who_comes_through_a_proxy_on_this_machine_is_not_this_machine(client, header):
    response = client.get("/metrics", headers={header: "127.0.0.1"})
    assert response.status_code == 403
    assert b"METRICS_TOKEN" in response.content


def test_with_a_token_they_are_for_whoever_has_it_from_anywhere(client, settings):
    settings.METRICS_TOKEN = "a long secret"
    for given in ({}, {"authorization": "Bearer another"}, {"authorization": "a long secret"}):
        response = client.get("/metrics", headers=given)
        assert (response.status_code, response["WWW-Authenticate"]) == (401, "Bearer")
        assert b"a long secret" not in response.content
    right = {"authorization": "Bearer a long secret"}
    assert client.get("/metrics", headers=right, REMOTE_ADDR="192.0.2.7").status_code == 200


def test_a_scraper_that_asks_for_the_newer_format_gets_it(client):
    response = client.get("/metrics", headers={"accept": "application/openmetrics-text"})
    assert response["Content-Type"].startswith("application/openmetrics-text")
    assert response.content.endswith(b"# EOF\n")
