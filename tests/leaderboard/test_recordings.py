"""Recordings: three runs of each training can be watched at once, any other after a wish."""

import json
import threading
from base64 import b64encode
from datetime import timedelta

import pytest
from django.utils import timezone

import grader
from grader import child, job
from grader.grading import compute
from leaderboard import leases, recorder, recordings
from leaderboard.models import Baseline, Recording, Refusal, Run, TrainedNetwork, Worker
from leaderboard.recordings import Answer
from leaderboard.tasks import queue_evaluation
from simulator.recording import unpacked
from tests.leaderboard.makers import (
    claim,
    make_competition,
    make_submission,
    make_trained,
    make_user,
    result_of,
)

pytestmark = pytest.mark.django_db(transaction=True)


def really_graded(evaluation):
    """Graded as by a worker: the job that it gives to its computing process, and what that says."""
    for lease in claim(evaluation):
        training = evaluation.trainings.get(index=lease.index)
        order = job.read(json.dumps(recorder._job(training, 0) | {"record": None}).encode())
        compute(
            order.config,
            order.protocol,
            order.trainings,
            driver=order.driver,
            network=order.network,
            on_result=lambda result, order=order, lease=lease: leases.succeed(
                lease, told(order, result)
            ),
        )
    evaluation.refresh_from_db()
    return evaluation


def told(order, result):
    return json.loads(json.dumps(child._result(order, result)))


@pytest.fixture
def at_work():
    return Worker.objects.create(name="a", host="one", slots=1, grader_version=grader.__version__)


@pytest.fixture
def graded(monkeypatch):
    competition = make_competition(runs=5, trainings=2, frames=90)
    submission = make_submission(make_user("Alice"), competition)
    # before it is trained there is no network to be given along
    monkeypatch.setattr(recorder, "_network", lambda *_: None)
    evaluation = really_graded(submission.evaluations.get())
    monkeypatch.undo()
    return evaluation


def path_of(evaluation, training=1, run=1):
    return f"/submissions/{evaluation.submission_id}/runs/{training}-{run}"


def unrecorded(evaluation):
    return Run.objects.filter(training__evaluation=evaluation, recording=None).order_by("pk")


def places_of(run):
    return run.training.index + 1, run.index + 1


@pytest.mark.both_databases
def test_a_grading_keeps_best_median_and_worst_of_each_training_and_its_network(graded):
    for training in graded.trainings.all():
        speeds = sorted(training.runs.values_list("average_mph", flat=True))
        kept = Recording.objects.filter(run__training=training).select_related("run")
        assert sorted(it.run.average_mph for it in kept) == [speeds[0], speeds[2], speeds[4]]
        for it in kept:
            assert unpacked(bytes(it.content)).average_mph == it.run.average_mph
        assert bytes(training.network.content)
    assert sum(len(it.content) for it in Recording.objects.all()) < 60_000


def test_what_is_recorded_is_there_at_once(graded, client):
    run = Run.objects.exclude(recording=None).first()
    response = client.get(path_of(graded, *places_of(run)))
    assert response.status_code == 200
    assert unpacked(response.content).average_mph == run.average_mph
    again = client.get(
        path_of(graded, *places_of(run)), headers={"If-None-Match": response["ETag"]}
    )
    assert (again.status_code, again.content) == (304, b"")


@pytest.mark.both_databases
def test_any_other_run_is_recorded_by_the_worker_when_it_is_asked_for(graded, client, at_work):
    run = unrecorded(graded).first()
    first = client.get(path_of(graded, *places_of(run)))
    assert (first.status_code, first["Cache-Control"]) == (202, "no-store")
    assert client.get(path_of(graded, *places_of(run))).status_code == 202
    assert Recording.objects.filter(wanted=True).count() == 1
    assert recorder.record_next(threading.Event())
    then = client.get(path_of(graded, *places_of(run)))
    assert unpacked(then.content).average_mph == run.average_mph
    assert not recorder.record_next(threading.Event())


