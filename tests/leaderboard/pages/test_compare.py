"""Two or three submissions beside each other: what is shown, what stays hidden, what is refused."""

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from grader.difference import score_differences
from grader.joint_bootstrap import Entrant, in_hundredths
from grader.seeds import standing_seed
from leaderboard import leases, tasks
from leaderboard.charts import overlaid_curves, overlaid_runs
from leaderboard.charts.overlaid import Learnt, Scored, gaps
from leaderboard.models import Competition, Run, Submission
from leaderboard.remembered import Remembered
from tests.leaderboard.makers import (
    claim,
    grade,
    graded_submission,
    make_competition,
    make_submission,
    make_trained,
    result_of,
)
from tests.leaderboard.pages.reading import Page, text_of
from tests.leaderboard.planting import plant_varied

pytestmark = pytest.mark.django_db


@pytest.fixture
def second(bob, competition, graded):
    return graded_submission(bob, competition, 65)


def compare(client, *chosen):
    return client.get("/compare/", {"s": [getattr(it, "pk", it) for it in chosen]})


def graded_apart(user, competition, *middles):
    """With a middle of its own for each training."""
    submission = make_submission(user, competition)
    leased = claim(submission.evaluations.get())
    for lease, mph in zip(leased, middles, strict=True):
        assert leases.succeed(lease, result_of(mph, runs=competition.runs))
    return submission


@pytest.mark.both_databases
def test_scores_differences_and_runs_stand_beside_each_other(client, graded, second):
    response = compare(client, graded, second)
    assert response.status_code == 200
    page = Page(response)
    assert page.values("data-submission") == [str(graded.pk), str(second.pk)]
    assert [float(it) for it in page.values("data-score")] == [66.12, 65]
    assert page.values("data-gap") == ["AB"]
    assert "A is faster than B by 1.12 mph" in text_of(response)
    assert page.refused_by_a_strict_policy() == []


def test_the_difference_is_that_of_the_joint_bootstrap(client, alice, bob, competition):
    first = graded_apart(alice, competition, 60, 66)
    second = graded_apart(bob, competition, 63, 63.5)
    entrants = []
    for submission in (first, second):
        evaluation = submission.evaluations.get()
        runs = [
            list(Run.objects.filter(training=it).values_list("average_mph", flat=True))
            for it in evaluation.trainings.order_by("index")
        ]
        entrants.append(Entrant(int(evaluation.bootstrap_seed, 16), in_hundredths(runs)))
    (expected,) = score_differences(entrants, seed=standing_seed(competition.key))
    assert not expected.is_told
    response = compare(client, first, second)
    assert Page(response).values("data-told") == ["no"]
    ends = [f"{abs(it):.2f}" for it in (expected.low, expected.high)]
    assert all(it in text_of(response) for it in ends)


def test_three_have_three_pairs_and_any_can_be_left_out(client, alice, graded, second):
    third = graded_submission(alice, graded.competition, 64)
    page = Page(compare(client, graded, second, third))
    assert page.values("data-gap") == ["AB", "AC", "BC"]
    rest = f"?s={graded.pk}&s={third.pk}"
    assert rest in page.values("href")
    assert client.get(f"/compare/{rest}").status_code == 200


def test_others_can_be_chosen_beside_those_that_are(client, alice, graded, second):
    third = graded_submission(alice, graded.competition, 69)
    link = f"?s={graded.pk}&s={second.pk}&choose=1"
    assert link in Page(compare(client, graded, second)).values("href")
    response = client.get(f"/compare/{link}")
    assert response.status_code == 200
    boxes = [it for it in Page(response).having("type") if it.attributes["type"] == "checkbox"]
    marked = {it.attributes["value"]: "checked" in it.attributes for it in boxes}
    assert marked == {str(graded.pk): True, str(second.pk): True, str(third.pk): False}


def test_what_differs_is_marked_and_the_rest_folded(client, bob, graded, second):
    Competition.objects.update(configs_visible="always")
    text = text_of(compare(client, graded, second))
    iterations = [it.network_config.training_iterations for it in (graded, second)]
    assert f"<td>{iterations[0]:,}</td>" in text
    assert f"<mark>{iterations[1]:,}</mark>" in text
    before_folded = text[: text.index("that are the same</summary>")]
    assert "Training iterations" in before_folded
    assert "Gamma" not in before_folded.split('id="configs"')[1]
    assert "Learning curves" in text


