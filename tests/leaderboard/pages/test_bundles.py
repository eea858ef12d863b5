"""The bundle of a submission: who gets it, and what it tells before the key is published."""

import re
from datetime import timedelta

import pytest
from django.utils import timezone

from grader.grading import plan
from grader.packed import unpack
from grader.seeds import to_hex
from grader.unbundle import BOUNDS, read
from leaderboard import tasks
from leaderboard.models import Competition, Run, Training
from tests.leaderboard.makers import grade, make_submission
from tests.leaderboard.pages.reading import Page, text_of

pytestmark = pytest.mark.django_db


def url_of(submission):
    return f"/submissions/{submission.pk}/bundle.zip"


def publish(moment):
    Competition.objects.update(key_published_at=moment)


def secrets_of(submission):
    competition = submission.competition
    planned = plan(submission.network_config, competition.protocol, competition.key)
    seeds = [seed for it in planned for seed in (it.seed, *it.run_seeds)]
    seeds.append(int(submission.evaluations.get().bootstrap_seed, 16))
    assert len(seeds) == 2 * 4 + 1
    return {competition.key, *map(str, seeds), *map(to_hex, seeds)}


def told(answer):
    return b"".join(unpack(answer.content, BOUNDS).values()).decode()


def test_it_holds_what_the_page_shows(as_alice, graded):
    answer = as_alice.get(url_of(graded))
    assert answer["Content-Disposition"] == f'attachment; filename="submission-{graded.pk}.zip"'
    evaluation, found = graded.evaluations.get(), read(answer.content)
    assert found.config == graded.network_config
    assert found.manifest.protocol == evaluation.protocol
    assert found.manifest.score == evaluation.score == 66.12
    assert found.manifest.interval == [evaluation.interval_low, evaluation.interval_high]
    assert found.manifest.grader_version == evaluation.grader_version
    for entry, training in zip(found.trainings, evaluation.trainings.all(), strict=True):
        assert entry.runs == [run.average_mph for run in training.runs.all()]
        assert entry.traces == [run.trace for run in training.runs.all()]
        assert [point.model_dump() for point in entry.curve] == training.curve
        assert entry.weights_hash == training.weights_hash


@pytest.mark.parametrize("published", [None, timedelta(hours=1)])
def test_before_the_key_is_published_nobody_is_told_a_seed(as_alice, as_charlie, graded, published):
    publish(published and timezone.now() + published)
    for client in (as_alice, as_charlie):
        text = told(client.get(url_of(graded)))
        assert not [secret for secret in secrets_of(graded) if secret in text]
    assert "which come with it once" in text_of(as_alice.get(graded.get_absolute_url()))


def test_once_it_is_published_the_key_and_all_seeds_are_in_it(as_alice, graded):
    publish(timezone.now())
    found = read(as_alice.get(url_of(graded)).content)
    assert found.manifest.key == graded.competition.key
    assert [it.seed for it in found.trainings] == list(
        Training.objects.values_list("seed", flat=True)
    )
    text = told(as_alice.get(url_of(graded)))
    bootstrap = graded.evaluations.get().bootstrap_seed  # nothing but the key is needed for it
    assert all(
        it in text
        for it in secrets_of(graded)
        if re.fullmatch("[0-9a-f]{16}", it) and it != bootstrap
    )
    assert "seeds included" in text_of(as_alice.get(graded.get_absolute_url()))


def test_whoever_may_not_see_the_configuration_gets_no_bundle(client, as_bob, graded):
    publish(timezone.now())
    for refused in (client, as_bob):
        assert refused.get(url_of(graded)).status_code == 404
        assert url_of(graded) not in Page(refused.get(graded.get_absolute_url())).values("href")
    Competition.objects.update(configs_visible="always")
    for allowed in (client, as_bob):
        assert read(allowed.get(url_of(graded)).content).config == graded.network_config
        assert url_of(graded) in Page(allowed.get(graded.get_absolute_url())).values("href")


def test_without_a_score_there_is_none(as_alice, alice, competition):
    queued = make_submission(alice, competition)
    assert as_alice.get(url_of(queued)).status_code == 404
    assert url_of(queued) not in Page(as_alice.get(queued.get_absolute_url())).values("href")


def test_what_was_graded_before_there_were_traces_has_a_bundle_without(as_alice, graded):
    Run.objects.update(trace="")
    found = read(as_alice.get(url_of(graded)).content)
    assert [it.traces for it in found.trainings] == [None, None]
    assert found.manifest.score == 66.12


def test_a_rerun_is_in_it_once_it_is_applied(as_alice, as_charlie, graded, charlie):
    again = tasks.queue_evaluation(graded, reason="mended physics", requested_by=charlie)
    grade(again, 70)
    assert read(as_alice.get(url_of(graded)).content).manifest.score == 66.12
    again.apply()
    assert read(as_alice.get(url_of(graded)).content).manifest.score == 70
