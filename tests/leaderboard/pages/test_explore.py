"""Scores over any field: who sees which points, what rubbish makes of it, what is sent."""

import gzip
import json
from datetime import timedelta

import numpy as np
import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from leaderboard import points, tasks
from leaderboard.columns import choosable, configured
from leaderboard.models import Competition, Evaluation, Submission
from leaderboard.remembered import Remembered
from tests.leaderboard.conftest import client_of
from tests.leaderboard.makers import (
    grade,
    graded_submission,
    make_competition,
    make_submission,
    make_trained,
)
from tests.leaderboard.pages.reading import Page, text_of
from tests.leaderboard.planting import plant_users, plant_varied

pytestmark = pytest.mark.django_db
EXPLORE = "/c/spring/explore/"


@pytest.fixture
def second(bob, competition, graded):
    return graded_submission(bob, competition, 65)


def column(client, name, **fields):
    answer = client.get(f"{EXPLORE}column.json", {"name": name, **fields})
    assert answer.status_code == 200
    return answer.json()


def listed(response):
    """Submissions of the table behind the points."""
    return [int(it) for it in Page(response).values("data-submission") if it != "0"][1:]


def rows(response):
    return [it for it in Page(response).having("data-submission") if it.tag == "tr"]


@pytest.mark.both_databases
def test_every_graded_submission_is_a_point(client, competition, graded, second):
    Competition.objects.update(configs_visible="always")
    response = client.get(EXPLORE)
    assert response.status_code == 200
    page = Page(response)
    assert page.refused_by_a_strict_policy() == []
    dots = [
        it
        for it in page.elements
        if "d" in it.attributes and it.attributes["class"].startswith("point ")
    ]
    assert sum(it.attributes["d"].count("M") for it in dots) == 2
    told = rows(response)
    assert [it.attributes["data-submission"] for it in told] == [str(graded.pk), str(second.pk)]
    assert f"<td>{graded.network_config.training_iterations:,}</td>" in response.text
    assert 'aria-current="page">Explore' in text_of(response).replace(" >", ">")


def test_nobody_sees_hidden_fields(client, graded, second):
    response = client.get(EXPLORE, {"x": "training_iterations", "c": "cells"})
    assert response.status_code == 200
    text = text_of(response)
    assert "Configurations are not shown here" in text
    assert "they open to everyone after the close" in text
    assert Page(response).values("data-x") == ["submitted"]
    assert len(rows(response)) == 2
    for it in (graded, second):
        assert f"{it.network_config.training_iterations:,}" not in text
    assert [it.attributes["value"] for it in Page(response).elements if it.tag == "option"] == [
        "submitted"
    ]
    for name in configured():
        assert column(client, name)["values"] == [None, None]
        assert "scale" not in column(client, name)
    assert column(client, "cost")["values"] == [None, None]
    assert None not in column(client, "submitted")["values"]


@pytest.mark.both_databases
def test_each_sees_ones_own_and_organisers_see_all(as_alice, as_bob, as_charlie, graded, second):
    own = graded.network_config.training_iterations
    for _ in range(2):  # also once it is remembered
        assert column(as_alice, "training_iterations")["values"] == [own, None]
        assert column(as_bob, "training_iterations")["values"][0] is None
        assert None not in column(as_charlie, "training_iterations")["values"]
    assert Page(as_alice.get(EXPLORE)).values("data-x") == ["submitted"]
    assert "yours" in text_of(as_alice.get(EXPLORE))
    response = as_alice.get(EXPLORE, {"x": "training_iterations", "c": "parameters"})
    assert "<b>1</b> of 2 configurations are not shown" in text_of(response)
    assert [it.attributes["data-submission"] for it in rows(response)] == [str(graded.pk)]
    coloured = as_alice.get(EXPLORE, {"x": "submitted", "c": "cells"})
    assert len(rows(coloured)) == 2
    assert coloured.text.count("<td>hidden</td>") == 1


def test_they_open_at_the_close(client, competition, graded, second):
    assert column(client, "gamma")["values"] == [None, None]
    Competition.objects.update(
        closes_at=timezone.now() - timedelta(seconds=1), opens_at=timezone.now() - timedelta(days=1)
    )
    assert column(client, "gamma")["values"] == [0.5, 0.5]
    assert "not shown" not in text_of(client.get(EXPLORE))


@pytest.mark.both_databases
def test_what_is_withdrawn_is_gone_at_once_for_everybody(as_alice, as_charlie, graded, second):
    assert len(rows(as_charlie.get(EXPLORE))) == 2
    graded.withdraw()
    for reader in (as_alice, as_charlie):
        response = reader.get(EXPLORE, {"x": "submitted"})
        assert [it.attributes["data-submission"] for it in rows(response)] == [str(second.pk)]
        assert reader.get(f"{EXPLORE}points.json").json()["submissions"] == [second.pk]