def test_what_torch_has_graded_is_driven_again_by_torch(graded, client, at_work):
    assert {recorder._job(it, 0)["engine"] for it in graded.trainings.all()} == {"compiled"}
    graded.trainings.update(engine="torch-stacked")
    run = unrecorded(graded).first()
    order = job.read(json.dumps(recorder._job(run.training, run.index)).encode())
    results = []
    compute(
        order.config,
        order.protocol,
        order.trainings,
        network=order.network,
        engine=order.engine,
        on_result=results.append,
    )
    assert [result.engine for result in results] == ["torch-stacked"]
    client.get(path_of(graded, *places_of(run)))
    assert recorder.record_next(threading.Event())
    assert client.get(path_of(graded, *places_of(run))).status_code == 200


def test_a_handed_in_network_and_a_driver_are_recorded_too(client, at_work):
    competition = make_competition(
        runs=5, trainings=2, frames=90, accepts="both", configs_visible="always"
    )
    trained = make_trained(make_user("Bob"), competition).evaluations.get()
    driver = Baseline.objects.create(competition=competition, name="Gap", driver="gap-seeker-10")
    scripted = queue_evaluation(driver)
    for evaluation in (trained, scripted):
        really_graded(evaluation)
        run = unrecorded(evaluation).first()
        place = "{}-{}".format(*places_of(run))
        path = f"/submissions/{trained.submission_id}/runs/{place}"
        if evaluation is scripted:
            path = f"/baselines/{driver.pk}/runs/{place}"
        assert client.get(path).status_code == 202
        recorder.record_next(threading.Event())
        kept = unpacked(client.get(path).content)
        assert kept.average_mph == run.average_mph
        assert (kept.values is None) == (evaluation is scripted)
    assert not TrainedNetwork.objects.exists()


def test_who_may_not_see_the_configuration_sees_the_road_alone(graded, client):
    run = Run.objects.exclude(recording=None).first()
    stranger = unpacked(client.get(path_of(graded, *places_of(run))).content)
    assert (stranger.view, stranger.values) == (None, None)
    client.force_login(graded.submission.participant)
    owner = unpacked(client.get(path_of(graded, *places_of(run))).content)
    assert owner.view is not None
    assert owner.values.shape == (3, 5)
    assert (owner.decisions == stranger.decisions).all()


def test_what_was_withdrawn_is_not_shown(graded, client):
    graded.submission.withdraw()
    assert client.get(path_of(graded)).status_code == 404


@pytest.mark.parametrize(
    ("place", "says"),
    [
        ("1-6", "There is no run 6 of training 1."),
        ("3-1", "There is no run 1 of training 3."),
        ("0-0", "There is no run 0 of training 0."),
        ("99999999999999999999-1", "There is no run 1 of training 99999999999999999999."),
    ],
)
def test_a_run_that_is_not_there_is_a_sentence(graded, client, place, says):
    response = client.get(f"/submissions/{graded.submission_id}/runs/{place}")
    assert (response.status_code, response.json()) == (404, {"why": says})


def test_of_what_was_not_graded_nothing_can_be_watched(client):
    submission = make_submission(make_user("Alice"), make_competition())
    response = client.get(f"/submissions/{submission.pk}/runs/1-1")
    assert response.status_code == 404
    assert "not graded" in response.json()["why"]


def test_without_a_worker_nobody_waits_for_one(graded, client):
    response = client.get(path_of(graded, *places_of(unrecorded(graded).first())))
    assert (response.status_code, response.json()) == (503, {"why": Answer.NOBODY.value})
    assert not Recording.objects.filter(wanted=True).exists()


def test_runs_of_before_networks_were_kept_say_so(graded, client, at_work):
    TrainedNetwork.objects.all().delete()
    response = client.get(path_of(graded, *places_of(unrecorded(graded).first())))
    assert (response.status_code, response.json()) == (404, {"why": Answer.NO_NETWORK.value})


def test_too_many_wishes_at_once_have_to_come_again(graded, client, at_work, monkeypatch):
    monkeypatch.setattr(recordings, "MOST_WAITING", 1)
    one, other = unrecorded(graded)[:2]
    assert client.get(path_of(graded, *places_of(one))).status_code == 202
    response = client.get(path_of(graded, *places_of(other)))
    assert (response.status_code, response.json()) == (503, {"why": Answer.BUSY.value})