@pytest.mark.both_databases
def test_hidden_configurations_stay_hidden(client, as_alice, as_charlie, graded, second):
    iterations = [f"{it.network_config.training_iterations:,}" for it in (graded, second)]
    text = text_of(compare(client, graded, second))
    assert not any(it in text for it in iterations)
    assert graded.phrase not in text
    assert "Learning curves" not in text
    assert text.count("opens to everyone after the close") == 2
    mine = text_of(compare(as_alice, graded, second))
    assert iterations[0] in mine
    assert iterations[1] not in mine
    assert "hidden, as its configuration is" in mine
    assert second.phrase not in mine
    theirs = text_of(compare(as_charlie, graded, second))
    assert all(it in theirs for it in iterations)


def test_a_rerun_counts_here_once_it_is_applied(client, as_charlie, graded, second):
    rerun = tasks.queue_evaluation(graded, reason="again")
    grade(rerun, 70)
    for reader in (client, as_charlie):
        assert '"66.12"' in compare(reader, graded, second).text
    rerun.apply()
    assert '"70.0"' in compare(client, graded, second).text


def test_other_protocols_drove_other_roads(client, alice, bob, competition, graded):
    competition.runs = 5
    competition.save()
    later = graded_submission(bob, competition, 65)
    third = graded_submission(alice, competition, 64)
    response = compare(client, graded, later, third)
    assert response.status_code == 200
    assert Page(response).values("data-gap") == ["BC"]
    text = text_of(response)
    assert "Not all drove the same roads" in text
    assert "B and C: 2 \N{MULTIPLICATION SIGN} 5 runs" in text
    alone = text_of(compare(client, graded, later))
    assert "data-gap" not in alone
    assert "Road by road" not in alone


@pytest.mark.parametrize(
    ("asked", "said"),
    [
        ([], None),
        (["", " "], None),
        (["{0}"], "stands alone"),
        (["{0}", "{0}"], "named twice"),
        (["{0}", "{1}", "{0}", "{1}"], "4 submissions are named; 3 fit"),
        (["{0}", "999999"], "no submission 999999, or it was withdrawn"),
        (["{0}", "9" * 18], "or it was withdrawn"),
        (["{0}", "9" * 400], "is no number"),
        (["{0}", "-1"], "is no number"),
        (["{0}", "1e3"], "is no number"),
        (["{0}", "\x00"], "is no number"),
        (["{0}", "\u0663"], "is no number"),
        (["<b>", "\ud800"], "is no number"),
        (["x"] * 5000, "5000 submissions are named"),
    ],
)
@pytest.mark.both_databases
def test_what_cannot_be_compared_is_told(client, graded, second, asked, said):
    numbers = [it.format(graded.pk, second.pk) for it in asked]
    response = (
        client.get("/compare/", {"s": numbers})
        if "\ud800" not in asked
        else client.get("/compare/?s=%3Cb%3E&s=%ED%A0%80")
    )
    assert response.status_code == (422 if said else 200)
    assert said is None or said in text_of(response)
    assert "<b>”" not in response.text
    # what was right of it stays chosen, and there is something to choose from
    offered = [it for it in Page(response).having("type") if it.attributes["type"] == "checkbox"]
    assert {str(graded.pk), str(second.pk)} <= {it.attributes["value"] for it in offered}
    chosen = [it for it in offered if "checked" in it.attributes]
    assert (str(graded.pk) in [it.attributes["value"] for it in chosen]) == ("{0}" in asked)


def test_withdrawn_ones_are_gone_for_their_owner_too(client, as_alice, graded, second):
    graded.withdraw()
    for reader in (client, as_alice):
        response = compare(reader, graded, second)
        assert response.status_code == 422
        assert "or it was withdrawn" in text_of(response)


def test_what_has_no_score_is_refused_by_its_state(client, alice, competition, graded):
    waiting = make_submission(alice, competition)
    assert "it is in line" in text_of(compare(client, graded, waiting))
    waiting.evaluations.get().cancel()
    assert "its grading was cancelled" in text_of(compare(client, graded, waiting))