def test_a_rerun_counts_once_it_is_applied(as_charlie, client, graded):
    rerun = tasks.queue_evaluation(graded, reason="again")
    grade(rerun, 70)
    for reader in (client, as_charlie):
        assert reader.get(f"{EXPLORE}points.json").json()["scores"] == [66.12]
    rerun.apply()
    Remembered.forget_all()  # a score may take some seconds
    assert client.get(f"{EXPLORE}points.json").json()["scores"] == [70]


def test_the_browser_gets_the_same_points_compressed(client, graded, second):
    Competition.objects.update(configs_visible="always")
    plain = client.get(f"{EXPLORE}points.json")
    packed = client.get(f"{EXPLORE}points.json", headers={"Accept-Encoding": "gzip, br"})
    assert packed["Content-Encoding"] == "gzip"
    assert "Content-Encoding" not in plain
    assert json.loads(gzip.decompress(packed.content)) == plain.json()
    sent = plain.json()
    assert sent["submissions"] == [graded.pk, second.pk]
    assert [sent["names"][it] for it in sent["people"]] == ["Alice", "Bob"]
    for it in choosable(driven=False).values():
        told = column(client, it.name)
        assert np.cumsum(told["submissions"]).tolist() == sent["submissions"]
        assert len(told["values"]) == 2
        assert (told["name"], told["title"]) == (it.name, it.title)


@pytest.mark.parametrize(
    "asked",
    [
        {"x": "nonsense"},
        {"c": "nonsense"},
        {"x": "<script>", "c": "\x00"},
        {"x": "9" * 5000},
        {"x": "layers[].units"},
        {"x": "__class__"},
    ],
)
@pytest.mark.parametrize("visible", ["always", "owner"])
@pytest.mark.both_databases
def test_what_is_no_field_is_told(client, graded, asked, visible):
    Competition.objects.update(configs_visible=visible)
    response = client.get(EXPLORE, asked)
    assert response.status_code == 422
    assert "is no field. Choose one from the lists." in text_of(response)
    assert "<script>”" not in response.text
    assert len(rows(response)) == 1


def test_files_of_what_is_no_field_are_not_there(client, graded):
    for name in ("", "nonsense", "\x00", "9" * 5000):
        assert client.get(f"{EXPLORE}column.json", {"name": name}).status_code == 404


@pytest.mark.parametrize("path", [EXPLORE, f"{EXPLORE}points.json", f"{EXPLORE}column.json"])
def test_other_methods_and_competitions_are_refused(client, graded, path):
    assert client.post(path).status_code == 405
    assert client.get(path.replace("spring", "autumn")).status_code == 404
    assert client.get(path.replace("explore", "weights/explore")).status_code == 404


@pytest.mark.parametrize("number", ["0", "-1", "99", "x", "1e9", "\x00", "9" * 400])
def test_a_page_that_is_none_shows_the_nearest(client, graded, number):
    response = client.get(EXPLORE, {"page": number})
    assert response.status_code == 200
    assert len(rows(response)) == 1


def test_every_field_can_be_shown_and_every_colour(client, competition, alice):
    Competition.objects.update(configs_visible="always")
    plant_varied(competition, [alice], 30)
    for name in choosable(driven=False):
        response = client.get(EXPLORE, {"x": name, "c": "trainer.method"})
        assert response.status_code == 200, name
        assert len(rows(response)) == 30
        response = client.get(EXPLORE, {"x": "gamma", "c": name})
        assert response.status_code == 200, name
    assert client.get(EXPLORE, {"x": "gamma", "c": ""}).text.count("point plain") == 1


def test_a_configuration_that_the_schema_refuses_now_has_no_fields(client, competition, alice):
    Competition.objects.update(configs_visible="always")
    (evaluation,) = plant_varied(competition, [alice], 1)
    broken = Submission(
        competition=competition, participant=alice, config={"gamma": 7}, config_hash="0" * 64
    )
    broken.save()
    Evaluation.objects.filter(pk=evaluation.pk).update(submission=broken)
    other = graded_submission(alice, competition, 61)
    response = client.get(EXPLORE, {"x": "gamma"})
    assert [it.attributes["data-submission"] for it in rows(response)] == [str(other.pk)]
    assert len(rows(client.get(EXPLORE, {"x": "submitted", "c": "gamma"}))) == 2
    assert sorted(column(client, "gamma")["values"], key=bool) == [None, 0.5]


