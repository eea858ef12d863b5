"""The replay's page and the road on top of the board: which runs, whose, and what is refused."""

from pathlib import Path

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from leaderboard.charts import still_cars
from leaderboard.models import Baseline, Competition, Recording, Run
from leaderboard.remembered import Remembered
from leaderboard.replays import Runs
from leaderboard.tasks import queue_evaluation
from simulator.recording import unpacked
from tests.leaderboard.makers import grade, graded_submission, make_submission, make_trained
from tests.leaderboard.pages.reading import Page, text_of

pytestmark = [pytest.mark.django_db, pytest.mark.both_databases]

FILM = Path(__file__).parents[2] / "js/recordings/open-five.bin"
RUBBISH = ["0-0", "3-1", "1-4", "9", "-1", "1-", "1-1-1", "٣", "1-99999999999999", "\0", "a" * 5000]


def record(evaluation, training=0, run=1):
    """As its grading would have recorded it."""
    run = Run.objects.get(training__evaluation=evaluation, training__index=training, index=run)
    return Recording.objects.create(run=run, content=FILM.read_bytes())


def replay(client, submission, query=""):
    return client.get(f"/submissions/{submission.pk}/replay/{query}")


def films(response):
    return Page(response).values("data-recording")


class TestRuns:
    def test_of_each_training_best_median_and_worst_are_chosen(self):
        runs = Runs({0: [60, 62, 61], 1: [70, 50, 55]})
        assert [it.name for it in runs.chosen[1]] == ["1-2", "1-3", "1-1"]
        assert [(it.name, it.kind) for it in runs.chosen[2]] == [
            ("2-1", "Best"),
            ("2-3", "Median"),
            ("2-2", "Worst"),
        ]
        assert runs.first.name == "1-3"
        assert runs.last_name == "2-3"

    def test_a_run_or_all_three_of_a_training_are_asked_for(self):
        runs = Runs({0: [60, 62, 61], 1: [70, 50, 55]})
        assert [it.name for it in runs.asked("2-1")] == ["2-1"]
        assert [it.kind for it in runs.asked("2")] == ["Best", "Median", "Worst"]
        assert all(runs.asked(wrote) == [] for wrote in RUBBISH)


def test_the_still_has_the_cars_in_sight_the_ego_on_top():
    film = unpacked(FILM.read_bytes())
    cars = still_cars(film.still, agents=film.other_agents + 1)
    assert cars[-1].kind == "ego"
    assert {it.kind for it in cars} == {"ego", "agent", "other"}
    assert len(cars) <= 20
    for car in cars:
        along, ahead = (float(it.removesuffix("%")) for it in (car.along, car.ahead))
        assert along + ahead == pytest.approx(100, abs=0.02)