def test_competitions_and_boards_are_not_mixed(client, alice, graded):
    autumn = make_competition(slug="autumn", title="Autumn season", accepts="both")
    other = graded_submission(alice, autumn, 60)
    assert "other roads" in text_of(compare(client, graded, other))
    driven = [make_trained(alice, autumn, units=it) for it in (3, 4)]
    for it in driven:
        grade(it.evaluations.get(), 62)
    assert "boards of their own" in text_of(compare(client, other, driven[0]))
    response = compare(as_owner(client, alice), *driven)
    assert response.status_code == 200
    assert "Gamma" not in text_of(response)
    assert "The runs are drawn anew" in text_of(response)


def as_owner(client, user):
    client.force_login(user)
    return client


def test_what_was_graded_without_keeping_runs_is_shown_all_the_same(client, alice, competition):
    first, second = (it.submission for it in plant_varied(competition, [alice], 2))
    response = compare(client, first, second)
    assert response.status_code == 200
    assert Page(response).values("data-gap") == []


def test_without_a_competition_there_is_nothing_to_choose(client):
    response = client.get("/compare/")
    assert response.status_code == 200
    assert "Too little to compare" in text_of(response)


def test_other_methods_are_refused(client):
    assert client.post("/compare/").status_code == 405


def test_ones_own_can_be_chosen_without_javascript(as_alice, alice, competition, graded):
    assert "Compare side by side" not in as_alice.get("/mine/").text
    other = graded_submission(alice, competition, 60)
    waiting = make_submission(alice, competition)
    page = Page(as_alice.get("/mine/"))
    boxes = [it.attributes["value"] for it in page.having("type") if it.tag == "input"]
    assert {str(graded.pk), str(other.pk)} <= set(boxes)
    assert str(waiting.pk) not in boxes
    assert "/compare/" in page.values("action")
    # a page that follows gradings must not lose what was marked
    assert len(page.having("hx-preserve")) == 2


def test_the_way_from_a_submission(client, graded, second):
    link = f"/compare/?s={second.pk}&s={graded.pk}"
    assert link in Page(client.get(f"/submissions/{second.pk}/")).values("href")


def test_it_asks_the_same_of_the_database_for_two_as_for_three(client, alice, graded, second):
    third = graded_submission(alice, graded.competition, 64)
    compare(client, graded, second)

    def queries(*chosen):
        Remembered.forget_all()
        with CaptureQueriesContext(connection) as captured:
            compare(client, *chosen)
        return len(captured)

    assert queries(graded, second) == queries(graded, second, third) <= 8
    assert Submission.objects.count() == 3


def test_many_runs_are_drawn_as_few_dots():
    runs = {index: [50 + at / 100 for at in range(1000)] for index in range(20)}
    drawn = overlaid_runs([Scored(runs, 55, 54, 56)] * 3)
    paths = [strip.dots for group in drawn.groups for strip in group.strips]
    assert len(paths) == 60
    assert sum(path.count("M") for path in paths) <= 2400
    assert drawn.rows[0].values == [50, 50, 50]
    assert drawn.groups[1].top > drawn.groups[0].top + drawn.groups[0].height
    single = overlaid_runs([Scored({0: [60.0]}, 60, None, None)])
    assert [row.values[0] for row in single.rows] == [60] * 11


def test_curves_of_several_share_an_axis_up_to_the_longest():
    curve = [{"iteration": at, "mph": 50 + at / 100} for at in (100, 1000)]
    drawn = overlaid_curves(
        [Learnt("A", [curve], 1000), Learnt("B", [], 4000), Learnt("C", [curve, curve], 4000)]
    )
    assert drawn.across.high == 4000
    assert drawn.letters == ["A", "C"]
    assert drawn.lines[0].points == drawn.lines[1].points
    assert drawn.rows[0].values == [51, 51]
    assert drawn.rows[-1].values == [60, 60]
    assert overlaid_curves([Learnt("A", [[]], 10)]) is None


def test_gaps_are_said_in_words_and_zero_is_always_in_sight():
    drawn = gaps([("A", "B", 1.0, 0.5, 1.5), ("A", "C", -1.0, -2.0, 0.25), ("B", "C", 0, 0, 0)])
    assert 0 <= float(drawn.zero[:-1]) <= 100
    assert "A is faster than B by 1.00 mph; 95 % interval 0.50 to 1.50" in drawn.gaps[0].words
    assert (
        "C is ahead of A by 1.00 mph; 95 % interval \N{MINUS SIGN}0.25 to 2.00"
        in drawn.gaps[1].words
    )
    assert "the same score" in drawn.gaps[2].words
    assert [it.is_told for it in drawn.gaps] == [True, False, False]
