"""The board for programs: what its CSV and its JSON hold, and what they keep to themselves."""

import csv
import io

import pytest
from django.utils import timezone

from leaderboard import standings
from leaderboard.export import COLUMNS
from leaderboard.models import Baseline
from leaderboard.tasks import queue_evaluation
from leaderboard.views import board_files
from tests.leaderboard.makers import grade, graded_submission, make_trained, make_user

pytestmark = pytest.mark.django_db


def csv_of(client, query=""):
    response = client.get(f"/c/spring/board.csv{query}")
    assert response["Content-Type"] == "text/csv; charset=utf-8"
    return list(csv.DictReader(io.StringIO(response.text)))


@pytest.fixture
def two(competition, alice, bob):
    made = [graded_submission(it, competition, mph) for it, mph in ((alice, 66.12), (bob, 60))]
    standings.refresh(competition.pk)
    return made


@pytest.mark.both_databases
def test_both_hold_everything_that_the_page_shows(client, competition, two):
    competition.configs_visible = "always"
    competition.save()
    baseline = Baseline.objects.create(competition=competition, name="Still", driver="no-action")
    grade(queue_evaluation(baseline), 51.8)
    told = client.get("/c/spring/board.json").json()
    alice, bob = told.pop("entries")
    assert alice == {
        "rank": 1,
        "participant": "Alice",
        "best_score_mph": 66.12,
        "submitted_at": two[0].created_at.isoformat(timespec="milliseconds").replace("+00:00", "Z"),
        "tries": 1,
        "rank_low": 1,
        "rank_high": 1,
        "chance_to_be_first": 1.0,
        "tie_group": 1,
        "interval_low_mph": 66.11,
        "interval_high_mph": 66.13,
        "submission": two[0].pk,
        "network": two[0].phrase,
        "board": "configs",
    }
    lines = csv_of(client)
    assert tuple(lines[0]) == COLUMNS == tuple(alice)
    assert [(it["participant"], float(it["best_score_mph"])) for it in lines] == [
        ("Alice", 66.12),
        ("Bob", 60),
    ]
    assert (bob["rank_low"], lines[1]["rank_low"]) == (2, "2")
    assert told["competition"] == "spring"
    assert told["participants"] == told["found"] == 2
    assert (told["page"], told["pages"], told["next"]) == (1, 1, None)
    assert told["ranks_are_current"] is True
    assert told["baselines"] == [
        {
            "name": "Still",
            "driver": "no-action",
            "score_mph": 51.8,
            "interval_low_mph": 51.79,
            "interval_high_mph": 51.81,
        }
    ]


def test_networks_are_as_hidden_as_on_the_page(client, as_alice, as_charlie, two):
    for reader, seen in ((client, False), (as_alice, False), (as_charlie, True)):
        for name in ("board.csv", "board.json"):
            assert (two[1].phrase in reader.get(f"/c/spring/{name}").text) is seen


def test_they_are_of_a_name_and_of_a_moment_too(client, two, bob, competition):
    then = timezone.now().isoformat().replace("+", "%2B")
    graded_submission(bob, competition, 70)
    assert [it["participant"] for it in csv_of(client)] == ["Bob", "Alice"]
    assert [it["participant"] for it in csv_of(client, f"?at={then}")] == ["Alice", "Bob"]
    told = client.get(f"/c/spring/board.json?at={then}&q=bo").json()
    assert [(it["rank"], it["best_score_mph"]) for it in told["entries"]] == [(2, 60.0)]
    assert (told["participants"], told["found"], told["search"]) == (2, 1, "bo")
    assert told["ranks_computed_at"] is None


def test_a_name_is_no_formula(client, competition):
    user = make_user("Eve")
    user.display_name = "=cmd"
    user.save()
    graded_submission(user, competition, 60)
    assert [it["participant"] for it in csv_of(client)] == ["'=cmd"]


def test_json_comes_in_pages_that_lead_to_each_other(client, two, competition, monkeypatch):
    monkeypatch.setattr(board_files, "PAGE", 2)
    graded_submission(make_user("Dora"), competition, 50)
    first = client.get("/c/spring/board.json").json()
    assert first["pages"] == 2
    second = client.get(first["next"]).json()
    assert second["next"] is None
    told = [it["participant"] for page in (first, second) for it in page["entries"]]
    assert told == ["Alice", "Bob", "Dora"]
    assert client.get("/c/spring/board.json?page=\x00").json()["page"] == 1


def test_a_board_that_is_empty_is_empty(client, competition):
    assert csv_of(client) == []
    told = client.get("/c/spring/board.json").json()
    assert told["entries"] == told["baselines"] == []


def test_each_board_has_its_own(client, competition, two, alice):
    competition.accepts = "both"
    competition.save()
    grade(make_trained(alice, competition).evaluations.get(), 50)
    told = client.get("/c/spring/weights/board.json").json()
    assert [(it["board"], it["best_score_mph"]) for it in told["entries"]] == [("weights", 50.0)]
    lines = client.get("/c/spring/weights/board.csv")
    assert "spring-weights.csv" in lines["Content-Disposition"]
    assert len(lines.text.splitlines()) == 2
