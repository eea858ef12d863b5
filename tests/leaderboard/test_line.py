"""The line: everybody takes turns, new submissions before reruns, and nothing blocks the rest."""

import random
from collections import Counter
from datetime import timedelta

import pytest
from django.utils import timezone

from leaderboard import leases, line
from leaderboard.models import Attempt, Baseline, Evaluation, Training
from leaderboard.tasks import queue_evaluation
from tests.leaderboard.makers import claim, grade, make_competition, make_submission, make_user

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.both_databases]
BULK = Evaluation.Queue.BULK


@pytest.fixture
def competition():
    return make_competition(quota=1000)


def submitted(user, competition):
    return make_submission(user, competition).evaluations.get()


def taken_in_order():
    """As one worker after the other takes them, none of which ends."""
    taken = []
    while (evaluation := line.first()) is not None:
        leases.claim(evaluation, worker="a worker", limit=100)
        taken.append(evaluation)
    return taken


def test_one_with_many_submissions_does_not_delay_anothers_first(competition):
    alice, bob = make_user("Alice"), make_user("Bob")
    many = [submitted(alice, competition) for _ in range(100)]
    running = claim(many[0])
    assert running
    first = submitted(bob, competition)
    assert line.first() == first.pk
    assert line.spot(first).place == 1
    assert line.spot(many[1]).place == 2
    second = submitted(bob, competition)
    assert [line.spot(it).place for it in (many[1], second, many[2])] == [2, 3, 4]


def test_nor_when_one_is_graded_after_the_other(competition):
    alice, bob = make_user("Alice"), make_user("Bob")
    many = [submitted(alice, competition) for _ in range(5)]
    grade(many[0], 60)
    first = submitted(bob, competition)
    assert line.first() == first.pk
    grade(first, 60)
    second = submitted(bob, competition)
    # whose last score is older goes first, and so on by turns
    assert [line.spot(it).place for it in (many[1], second, many[2])] == [1, 2, 3]
    Evaluation.objects.filter(pk=first.pk).update(
        finished_at=timezone.now() - timedelta(minutes=30)
    )
    assert [line.spot(it).place for it in (second, many[1], many[2])] == [1, 2, 3]
    Evaluation.objects.filter(pk=many[0].pk).update(finished_at=timezone.now() - timedelta(hours=2))
    assert line.spot(many[1]).place == 1


def test_of_one_participant_it_is_the_order_of_coming(competition):
    alice = make_user("Alice")
    many = [submitted(alice, competition) for _ in range(5)]
    assert taken_in_order() == [it.pk for it in many]


def test_what_is_graded_gives_its_owner_a_turn_back(competition):
    alice, bob = make_user("Alice"), make_user("Bob")
    first, second = submitted(alice, competition), submitted(alice, competition)
    third = submitted(bob, competition)
    assert [line.spot(it).place for it in (first, second, third)] == [1, 3, 2]
    grade(first, 60)
    assert [line.spot(it).place for it in (third, second)] == [1, 2]


def test_it_is_what_plain_python_says_of_any_crowd(competition):
    chance = random.Random(7)
    ages_ago = timezone.now() - timedelta(days=1)
    people = [make_user(name) for name in ("Alice", "Bob", "Carol")]
    baseline = Baseline.objects.create(competition=competition, name="x", driver="no-action")
    first = grade(submitted(people[0], competition), 60)
    graded, finished_at = first.submission, first.finished_at
    crowd = []
    for _ in range(25):
        kind = chance.choice(["new", "new", "new", "again", "driver"])
        if kind == "new":
            crowd.append(submitted(chance.choice(people), competition))
        elif kind == "again":
            crowd.append(queue_evaluation(graded, queue=BULK, reason="again"))
        else:
            crowd.append(queue_evaluation(baseline))
    for evaluation in chance.sample(crowd, 5):
        claim(evaluation, limit=chance.choice([1, 2]))
    served = {people[0].pk: finished_at}
    turns: Counter[tuple[str, int | None]] = Counter()
    keys = []
    for evaluation in crowd:
        owner = evaluation.submission.participant_id if evaluation.submission else None
        turns[evaluation.queue, owner] += 1
        turn = turns[evaluation.queue, owner]
        if evaluation.trainings.filter(status="queued").exists():
            bulk = evaluation.queue == BULK
            since = served.get(owner, ages_ago)
            keys.append((bulk, turn, since, evaluation.created_at, evaluation.pk))
    expected = [key[-1] for key in sorted(keys)]
    cost = {it.pk: it.reference_seconds for it in crowd}
    for place, pk in enumerate(expected, start=1):
        spot = line.spot(Evaluation.objects.get(pk=pk))
        assert spot.place == place
        assert spot.ahead == pytest.approx(sum(cost[it] for it in expected[: place - 1]))
    for evaluation in set(crowd) - set(Evaluation.objects.filter(pk__in=expected)):
        assert line.spot(evaluation) is None
    assert line.others_waiting(expected[0]) == len(expected) - 1
    assert taken_in_order() == expected


def test_after_a_fault_of_the_site_others_go_first_for_a_while(competition):
    alice, bob = make_user("Alice"), make_user("Bob")
    first, second = submitted(alice, competition), submitted(bob, competition)
    for lease in claim(first):
        leases.release(lease, outcome=Attempt.Exit.INFRASTRUCTURE)
    assert line.first() == second.pk
    Attempt.objects.update(ended_at=timezone.now() - timedelta(minutes=1))
    assert line.first() == first.pk


def test_what_is_half_taken_is_finished_first(competition):
    alice, bob = make_user("Alice"), make_user("Bob")
    first = submitted(alice, competition)
    claim(first, limit=1)
    submitted(bob, competition)
    assert line.first() == first.pk
    assert Training.objects.filter(evaluation=first, status="queued").count() == 1
