"""Organisers on a submission's page: the history of its gradings, again, and which score counts."""

import re
from urllib.parse import parse_qs, urlsplit

import pytest
from django.utils import timezone

from leaderboard import tasks
from leaderboard.models import Competition, Evaluation, Status
from tests.leaderboard.conftest import client_of
from tests.leaderboard.makers import grade, make_user
from tests.leaderboard.pages.reading import Page, text_of

pytestmark = pytest.mark.django_db


@pytest.fixture
def as_olga(db):
    """An organiser with all permissions, on a site that asks for no second factor."""
    return client_of(make_user("Olga", is_staff=True, is_superuser=True))


@pytest.fixture(autouse=True)
def _no_second_factor(settings):
    settings.STAFF_NEED_MFA = False


@pytest.fixture
def rerun(graded, as_olga):
    as_olga.post(f"{graded.get_absolute_url()}again/", {"reason": "mended physics"})
    return graded.evaluations.get(reason="mended physics")


def scores(client, submission):
    return Page(client.get(submission.get_absolute_url())).values("data-score")


def test_one_is_run_again_from_its_page_for_a_reason(as_olga, graded):
    page = text_of(as_olga.get(graded.get_absolute_url()))
    address = f"{graded.get_absolute_url()}again/"
    assert f'href="{address}"' in page
    assert "goes on counting until you apply" in text_of(as_olga.get(address))
    refused = as_olga.post(address, {"reason": " "})
    assert refused.status_code == 422
    assert "This field is required" in text_of(refused)
    assert graded.evaluations.count() == 1
    assert as_olga.post(address, {"reason": "mended physics"}).url == graded.get_absolute_url()
    again = graded.evaluations.get(reason="mended physics")
    assert (again.queue, again.requested_by.username) == (Evaluation.Queue.BULK, "olga")
    assert "in line or running already" in text_of(as_olga.get(address))


def test_a_reason_outlives_a_login(as_olga, client, graded):
    page = f"{graded.get_absolute_url()}again/"
    there = client.post(page, {"reason": "mended physics & more"}).url
    assert there.startswith("/accounts/login/?next=")
    back = parse_qs(urlsplit(there).query)["next"][0]
    assert "mended physics & more" in Page(as_olga.get(back)).values("value")
    assert graded.evaluations.count() == 1


def test_a_rerun_is_followed_on_the_page_by_organisers_alone(as_olga, as_alice, graded, rerun):
    page = graded.get_absolute_url()
    part = {"headers": {"HX-Request": "true"}}
    assert "every 3s" in Page(as_olga.get(page)).values("hx-trigger")
    rerun.trainings.filter(index=0).update(
        status=Status.RUNNING,
        fence=1,
        stage="training",
        iteration=graded.network_config.training_iterations,
        lease_until=timezone.now(),
    )
    Evaluation.objects.filter(pk=rerun.pk).update(status=Status.RUNNING)
    for answer in (as_olga.get(page), as_olga.get(page, **part)):
        assert re.search(r"\d % done", text_of(answer))
        assert Page(answer).refused_by_a_strict_policy() == []
    assert len(as_olga.get(page, **part).content) < 4000
    for answer in (as_alice.get(page), as_alice.get(page, **part)):
        assert "% done" not in text_of(answer)
        assert "every 3s" not in answer.text
    Evaluation.objects.filter(pk=rerun.pk).update(status=Status.QUEUED)
    rerun.trainings.update(status=Status.QUEUED, lease_until=None)
    grade(rerun, 70)
    done = as_olga.get(page, **part)
    assert "every 3s" not in done.text
    assert Page(done).values("href") == [f"{page}gradings/{rerun.pk}/apply/"]


def test_old_and_new_score_stand_side_by_side_and_one_is_applied(as_olga, client, graded, rerun):
    grade(rerun, 70)
    page = as_olga.get(graded.get_absolute_url())
    assert Page(page).values("data-grading") == [
        str(pk) for pk in graded.evaluations.order_by("pk").values_list("pk", flat=True)
    ]
    assert "+3.88" in text_of(page)
    address = f"{graded.get_absolute_url()}gradings/{rerun.pk}/apply/"
    assert address in Page(page).values("href")
    asked = as_olga.get(address)
    assert "The new score is 3.88 mph higher" in text_of(asked)
    assert len(Page(asked).having("data-grading")) == 2
    assert scores(client, graded) == ["66.12"]
    as_olga.post(address)
    assert scores(client, graded) == ["70.0"]
    assert "It counts already" in text_of(as_olga.get(address))
    first = graded.evaluations.order_by("pk")[0]
    back = f"{graded.get_absolute_url()}gradings/{first.pk}/apply/"
    assert "The new score is 3.88 mph lower" in text_of(as_olga.get(back))
    as_olga.post(back)
    assert scores(client, graded) == ["66.12"]


def test_what_cannot_be_applied_says_why(as_olga, graded, rerun):
    address = f"{graded.get_absolute_url()}gradings/{rerun.pk}/apply/"
    assert "It has no score to apply" in text_of(as_olga.get(address))
    grade(rerun, 70)
    Competition.objects.update(frames=600)
    assert "by another protocol" in text_of(as_olga.get(address))
    refused = as_olga.post(address, follow=True)
    assert "Run it again first" in text_of(refused)
    rerun.refresh_from_db()
    assert rerun.applied_at is None


def test_a_grading_of_another_submission_is_not_there(as_olga, graded):
    for number in (0, 10**30):
        address = f"{graded.get_absolute_url()}gradings/{number}/apply/"
        assert as_olga.get(address).status_code == 404


def test_who_has_no_permission_is_offered_nothing(as_alice, as_charlie, graded, charlie):
    grade(tasks.queue_evaluation(graded, reason="again", requested_by=charlie), 70)
    for client in (as_alice, as_charlie):
        links = Page(client.get(graded.get_absolute_url())).values("href")
        assert not [it for it in links if it and it.endswith(("again/", "apply/"))]
    assert graded.evaluations.filter(status=Status.SUCCEEDED).count() == 2


def test_the_other_site_cannot_press_the_buttons(graded, rerun, as_olga):
    strict = type(as_olga)(enforce_csrf_checks=True)
    strict.cookies = as_olga.cookies
    for address in ("again/", f"gradings/{rerun.pk}/apply/"):
        assert strict.post(graded.get_absolute_url() + address).status_code == 403