@pytest.mark.both_databases
def test_only_the_newest_wishes_are_kept_and_what_came_with_the_grading(
    graded, at_work, monkeypatch
):
    monkeypatch.setattr(recordings, "KEPT", 2)
    first, *others = unrecorded(graded)
    for run in (first, *others):
        recordings.ask(run)
        recorder.record_next(threading.Event())
    assert len(others) == 3
    assert not Recording.objects.filter(run=first).exists()
    assert Recording.objects.filter(asked_at=None).count() == 6
    assert Recording.objects.made().filter(asked_at__isnull=False).count() == 2


@pytest.mark.both_databases
def test_two_workers_do_not_record_the_same_run(graded, at_work):
    recordings.ask(unrecorded(graded).first())
    assert recordings.take() is not None
    assert recordings.take() is None
    Recording.objects.filter(wanted=True).update(claimed_until=timezone.now() - timedelta(1))
    assert recordings.take().tries == 2


@pytest.mark.both_databases
def test_what_cannot_be_made_is_given_up_and_may_be_asked_for_an_hour_later(graded, at_work):
    run = unrecorded(graded).first()
    for _ in range(recordings.MOST_TRIES):
        assert recordings.ask(run)[0] == Answer.SOON
        recordings.put_back(recordings.take(), "the machine is on fire")
    assert recordings.ask(run)[0] == Answer.IMPOSSIBLE
    Recording.objects.filter(run=run).update(asked_at=timezone.now() - timedelta(hours=2))
    assert recordings.ask(run)[0] == Answer.SOON


def test_whatever_is_wrong_with_one_wish_the_next_is_recorded(graded, at_work, monkeypatch):
    """The first look ends in an error that nobody has thought of."""
    recordings.ask(unrecorded(graded).first())
    take, looks, stopping = recordings.take, [], threading.Event()

    def trip():
        looks.append(1)
        if len(looks) == 1:
            raise LookupError("gone")
        stopping.set()
        return take()

    monkeypatch.setattr(recordings, "take", trip)
    monkeypatch.setattr(recorder, "AWAY_SECONDS", 0)
    recorder.keep_recording(stopping)
    assert len(looks) == 2
    assert Recording.objects.get(wanted=True).tries == 1


def test_a_machine_that_drives_otherwise_records_nothing(graded, client, at_work):
    run = unrecorded(graded).first()
    Run.objects.filter(pk=run.pk).update(trace="0" * 32)
    recordings.ask(run)
    recorder.record_next(threading.Event())
    response = client.get(path_of(graded, *places_of(run)))
    assert (response.status_code, response.json()) == (404, {"why": Answer.IMPOSSIBLE.value})
    kept = Recording.objects.get(run=run)
    assert kept.why_not == "not the run that was graded: driven again it decides otherwise."


@pytest.mark.parametrize(
    "damage",
    [
        {"recordings": {"7": ""}},
        {"recordings": {"0": "no base64"}},
        {"recordings": {"0": 7}},
        {"recordings": {"first": b64encode(b"OVRD").decode()}},
        {"recordings": {"0": b64encode(bytes(70_000)).decode()}},
        {"network": 7},
    ],
)
def test_a_damaged_recording_is_left_out_counted_and_costs_no_score(damage):
    competition = make_competition(runs=3, trainings=1)
    evaluation = make_submission(make_user("Alice"), competition).evaluations.get()
    (lease,) = claim(evaluation)
    assert leases.succeed(lease, {**result_of(60, runs=3), **damage})
    evaluation.refresh_from_db()
    assert evaluation.score == 60
    assert not Recording.objects.exists()
    assert Refusal.objects.get(kind="bad_recording").times == 1


def test_a_recording_of_another_run_is_left_out(graded):
    best = Run.objects.exclude(recording=None).order_by("-average_mph").first()
    content = b64encode(bytes(best.recording.content)).decode()
    other = Run.objects.exclude(average_mph=best.average_mph).first()
    with pytest.raises(ValueError, match="mph, not the run's"):
        recordings.checked(content, other, graded.protocol)


def test_it_asks_the_database_five_times_however_many_runs_there_are(
    graded, client, django_assert_num_queries
):
    run = Run.objects.exclude(recording=None).first()
    with django_assert_num_queries(5):
        client.get(path_of(graded, *places_of(run)))