class TestPage:
    def test_it_begins_with_the_median_run_and_shows_any_other(self, client, graded):
        assert films(replay(client, graded)) == [f"/submissions/{graded.pk}/runs/2-2"]
        assert films(replay(client, graded, "?run=1-3")) == [f"/submissions/{graded.pk}/runs/1-3"]
        three = replay(client, graded, "?run=2")
        assert [it[-3:] for it in films(three)] == ["2-3", "2-2", "2-1"]
        assert Page(three).refused_by_a_strict_policy() == []

    def test_a_moment_is_handed_to_the_script_and_kept_within_the_run(self, client, graded):
        assert Page(replay(client, graded)).values("data-at") == []
        assert Page(replay(client, graded, "?at=120")).values("data-at") == ["120"]
        assert Page(replay(client, graded, "?at=99999")).values("data-at") == ["300"]

    @pytest.mark.parametrize("wrote", RUBBISH)
    @pytest.mark.parametrize("name", ["run", "at", "beside"])
    def test_what_there_is_not_is_told_and_something_is_shown(self, client, graded, name, wrote):
        if name == "at" and wrote == "9":
            return
        response = client.get(f"/submissions/{graded.pk}/replay/", {name: wrote})
        assert response.status_code == 404
        assert len(films(response)) == 1
        assert "no submission" in text_of(response) or " is no " in text_of(response)

    def test_the_same_run_of_another_is_beside_it(self, client, bob, competition, graded):
        other = graded_submission(bob, competition, 60)
        response = replay(client, graded, f"?run=1-3&beside={other.pk}")
        assert [it.split("/")[2] for it in films(response)] == [str(graded.pk), str(other.pk)]
        assert {it[-3:] for it in films(response)} == {"1-3"}
        assert "66.13" in response.text
        assert "60.01" in response.text
        # whoever is alone is offered the leader, or the next
        assert f"beside={graded.pk}" in replay(client, other).text
        assert f"beside={other.pk}" in replay(client, graded).text

    def test_other_roads_are_not_beside_it(self, client, bob, competition, graded):
        Competition.objects.update(frames=600)
        competition.refresh_from_db()
        other = graded_submission(bob, competition, 60)
        response = replay(client, graded, f"?beside={other.pk}")
        assert response.status_code == 404
        assert "other roads" in text_of(response)
        assert len(films(response)) == 1

    def test_withdrawn_ones_are_watched_by_their_owner_alone(self, client, as_alice, graded):
        graded.withdraw()
        assert replay(client, graded).status_code == 404
        assert replay(as_alice, graded).status_code == 200

    def test_nobody_drives_beside_one_that_was_withdrawn(self, client, bob, competition, graded):
        other = graded_submission(bob, competition, 60)
        other.withdraw()
        response = replay(client, graded, f"?beside={other.pk}")
        assert response.status_code == 404
        assert len(films(response)) == 1

    def test_what_waits_has_nothing_to_be_watched(self, client, alice, competition):
        assert replay(client, make_submission(alice, competition)).status_code == 404

    def test_other_methods_are_refused(self, client, graded):
        assert client.post(f"/submissions/{graded.pk}/replay/").status_code == 405

    def test_what_tells_of_a_hidden_network_is_its_owners(self, client, as_alice, graded):
        Competition.objects.update(configs_visible="owner")
        assert "not public" in text_of(replay(client, graded))
        assert 'class="values"' not in replay(client, graded).text
        assert "not public" not in text_of(replay(as_alice, graded))
        assert 'class="values"' in replay(as_alice, graded).text

    def test_without_a_script_it_is_the_still_picture(self, client, graded):
        assert 'class="ego"' not in replay(client, graded).text
        record(graded.evaluations.get(), 1, 1)
        assert replay(client, graded).text.count('class="ego"') == 1

    def test_a_trained_network_has_one_training(self, client, alice):
        Competition.objects.create(
            slug="w", title="W", accepts="weights", trainings=1, runs=3, frames=300
        )
        submission = make_trained(alice, Competition.objects.get(slug="w"))
        grade(submission.evaluations.get(), 60)
        response = replay(client, submission)
        assert response.status_code == 200
        assert "of its training" not in text_of(response)

    def test_it_asks_as_much_of_the_database_for_three_as_for_one(
        self, client, bob, competition, graded
    ):
        graded_submission(bob, competition, 60)
        counts = set()
        for query in ("", "?run=1-1", "?run=1"):
            Remembered.forget_all()
            with CaptureQueriesContext(connection) as captured:
                replay(client, graded, query)
            counts.add(len(captured))
        assert len(counts) == 1
        assert max(counts) < 12


class TestBaseline:
    @pytest.fixture
    def baseline(self, competition):
        made = Baseline.objects.create(
            competition=competition, name="Gap seeker", driver="gap-seeker-10"
        )
        grade(queue_evaluation(made), 62)
        return made

    def test_its_runs_are_watched_like_any(self, client, baseline):
        page = client.get(f"/baselines/{baseline.pk}/replay/")
        assert films(page) == [f"/baselines/{baseline.pk}/runs/2-2"]
        assert "a script drives" in text_of(page)
        assert 'class="values"' not in page.text
        assert "not public" not in page.text
        three = client.get(f"/baselines/{baseline.pk}/replay/?run=1")
        assert [it[-3:] for it in films(three)] == ["1-3", "1-2", "1-1"]
        assert "Roads 1: best" in text_of(three)
        assert Page(three).refused_by_a_strict_policy() == []

    def test_the_leader_drives_beside_it(self, client, baseline, graded):
        there = f"/baselines/{baseline.pk}/replay/"
        assert f"beside={graded.pk}" in client.get(there).text
        both = client.get(f"{there}?run=1-3&beside={graded.pk}")
        assert both.status_code == 200
        assert films(both) == [f"{it}/runs/1-3" for it in (there[:-8], f"/submissions/{graded.pk}")]

    @pytest.mark.parametrize("name", ["run", "at", "beside"])
    def test_what_there_is_not_is_told_and_something_is_shown(self, client, baseline, name):
        response = client.get(f"/baselines/{baseline.pk}/replay/", {name: "x"})
        assert response.status_code == 404
        assert len(films(response)) == 1

    def test_the_board_leads_there(self, client, baseline, graded):
        assert f"/baselines/{baseline.pk}/replay/" in Page(client.get("/c/spring/")).values("href")

    def test_before_it_has_driven_there_is_nothing(self, client, competition):
        waits = Baseline.objects.create(competition=competition, name="W", driver="no-action")
        queue_evaluation(waits)
        assert client.get(f"/baselines/{waits.pk}/replay/").status_code == 404