def test_before_there_is_a_score_it_says_so(client, competition, alice):
    for _ in range(2):
        response = client.get(EXPLORE)
        assert response.status_code == 200
        assert "No points yet" in text_of(response)
        assert client.get(f"{EXPLORE}points.json").json()["submissions"] == []
        assert column(client, "gamma")["values"] == []
        make_submission(alice, competition)


def test_trained_networks_have_a_page_of_their_own(client, alice):
    both = make_competition(slug="both", title="Both", accepts="both", configs_visible="always")
    grade(make_trained(alice, both).evaluations.get(), 61)
    graded_submission(alice, both, 60)
    page = client.get("/c/both/weights/explore/")
    assert [it.attributes["data-submission"] for it in rows(page)] == ["1"] or len(rows(page)) == 1
    names = [it.attributes["value"] for it in Page(page).elements if it.tag == "option"]
    assert "cells" in names
    assert "gamma" not in names
    assert Page(page).values("data-x") == ["cells"]
    assert Page(page).values("data-points") == ["/c/both/weights/explore/points.json"]
    assert client.get("/c/both/weights/explore/column.json?name=gamma").status_code == 404
    assert len(client.get("/c/both/weights/explore/points.json").json()["scores"]) == 1
    assert len(rows(client.get("/c/both/explore/"))) == 1
    only = make_competition(slug="only", title="Only", accepts="weights", configs_visible="always")
    grade(make_trained(alice, only).evaluations.get(), 61)
    assert Page(client.get("/c/only/explore/")).values("data-points") == [
        "/c/only/explore/points.json"
    ]


def test_a_part_is_sent_where_a_part_is_asked(client, graded):
    response = client.get(EXPLORE, headers={"HX-Request": "true"})
    assert response.text.lstrip().startswith('<div id="explored"')
    assert "HX-Request" in response["Vary"]


def test_many_points_are_cells_and_their_table_has_pages(client, competition):
    Competition.objects.update(configs_visible="always")
    plant_varied(competition, plant_users(20), 1000)
    response = client.get(EXPLORE, {"page": "20", "c": "lanes_side"})
    assert response.text.count('class="cell ') > 4
    assert len(rows(response)) == 50
    assert rows(response)[-1].attributes["data-score"] == str(
        min(client.get(f"{EXPLORE}points.json").json()["scores"])
    )
    assert "Higher values of training iterations go with higher scores" in text_of(response)
    assert '<details class="points" open>' in response.text
    assert len(response.content) < 150_000


@pytest.mark.both_databases
def test_it_asks_the_same_of_the_database_for_few_as_for_many(competition, alice, as_alice):
    def queries(path):
        Remembered.forget_all()
        with CaptureQueriesContext(connection) as captured:
            assert as_alice.get(path).status_code == 200
        return len(captured)

    paths = [EXPLORE, f"{EXPLORE}points.json", f"{EXPLORE}column.json?name=gamma"]
    plant_varied(competition, [alice], 12)
    few = [queries(path) for path in paths]
    plant_varied(competition, [alice, *plant_users(50)], 700)
    assert [queries(path) for path in paths] == few
    assert max(few) <= 12
    as_alice.get(EXPLORE)
    with CaptureQueriesContext(connection) as captured:
        as_alice.get(EXPLORE)  # seen before
    assert len(captured) <= 6


def test_a_configuration_is_read_once_and_a_new_one_when_it_comes(
    competition, alice, client, monkeypatch
):
    plant_varied(competition, [alice], 20)
    client.get(EXPLORE)
    graded_submission(alice, competition, 60)
    monkeypatch.setattr(points, "_points", Remembered(8))  # as after ten seconds
    with CaptureQueriesContext(connection) as captured:
        assert len(client.get(f"{EXPLORE}points.json").json()["scores"]) == 21
    (read,) = [it["sql"] for it in captured if '"config"' in it["sql"]]
    assert read.partition(" IN (")[2].count(",") == 0  # that one alone


def test_there_is_a_way_to_it_from_every_page_of_a_competition(client, graded):
    assert EXPLORE in Page(client.get("/c/spring/")).values("href")
    assert client_of(graded.participant).get("/mine/").text.count(EXPLORE) == 1


def test_points_lead_to_the_comparison(client, graded, second):
    page = Page(client.get(EXPLORE))
    assert "/compare/" in page.values("action")
    boxes = [it for it in page.having("type") if it.attributes["type"] == "checkbox"]
    assert {it.attributes["value"] for it in boxes} == {str(graded.pk), str(second.pk)}
