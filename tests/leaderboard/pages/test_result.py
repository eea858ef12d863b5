"""What a graded submission's page tells besides its score: against the leader, cost, fields."""

from datetime import timedelta

import pytest
from django.utils import timezone

from grader.config import NetworkConfig, parse
from leaderboard import leases
from leaderboard.charts import differences
from leaderboard.configuration import settings_of
from leaderboard.leases import Progress
from leaderboard.models import Attempt, Competition
from leaderboard.reports import Report
from leaderboard.steps import TRUSTED, seconds_left
from leaderboard.submitting import submit
from tests.leaderboard.makers import (
    claim,
    grade,
    graded_submission,
    make_submission,
    make_trained,
    make_user,
    result_of,
)
from tests.leaderboard.pages.reading import Page, text_of


def test_differences_are_taken_road_by_road():
    drawn = differences({0: [60, 61, 62], 1: [70, 70, 70]}, {0: [59, 62, 62], 1: [60, 60, 60]})
    assert drawn is not None
    assert (drawn.faster, drawn.slower, drawn.equal, drawn.roads) == (4, 1, 1, 6)
    assert [(it.number, it.faster, it.slower, it.middle) for it in drawn.strips] == [
        (1, 1, 1, 0),
        (2, 3, 0, 10),
    ]
    assert drawn.zero == "50.00%"
    assert drawn.strips[0].behind.count("M") == 1


@pytest.mark.parametrize(
    ("runs", "others"), [({}, {}), ({0: [60]}, {0: [60, 61]}), ({0: [60]}, {0: [60], 1: [60]})]
)
def test_what_did_not_drive_the_same_is_not_compared(runs, others):
    assert differences(runs, others) is None


def test_two_that_are_the_same_are_drawn_too():
    drawn = differences({0: [60, 61]}, {0: [60, 61]})
    assert drawn is not None
    assert drawn.equal == 2


@pytest.mark.django_db
class TestComparison:
    @pytest.fixture
    def second(self, bob, competition, graded):
        return graded_submission(bob, competition, 65)

    def faster(self, client, submission):
        return Page(client.get(submission.get_absolute_url())).values("data-faster")

    def test_everybody_is_compared_with_the_leader_and_the_leader_with_the_next(
        self, client, graded, second
    ):
        assert self.faster(client, second) == ["0"]
        assert "Beside the leader" in text_of(client.get(second.get_absolute_url()))
        assert self.faster(client, graded) == ["6"]
        assert "Beside the next" in text_of(client.get(graded.get_absolute_url()))

    def test_who_is_alone_is_compared_with_nobody(self, client, graded):
        assert self.faster(client, graded) == []

    def test_other_roads_are_not_compared(self, client, graded, competition, bob):
        Competition.objects.update(frames=600)
        competition.refresh_from_db()
        other = graded_submission(bob, competition, 65)
        assert self.faster(client, other) == []

    def test_who_was_withdrawn_leads_nobody(self, client, graded, second):
        graded.withdraw()
        assert self.faster(client, second) == []

    def test_trained_networks_are_compared_among_themselves(self, client, alice, bob, graded):
        Competition.objects.update(accepts="both")
        competition = Competition.objects.get()
        first, other = make_trained(alice, competition), make_trained(bob, competition, units=4)
        grade(first.evaluations.get(), 60)
        grade(other.evaluations.get(), 61)
        assert self.faster(client, first) == ["0"]
        assert "luck in training" not in text_of(client.get(first.get_absolute_url()))


def test_every_field_is_told_and_what_differs_with_its_default():
    config = parse('{"layers": [], "gamma": 0.9, "trainer": {"method": "adam"}}')
    told = {it.field: it for it in settings_of(config)}
    fields = set(NetworkConfig.model_fields) - {"trainer"}
    assert fields < set(told)
    assert {name: (it.value, it.default) for name, it in told.items() if it.default} == {
        "layers": ("none", "10 relu"),
        "gamma": ("0.9", "0.5"),
        "trainer.method": ("adam", "sgd"),
    }
    assert told["training_iterations"].value == "30,000"
    assert told["double_q"].value == "no"
    assert all(it.means for it in told.values())


def test_of_a_network_that_is_only_driven_training_is_not_told():
    fields = {it.field for it in settings_of(NetworkConfig(), trained=True)}
    assert "layers" in fields
    assert not {"gamma", "trainer.method", "training_iterations"} & fields


@pytest.mark.django_db
def test_attempts_say_where_they_went_on_and_how_long_they_took(as_alice, alice, competition):
    submission = make_submission(alice, competition)
    evaluation = submission.evaluations.get()
    first, second = claim(evaluation)
    Attempt.objects.filter(training=first.training).update(saved_to=700)
    leases.release(first, outcome=Attempt.Exit.HANDED_BACK)
    (again,) = claim(evaluation)
    Attempt.objects.filter(training=again.training, fence=again.fence).update(resumed_from=700)
    for lease in (again, second):
        leases.succeed(lease, result_of(66, runs=3))
    text = text_of(as_alice.get(submission.get_absolute_url()))
    assert ": the worker was stopped and handed it back, after 1 s. Its work is kept up to" in text
    assert ", from iteration 700, where the one before had saved its work: finished" in text
    assert "<dt>Took</dt><dd>3 s <small>of one core, waits for it included" in text


def left(done, to_do, gone=100):
    return seconds_left(done=done, left=to_do, of=5, gone=gone, estimated=50)


def test_time_left_goes_from_the_estimate_over_to_the_pace():
    assert left(0, 5, gone=0) == 50
    assert left(0, 5) == 50, "nothing has begun, however long that takes"
    assert left(5 * TRUSTED, 4) == pytest.approx(100 / (5 * TRUSTED) * 4)
    assert 45 < left(5 * TRUSTED / 2, 4.5) < 900
    assert left(5, 0) == 1


@pytest.mark.django_db
def test_time_left_counts_what_this_worker_has_finished_already(alice, competition):
    Competition.objects.update(trainings=4)
    competition.refresh_from_db()
    evaluation = make_submission(alice, competition).evaluations.get()
    total = evaluation.submission.network_config.training_iterations
    leasing = claim(evaluation)
    for at, attempt in enumerate(Attempt.objects.order_by("training__index")):
        attempt.started_at = timezone.now() - timedelta(seconds=100 - 0.1 * at)
        attempt.save()
    for lease in leasing[:2]:
        leases.succeed(lease, result_of(66, runs=3))
    report = Report(evaluation, evaluation.submission.network_config)
    assert report.seconds_left == pytest.approx(100, rel=0.1), "two of four took as long"
    leases.hold(leasing[2], Progress("training", total // 2, []))
    report = Report(evaluation, evaluation.submission.network_config)
    assert 50 < report.seconds_left < 100


@pytest.mark.django_db
def test_a_title_in_the_comparison_is_escaped(client, competition, graded):
    source = '{"gamma": 0.4}'
    title = "<b>fast</b>"
    other = submit(make_user("Eve"), competition, source=source, config=parse(source), title=title)
    grade(other.evaluations.get(), 70)
    text = text_of(client.get(graded.get_absolute_url()))
    assert title not in text
    assert "&lt;b&gt;fast&lt;/b&gt;" in text
