"""What the pages say of the quota: how much is used, when the next is free, what was given back."""

from datetime import timedelta
from html import unescape

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from leaderboard.models import Competition, QuotaEntry
from leaderboard.quota import WINDOW
from tests.leaderboard.makers import break_down, made_before, make_submission
from tests.leaderboard.pages.reading import Page, text_of

pytestmark = pytest.mark.django_db
URL = "/c/spring/submit/"


def words(client, url=URL):
    return " ".join(unescape(text_of(client.get(url))).split())


def test_the_page_says_how_many_are_used_and_while_some_are_left_nothing_of_when(
    as_alice, alice, competition
):
    Competition.objects.update(quota=5)
    for hours in (1, 2, 3, 25):
        made_before(alice, competition, hours=hours)
    assert "3 of 5 used in 24 hours </p>" in words(as_alice)


def test_a_used_up_quota_says_at_what_hour_the_next_is_free(as_alice, alice, competition):
    Competition.objects.update(quota=1)
    first = made_before(alice, competition, hours=2)
    response = as_alice.get(URL)
    assert "1 of 1 used in 24 hours, next at <time" in text_of(response)
    (clock,) = [it for it in Page(response).elements if it.attributes.get("data-style") == "clock"]
    free = first.created_at + WINDOW
    assert clock.attributes["datetime"] == free.isoformat(timespec="seconds")
    day = "" if free.date() == timezone.now().date() else f" on {free:%-d %b}"
    assert clock.text == f"{free:%H:%M} UTC{day}"


def test_a_refund_is_told_once_with_the_name_of_what_failed(as_alice, as_bob, alice, competition):
    submission = make_submission(alice, competition, title="<Night> bus")
    break_down(submission.evaluations.get())
    assert "given back" not in words(as_bob)
    first = as_alice.get(URL)
    assert "One was given back: the site failed to grade" in text_of(first)
    assert "<bdi>&lt;Night&gt; bus</bdi>" in first.content.decode()
    assert "0 of 50 used" in text_of(first)
    assert "given back" not in words(as_alice)
    for _ in range(6):
        break_down(make_submission(alice, competition).evaluations.get())
    told = words(as_alice)
    assert "6 were given back: the site failed to grade" in told
    assert "and others." in told
    assert "given back" not in words(as_alice)


def test_a_refund_of_another_day_is_no_news(as_alice, alice, competition):
    submission = made_before(alice, competition, hours=30)
    QuotaEntry.objects.create(
        participant=alice,
        competition=competition,
        submission=submission,
        kind=QuotaEntry.Kind.REFUNDED,
        amount=1,
        at=timezone.now() - timedelta(hours=25),
    )
    assert "given back" not in words(as_alice)


def test_what_organisers_gave_is_in_the_sum_and_said(as_alice, alice, charlie, competition):
    Competition.objects.update(quota=2)
    QuotaEntry.objects.grant(competition, None, amount=3, reason="a slow night", by=charlie)
    assert "0 of 5 used in 24 hours (3 given by the organisers)" in words(as_alice)


def test_the_page_of_what_the_site_failed_to_grade_says_that_it_was_given_back(
    as_alice, as_charlie, alice, competition
):
    submission = make_submission(alice, competition)
    break_down(submission.evaluations.get())
    url = submission.get_absolute_url()
    assert "it was given back to your quota <time" in words(as_alice, url)
    assert "it was given back to the participant's quota <time" in words(as_charlie, url)


def test_the_submit_page_asks_the_database_no_more_for_more_submissions(
    as_alice, alice, competition
):
    Competition.objects.update(quota=300)

    def queries(count: int) -> int:
        while alice.submissions.count() < count:
            made_before(alice, competition, hours=1)
        with CaptureQueriesContext(
            connection,
        ) as caught:
            as_alice.get(URL)
        return len(caught)

    queries(1)  # the first page of a session also writes it
    assert queries(3) == queries(200)
