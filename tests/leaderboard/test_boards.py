"""A competition with a board for what is trained here and one for what was brought trained."""

from threading import Event

import pytest
from django.core.exceptions import ValidationError
from django.db import DatabaseError, transaction

from grader.cost import estimate
from leaderboard import leases, ranking, standings
from leaderboard.export import rows
from leaderboard.grading import Grading
from leaderboard.leases import ResultRefusedError
from leaderboard.models import Baseline, Board, Competition, Evaluation, Standing, Weights
from leaderboard.submitting import NotAcceptedError
from leaderboard.tasks import queue_evaluation
from tests.leaderboard.makers import (
    claim,
    grade,
    graded_submission,
    make_competition,
    make_submission,
    make_trained,
    make_user,
    result_of,
)

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.both_databases]


@pytest.fixture
def competition() -> Competition:
    return make_competition(accepts="both")


@pytest.fixture
def alice():
    return make_user("Alice")


def boards_of(competition):
    return {
        board: [place.evaluation for place in ranking.places(competition, board)]
        for board in competition.boards
    }


def test_each_stands_on_its_own_board(competition, alice):
    here = graded_submission(alice, competition, 60).evaluations.get()
    brought = grade(make_trained(alice, competition).evaluations.get(), 70)
    assert boards_of(competition) == {Board.CONFIGS: [here.pk], Board.WEIGHTS: [brought.pk]}
    assert ranking.places(competition) == ranking.places(competition, Board.CONFIGS)
    graded_submission(alice, competition, 50)
    for board, tries in ((Board.CONFIGS, 2), (Board.WEIGHTS, 1)):
        (entry,) = ranking.entries(competition, ranking.places(competition, board))
        assert (entry.rank, entry.tries) == (1, tries)


def test_a_competition_of_trained_networks_has_their_board_alone(alice):
    competition = make_competition(accepts="weights")
    assert competition.boards == (Board.WEIGHTS,)
    brought = grade(make_trained(alice, competition).evaluations.get(), 70)
    assert [place.evaluation for place in ranking.places(competition)] == [brought.pk]


@pytest.mark.parametrize(
    ("accepts", "make"), [("configs", make_trained), ("weights", make_submission)]
)
def test_what_has_no_board_is_not_accepted(accepts, make, alice):
    competition = make_competition(accepts=accepts)
    with pytest.raises(NotAcceptedError, match="no board for what is"):
        make(alice, competition)
    assert not competition.submissions.exists()


def test_what_is_brought_is_driven_once_and_costs_its_runs_alone(competition, alice):
    evaluation = make_trained(alice, competition).evaluations.get()
    assert evaluation.protocol.trainings == evaluation.trainings.count() == 1
    assert evaluation.is_current
    config = evaluation.submission.network_config
    assert evaluation.reference_seconds == pytest.approx(
        estimate(config, evaluation.protocol, trained=True).seconds
    )
    assert estimate(config, evaluation.protocol).seconds > 1.2 * evaluation.reference_seconds


@pytest.mark.parametrize(("rules", "trainings"), [("open", 2), ("deeptraffic-v2", 1)])
def test_a_driver_never_drives_the_same_run_twice(rules, trainings):
    competition = make_competition(rules=rules)
    baseline = Baseline.objects.create(competition=competition, name="x", driver="no-action")
    evaluation = queue_evaluation(baseline)
    assert evaluation.trainings.count() == trainings
    with transaction.atomic():
        assert grade(evaluation, 50).is_current


def test_the_original_runs_are_numbered_whatever_the_key(alice, tmp_path):
    competition = make_competition(accepts="weights", rules="deeptraffic-v2")
    evaluation = make_trained(alice, competition).evaluations.get()
    job = Grading(evaluation.pk, claim(evaluation), stopping=Event())._job(tmp_path)
    assert job["trainings"][0]["run_seeds"] == [f"{run:016x}" for run in (1, 2, 3)]
    assert job["network"]["name"] == "mine.safetensors"


def test_another_network_than_the_one_handed_in_brings_no_score(competition, alice):
    evaluation = make_trained(alice, competition).evaluations.get()
    (lease,) = claim(evaluation)
    with pytest.raises(ResultRefusedError, match="Another network"):
        leases.succeed(lease, result_of(60, runs=3))
    evaluation.refresh_from_db()
    assert evaluation.score is None
    assert not evaluation.trainings.get().runs.exists()


def test_every_board_has_its_own_standing(competition, alice):
    graded_submission(alice, competition, 60)
    grade(make_trained(alice, competition).evaluations.get(), 70)
    expected = [(competition, Board.CONFIGS), (competition, Board.WEIGHTS)]
    assert standings.due() == expected
    for count, (_, board) in enumerate(expected):
        assert len(standings.due()) == 2 - count
        made = standings.refresh(competition.pk, board)
        assert made == standings.newest(competition, board)
        places = ranking.places(competition, board)
        assert list(standings.rows_of(made, places)) == [places[0].evaluation]
    assert standings.due() == []
    assert Standing.objects.count() == 2
    assert {row[0]: row[-1] for row in rows(competition)} == {1: "weights"}
    assert [row[-1] for row in rows(competition)] == ["configs", "weights"]


def test_a_board_with_submissions_cannot_be_closed(competition, alice):
    make_trained(alice, competition)
    competition.accepts = "configs"
    with pytest.raises(ValidationError, match="submissions brought trained"):
        competition.full_clean()
    for accepts in ("weights", "both"):
        competition.accepts = accepts
        competition.full_clean()


def test_weights_never_change(competition, alice):
    submission = make_trained(alice, competition)
    file = Weights.objects.get(submission=submission)
    file.name = "other.js"
    with pytest.raises(TypeError, match="never change"):
        file.save()
    for change in (
        Weights.objects.filter(pk=file.pk),
        type(submission).objects.filter(pk=submission.pk),
    ):
        field = "name" if change.model is Weights else "weights_hash"
        with pytest.raises(DatabaseError, match="never changes"), transaction.atomic():
            change.update(**{field: "x"})
    assert bytes(Weights.objects.get().content) == bytes(file.content)


def test_the_same_configuration_with_other_weights_is_no_double_click(competition, alice):
    first, second = make_submission(alice, competition), make_trained(alice, competition)
    assert make_trained(alice, competition) == second
    assert {first.pk, second.pk} == set(competition.submissions.values_list("pk", flat=True))
    assert Evaluation.objects.count() == 2
