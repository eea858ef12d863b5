"""A submission's page: its status in words, its plots, its history, and what its owner may do."""

import json
from datetime import timedelta

import pytest
from django.utils import timezone

from grader.config import parse
from grader.cost import duration
from leaderboard import leases, tasks
from leaderboard.leases import Progress
from leaderboard.models import (
    Attempt,
    Calibration,
    Competition,
    Evaluation,
    Status,
    Submission,
    Worker,
)
from leaderboard.submitting import submit
from tests.leaderboard.makers import claim, grade, make_competition, make_submission, result_of
from tests.leaderboard.pages.reading import Page, text_of

pytestmark = pytest.mark.django_db


@pytest.fixture
def queued(alice, competition):
    return make_submission(alice, competition, title="Patient", note="a private note")


@pytest.fixture
def evaluation(queued):
    return queued.evaluations.get()


def page_of(client, submission):
    return Page(client.get(submission.get_absolute_url()))


def words_of(client, submission):
    return text_of(client.get(submission.get_absolute_url()))


def status_of(client, submission):
    (status,) = [
        it.attributes["data-status"]
        for it in page_of(client, submission).having("data-status")
        if it.attributes.get("id") == "grading"
    ]
    return status


def test_a_graded_one_shows_its_score_in_full_with_its_interval_and_rank(client, graded):
    page, text = page_of(client, graded), words_of(client, graded)
    assert page.values("data-score") == ["66.12"]
    assert page.values("data-rank") == ["1"]
    assert "66.11 to 66.13 mph" in text
    assert status_of(client, graded) == "succeeded"


def test_who_waits_is_told_when_it_begins_and_how_long_it_runs(as_alice, alice, competition):
    first, second = (make_submission(alice, competition) for _ in range(2))
    assert "on this site" not in words_of(as_alice, second)  # no machine is at work
    Calibration.objects.create(host="slow", cores=2, speed=0.01, seen_at=timezone.now())
    wait = first.evaluations.get().reference_seconds / 0.02
    takes = duration(second.network_config, competition.protocol, cores=2, speed=0.01)
    text = words_of(as_alice, second)
    begins = f"Begins in about {wait:.0f} s, then runs for about {takes:.0f} s on this site"
    assert begins in text
    assert "of 1,800 reference core-seconds" in text


def test_every_plot_says_what_it_shows_and_has_its_numbers(as_alice, graded):
    text = words_of(as_alice, graded)
    assert text.count("<summary>The numbers</summary>") == 2  # there is nobody to compare with
    assert "Medians from 66.12 to 66.12 mph" in text
    assert "61.1 mph at first, 66.1 mph at last" in text
    curves = [it for it in page_of(as_alice, graded).elements if it.tag == "polyline"]
    drawn = [
        [tuple(map(float, point.split(","))) for point in it.attributes["points"].split()]
        for it in curves
    ]
    assert len(drawn) == 2
    for (left, low), (right, high) in drawn:
        assert left < right
        assert low > high  # it got faster, and a picture counts downward


def test_what_a_hidden_configuration_was_like_cannot_be_read_off_the_page(client, as_alice, graded):
    assert "polyline" not in [it.tag for it in page_of(client, graded).elements]
    for path in (graded.get_absolute_url(), graded.competition.get_absolute_url()):
        assert graded.phrase not in text_of(client.get(path))
        assert graded.phrase in text_of(as_alice.get(path))


def test_one_in_line_says_its_place_and_why_it_waits(as_alice, as_bob, bob, queued, competition):
    assert "In line: <b>next</b>. No worker is there at the moment" in words_of(as_alice, queued)
    Worker.objects.create(name="one:1", host="one", slots=1, grader_version="1")
    assert "In line: <b>next</b>. A worker will take it" in words_of(as_alice, queued)
    second = make_submission(bob, competition)
    third = make_submission(bob, competition)
    assert "<b>number 2</b>. 1 grading before it; participants take turns" in words_of(
        as_bob, second
    )
    assert "<b>number 3</b>. 2 gradings before it" in words_of(as_bob, third)
    claim(queued.evaluations.get())
    assert "In line: <b>next</b>. The workers are busy with 1 other" in words_of(as_bob, second)


