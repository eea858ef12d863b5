"""Signs of life: the canary and its excuse, the dispatcher's round, and readyz by them."""

import json
from datetime import timedelta

import pytest
from django.utils import timezone

from leaderboard import canary, dispatcher, tasks
from leaderboard.celery import app
from leaderboard.models import Calibration, Sign
from tests.leaderboard.makers import claim, make_competition, make_submission, make_user

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.both_databases]
Name = Sign.Name


@pytest.fixture(autouse=True)
def empty_broker():
    with app.connection_for_write() as connection:
        connection.default_channel.client.flushdb()


@pytest.fixture
def machine() -> Calibration:
    """A machine at work, with two slots."""
    return Calibration.objects.create(
        host="one", cores=2, slots=2, speed=1.0, seen_at=timezone.now()
    )


def ago(name: Name, seconds: float) -> None:
    Sign.objects.show(name)
    then = timezone.now() - timedelta(seconds=seconds)
    Sign.objects.filter(name=name).update(seen_at=then)


def grading(*workers: str) -> None:
    alice, competition = make_user("Alice"), make_competition()
    for worker in workers:
        assert claim(make_submission(alice, competition).evaluations.get(), worker=worker)


def readyz(client) -> dict[str, str]:
    """What fails, by name; the text and the status agree with it."""
    response = client.get("/readyz", headers={"accept": "application/json"})
    told = json.loads(response.content)
    assert (response.status_code, response["Cache-Control"].count("no-store")) in {
        (200, 1),
        (503, 1),
    }
    assert told["ok"] == (response.status_code == 200)
    plain = client.get("/readyz")
    assert (plain.status_code, plain["Content-Type"]) == (response.status_code, "text/plain")
    assert [line.split(":")[0] for line in plain.content.decode().splitlines()] == [*told["checks"]]
    return {name: it["fault"] for name, it in told["checks"].items() if not it["ok"]}


def test_a_sign_is_shown_again_and_again_and_is_one_row():
    for _ in range(3):
        Sign.objects.show(Name.ROUND)
    assert 0 <= Sign.objects.seen()[Name.ROUND].age < 60
    ago(Name.ROUND, 3600)
    assert Sign.objects.seen()[Name.ROUND].age == pytest.approx(3600, abs=60)
    assert Sign.objects.count() == 1


def test_a_round_of_the_dispatcher_is_a_sign_and_sends_one_canary():
    assert dispatcher.quiet_seconds() is None
    dispatcher.turn()
    assert dispatcher.quiet_seconds() < 60
    assert tasks.messages_in("canary") == 1
    dispatcher.turn()
    assert tasks.messages_in("canary") == 1


def test_a_canary_that_was_finished_lately_is_not_due():
    tasks.sing()
    assert not tasks.send_canary()
    ago(Name.CANARY, 31)
    assert tasks.send_canary()


def test_a_canary_that_the_broker_forgot_is_sent_again():
    assert tasks.send_canary()
    with app.connection_for_write() as connection:
        connection.default_channel.client.flushdb()
    assert tasks.send_canary()


def test_readyz_names_what_never_was(client):
    faults = readyz(client)
    assert faults == {
        "dispatcher": "the dispatcher never made a round",
        "canary": "the canary never was finished by a worker",
    }


def test_readyz_is_well_after_a_round_and_a_canary(client):
    dispatcher.turn()
    tasks.sing()
    assert readyz(client) == {}


def test_readyz_says_since_when_no_worker_takes_anything(client):
    Sign.objects.show(Name.ROUND)
    ago(Name.CANARY, canary.longest_quiet() + 60)
    assert list(readyz(client)) == ["canary"]
    since = Sign.objects.get(name=Name.CANARY).seen_at
    text = client.get("/readyz").content.decode()
    assert f"canary: failing since {since:%Y-%m-%dT%H:%M:%SZ}: " in text
    assert "dispatcher: ok\n" in text


def test_readyz_says_since_when_the_dispatcher_is_silent(client):
    Sign.objects.show(Name.CANARY)
    ago(Name.ROUND, dispatcher.LONGEST_QUIET + 60)
    assert list(readyz(client)) == ["dispatcher"]


def test_workers_that_all_grade_for_hours_are_well(client, machine):
    ago(Name.CANARY, 3600)
    grading("one:1", "one:2")
    dispatcher.turn()
    assert readyz(client) == {}
    # and the canary, which waits, has as long as ever once there is a slot for it
    assert tasks.messages_in("canary") == 1
    ago(Name.BUSY, canary.longest_quiet() - 20)
    assert readyz(client) == {}


def test_a_worker_with_a_free_slot_that_takes_no_canary_is_not_well(client, machine):
    ago(Name.CANARY, 3600)
    grading("one:1")
    dispatcher.turn()
    assert list(readyz(client)) == ["canary"]


def test_leases_that_ran_out_excuse_nobody(client, machine, settings):
    ago(Name.CANARY, 3600)
    settings.LEASE_SECONDS = -1
    grading("one:1", "one:2")
    tasks.send_canary()
    assert not Sign.objects.filter(name=Name.BUSY).exists()


def test_a_slot_is_taken_once_however_many_trainings_it_computes(machine):
    grading("one:1")  # two trainings
    assert not canary.every_slot_is_taken()


def test_where_no_machine_measured_itself_one_grading_is_an_excuse():
    assert not canary.every_slot_is_taken()
    grading("one:1")
    assert canary.every_slot_is_taken()