class TestWaysThere:
    def test_every_run_of_a_submission_is_a_link_and_a_dot(self, client, graded):
        page = Page(client.get(graded.get_absolute_url()))
        links = {it for it in page.values("href") if it and it.startswith("replay/?run=")}
        assert links == {f"replay/?run={t}-{r}" for t in (1, 2) for r in (1, 2, 3)}
        assert page.values("data-runs") == ["1-1 1-2 1-3", "2-1 2-2 2-3"]
        assert f"/submissions/{graded.pk}/replay/" in page.values("href")

    def test_the_comparison_leads_to_both_side_by_side(self, client, bob, competition, graded):
        other = graded_submission(bob, competition, 60)
        there = f"/submissions/{other.pk}/replay/?beside={graded.pk}"
        assert there in Page(client.get(other.get_absolute_url())).values("href")
        assert client.get(there).status_code == 200

    def test_two_that_are_compared_can_be_watched_together(self, client, bob, competition, graded):
        other = graded_submission(bob, competition, 60)
        page = Page(client.get(f"/compare/?s={graded.pk}&s={other.pk}"))
        there = f"/submissions/{graded.pk}/replay/?beside={other.pk}"
        assert there in page.values("href")
        assert client.get(there).status_code == 200

    def test_one_that_waits_leads_nowhere(self, client, alice, competition):
        page = client.get(make_submission(alice, competition).get_absolute_url())
        assert "replay/" not in page.text


class TestSignature:
    def road(self, client):
        Remembered.forget_all()
        return Page(client.get("/c/spring/"))

    def test_the_leaders_run_nearest_to_the_score_drives(self, client, bob, competition, graded):
        graded_submission(bob, competition, 60)
        evaluation = graded.evaluations.get()
        for training, run in ((0, 0), (1, 1), (0, 2)):
            record(evaluation, training, run)
        page = self.road(client)
        assert page.values("data-film") == [f"/submissions/{graded.pk}/runs/2-2"]
        assert f"/submissions/{graded.pk}/replay/?run=2-2" in page.values("href")
        assert f"live-road car-{graded.participant.colour}" in page.values("class")
        assert page.refused_by_a_strict_policy() == []

    def test_a_board_of_an_earlier_moment_has_a_drawn_one(self, client, competition, graded):
        record(graded.evaluations.get())
        assert self.road(client).values("data-film")
        now = f"{timezone.now():%Y-%m-%dT%H:%M:%S.%f}Z"
        page = Page(client.get("/c/spring/", {"at": now}))
        assert page.values("data-film") == []
        assert "road" in page.values("class")

    def test_where_nothing_is_recorded_a_road_is_drawn(self, client, competition, graded):
        page = self.road(client)
        assert page.values("data-film") == []
        assert "road" in page.values("class")

    def test_before_anybody_is_on_it_the_best_baseline_drives(self, client, competition):
        baseline = Baseline.objects.create(
            competition=competition, name="Gap seeker", driver="gap-seeker-10"
        )
        record(grade(queue_evaluation(baseline), 68))
        page = self.road(client)
        assert page.values("data-film") == [f"/baselines/{baseline.pk}/runs/1-2"]
        assert f"/baselines/{baseline.pk}/replay/?run=1-2" in page.values("href")
        assert client.get(page.values("data-film")[0]).status_code == 200

    def test_it_costs_one_query(self, client, competition, graded):
        record(graded.evaluations.get())
        client.get("/c/spring/")
        with CaptureQueriesContext(connection) as captured:
            client.get("/c/spring/")
        assert not any("leaderboard_recording" in it["sql"] for it in captured.captured_queries)