def test_a_new_submission_stands_before_reruns(as_bob, bob, graded, competition):
    tasks.queue_evaluation(graded, queue=Evaluation.Queue.BULK, reason="again")
    second = make_submission(bob, competition)
    assert "In line: <b>next</b>" in words_of(as_bob, second)


def test_a_running_one_shows_each_training_and_the_curve_so_far(as_alice, queued, evaluation):
    first, second = claim(evaluation)
    points = [{"iteration": at, "reward": 1, "mph": 50 + at / 100} for at in (100, 200)]
    leases.hold(first, Progress("training", 500, points))
    leases.succeed(second, result_of(66.12, runs=3))
    page, text = page_of(as_alice, queued), words_of(as_alice, queued)
    total = queued.network_config.training_iterations
    assert f"500 of {total:,} iterations" in text
    assert "done: median 66.12 mph" in text
    assert [it.tag for it in page.elements].count("progress") == 2
    assert [it.tag for it in page.elements].count("polyline") == 2
    assert "<small>left</small>" in text
    assert page.values("data-events") == [f"/submissions/{queued.pk}/events/"]


def test_a_failed_one_tells_its_owner_why_and_others_only_that(
    as_alice, as_bob, queued, evaluation
):
    first, second = claim(evaluation)
    leases.fail(first, outcome=Attempt.Exit.CONFIG_ERROR, error="Training 1 diverged.")
    leases.release(second, outcome=Attempt.Exit.HANDED_BACK)
    assert "Training 1 diverged." in words_of(as_alice, queued)
    assert "Training 1</p>" in words_of(as_alice, queued)
    assert ": ended by the configuration, after 1 s." in words_of(as_alice, queued)
    others = words_of(as_bob, queued)
    assert "Failed" in others
    assert "diverged" not in others
    assert "Every attempt" not in others
    assert [it.tag for it in page_of(as_bob, queued).elements].count("progress") == 0


def test_a_fault_of_the_site_says_that_it_costs_no_quota(as_alice, queued, evaluation):
    for lease in claim(evaluation):
        leases.fail(lease, outcome=Attempt.Exit.INFRASTRUCTURE, error="The disk is full.")
    assert "given back to your quota" in words_of(as_alice, queued)


def test_configuration_and_note_are_shown_as_the_competition_says(
    client, as_alice, as_charlie, as_bob, queued
):
    url = f"/submissions/{queued.pk}/config.json"
    for allowed in (as_alice, as_charlie):
        assert "a private note" in words_of(allowed, queued)
        assert json.loads(allowed.get(url).content) == queued.config
    for refused in (client, as_bob):
        text = words_of(refused, queued)
        assert "a private note" not in text
        assert queued.config_hash not in text
        assert refused.get(url).status_code == 404
    now = timezone.now()
    Competition.objects.update(opens_at=now - timedelta(days=2), closes_at=now)
    assert "a private note" in words_of(client, queued)
    assert client.get(url)["Content-Disposition"] == (
        f'attachment; filename="submission-{queued.pk}.json"'
    )


def test_a_rerun_counts_and_is_told_only_once_it_is_applied(client, as_charlie, graded, charlie):
    again = tasks.queue_evaluation(graded, reason="mended physics", requested_by=charlie)
    grade(again, 70)
    assert page_of(client, graded).values("data-score") == ["66.12"]
    assert "mended physics" not in words_of(client, graded)
    assert "mended physics" in words_of(as_charlie, graded)
    again.apply()
    assert page_of(client, graded).values("data-score") == ["70.0"]
    text = words_of(client, graded)
    assert "mended physics" in text
    assert "66.12" in text


def test_its_owner_cancels_it(as_alice, queued, evaluation):
    response = as_alice.post(f"/submissions/{queued.pk}/cancel/")
    assert response.url == queued.get_absolute_url()
    assert status_of(as_alice, queued) == "cancelled"
    assert set(evaluation.trainings.values_list("status", flat=True)) == {Status.CANCELLED}


def test_a_running_one_that_is_being_cancelled_offers_it_no_more(as_alice, queued, evaluation):
    claim(evaluation)
    assert "Cancel the grading" in words_of(as_alice, queued)
    as_alice.post(f"/submissions/{queued.pk}/cancel/")
    words = words_of(as_alice, queued)
    assert "Being cancelled" in words
    assert "Cancel the grading" not in words


def test_cancelling_what_has_ended_changes_nothing(as_alice, graded):
    as_alice.post(f"/submissions/{graded.pk}/cancel/")
    assert graded.evaluations.get().status == Status.SUCCEEDED


def test_an_owner_cannot_cancel_the_organisers_rerun(as_alice, graded, charlie):
    rerun = tasks.queue_evaluation(graded, reason="again", requested_by=charlie)
    as_alice.post(f"/submissions/{graded.pk}/cancel/")
    rerun.refresh_from_db()
    assert rerun.cancel_requested_at is None


def test_its_owner_withdraws_it_after_being_asked(client, as_alice, graded):
    url = f"/submissions/{graded.pk}/withdraw/"
    assert "cannot be brought back" in text_of(as_alice.get(url))
    assert not Submission.objects.get().withdrawn_at
    assert as_alice.post(url).url == "/mine/"
    assert Submission.objects.get().withdrawn_at
    assert client.get(graded.get_absolute_url()).status_code == 404
    assert "Withdrawn" in words_of(as_alice, graded)
    assert "data-participant" not in text_of(client.get("/c/spring/"))


def test_withdrawing_stops_the_grading(as_alice, queued, evaluation):
    as_alice.post(f"/submissions/{queued.pk}/withdraw/")
    evaluation.refresh_from_db()
    assert evaluation.status == Status.CANCELLED


def test_my_submissions_are_those_of_all_competitions_and_nobody_elses(
    as_alice, alice, bob, competition, graded
):
    other = make_competition(slug="autumn", title="Autumn")
    elsewhere = make_submission(alice, other, title="Elsewhere")
    make_submission(bob, competition, title="Not hers")
    page, text = Page(as_alice.get("/mine/")), text_of(as_alice.get("/mine/"))
    rows = page.having("data-submission")
    assert [(it.attributes["data-submission"], it.attributes["data-status"]) for it in rows] == [
        (str(elsewhere.pk), "queued"),
        (str(graded.pk), "succeeded"),
    ]
    assert "66.12" in text
    assert "Autumn" in text
    assert "Not hers" not in text


def test_my_submissions_are_empty_at_first(as_alice):
    assert "Nothing yet" in text_of(as_alice.get("/mine/"))


@pytest.mark.parametrize("trainings", [1, 20])
def test_large_and_small_protocols_are_drawn(as_alice, alice, trainings):
    competition = make_competition(trainings=trainings, runs=300, frames=30)
    submission = make_submission(alice, competition)
    grade(submission.evaluations.get(), 66)
    response = as_alice.get(submission.get_absolute_url())
    assert [it.tag for it in Page(response).elements].count("polyline") == trainings
    assert len(response.content) < 150_000


def test_names_and_titles_are_escaped(as_alice, alice, competition):
    title = '<script>alert("1")</script>'
    source = '{"gamma": 0.4}'
    submission = submit(alice, competition, source=source, config=parse(source), title=title)
    for url in (submission.get_absolute_url(), "/mine/"):
        assert title not in text_of(as_alice.get(url))
        assert "&lt;script&gt;" in text_of(as_alice.get(url))
