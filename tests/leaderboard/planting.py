"""Boards as full as after a long season: thousands of graded submissions, stored all at once.

Every row is as the site itself would have left it, so that all constraints hold and every page can
show it; only nobody has trained anything.
"""

from collections.abc import Sequence
from datetime import timedelta
from itertools import count

import numpy as np
from django.utils import timezone

import grader
from grader.config import validate
from grader.schema import NetworkConfig
from leaderboard.models import (
    Attempt,
    Competition,
    Evaluation,
    Run,
    Status,
    Submission,
    Training,
    User,
)
from leaderboard.names import skeleton

AT_A_TIME = 1000
"""Rows in one statement [1]; SQLite takes fewer values at a time than PostgreSQL."""
SLOWEST, FASTEST = 50.0, 70.0
"""Scores lie between [mph]."""
_numbers = count(1)
_iterations = count(100_000)


def plant_users(number: int) -> list[User]:
    """Participants without a password: they come in by a session."""
    names = [f"Driver {next(_numbers)}" for _ in range(number)]
    return User.objects.bulk_create(
        (
            User(
                username=name.lower().replace(" ", ""),
                password="!",
                display_name=name,
                display_skeleton=skeleton(name),
            )
            for name in names
        ),
        batch_size=AT_A_TIME,
    )


def plant_graded(competition: Competition, users: list[User], number: int) -> list[Evaluation]:
    """So many submissions by these participants in turn, each graded and on the board."""
    ago = timedelta(days=2)  # before the window of the quota
    submissions = _submissions(competition, users, number, ago)
    now = timezone.now()
    scores = [SLOWEST + (FASTEST - SLOWEST) * (at * 7919 % number) / number for at in range(number)]
    evaluations = Evaluation.objects.bulk_create(
        (
            _evaluation(
                submission,
                status=Status.SUCCEEDED,
                score=round(score, 2),
                upper_median=round(score, 2),
                interval_low=round(score - 1, 2),
                interval_high=round(score + 1, 2),
                created_at=submission.created_at,
                sent_at=submission.created_at,
                finished_at=now - ago + timedelta(minutes=1),
                applied_at=now - ago + timedelta(minutes=1),
            )
            for submission, score in zip(submissions, scores, strict=True)
        ),
        batch_size=AT_A_TIME,
    )
    _grade(evaluations)
    return evaluations


def plant_varied(competition: Competition, users: list[User], number: int) -> list[Evaluation]:
    """So many that differ in most fields, with scores that follow from some; nobody drove them."""
    random = np.random.default_rng(1)
    configs = [_varied(random) for _ in range(number)]
    submissions = _submissions(competition, users, number, timedelta(days=2), configs)
    wide = np.array([it.lanes_side for it in configs]) / 6
    long = np.log10([it.training_iterations for it in configs]) / 6
    scores = np.clip(45 + 8 * wide + 18 * long + random.normal(0, 2.5, number), 0, 80)
    now = timezone.now()
    return Evaluation.objects.bulk_create(
        (
            _evaluation(
                submission,
                status=Status.SUCCEEDED,
                score=round(score, 2),
                upper_median=round(score, 2),
                interval_low=round(score - 1, 2),
                interval_high=round(score + 1, 2),
                created_at=submission.created_at,
                finished_at=now,
                applied_at=now,
            )
            for submission, score in zip(submissions, scores.tolist(), strict=True)
        ),
        batch_size=AT_A_TIME,
    )


def _varied(random: np.random.Generator) -> NetworkConfig:
    units = [int(2 ** random.uniform(2, 8)) for _ in range(random.integers(0, 4))]
    method = str(random.choice(["sgd", "adam"]))
    return validate(
        {
            "lanes_side": int(random.integers(0, 7)),
            "patches_ahead": int(random.integers(1, 60)),
            "patches_behind": int(random.integers(0, 20)),
            "temporal_window": int(random.integers(0, 3)),
            "layers": [{"units": it, "activation": "tanh"} for it in units],
            "trainer": {"method": method, "l2_decay": float(random.choice([0, 0.001, 0.01]))},
            "training_iterations": int(10 ** random.uniform(3, 6)),
            "gamma": round(float(random.uniform(0.5, 1)), 2),
        }
    )


def plant_waiting(competition: Competition, users: list[User], number: int) -> list[Evaluation]:
    """So many submissions that nobody has begun to grade, told to a worker a moment ago."""
    submissions = _submissions(competition, users, number, timedelta(minutes=5))
    now = timezone.now()
    evaluations = Evaluation.objects.bulk_create(
        (_evaluation(submission, created_at=now, sent_at=now) for submission in submissions),
        batch_size=AT_A_TIME,
    )
    Training.objects.bulk_create(
        (
            Training(evaluation=evaluation, index=index, seed=f"{evaluation.pk:016x}")
            for evaluation in evaluations
            for index in range(competition.trainings)
        ),
        batch_size=AT_A_TIME,
    )
    return evaluations


def small_config() -> NetworkConfig:
    """Like no other before it: each trains one iteration longer."""
    layers = [{"type": "fc", "units": 1, "activation": "relu"}]
    return validate(
        {"patches_ahead": 1, "layers": layers, "training_iterations": next(_iterations)}
    )


def _submissions(
    competition: Competition,
    users: list[User],
    number: int,
    ago: timedelta,
    configs: Sequence[NetworkConfig] = (),
) -> list[Submission]:
    begin = timezone.now() - ago - timedelta(seconds=number)
    each = configs or [small_config()]
    told = [(it.canonical(), it.model_dump(mode="json"), it.phrase) for it in each]
    return Submission.objects.bulk_create(
        (
            Submission(
                competition=competition,
                participant=users[at % len(users)],
                title=f"Network {at + 1}",
                source=told[at % len(told)][0],
                config=told[at % len(told)][1],
                config_hash=f"{next(_numbers):064x}",
                phrase=told[at % len(told)][2],
                created_at=begin + timedelta(seconds=at),
            )
            for at in range(number)
        ),
        batch_size=AT_A_TIME,
    )


def _evaluation(submission: Submission, **fields: object) -> Evaluation:
    return Evaluation(
        competition=submission.competition,
        submission=submission,
        protocol_fields=submission.competition.protocol_on(submission.board).to_dict(),
        bootstrap_seed=f"{submission.pk:016x}",
        grader_version=grader.__version__,
        reference_seconds=1.0,
        **fields,
    )


def _grade(evaluations: list[Evaluation]) -> None:
    """Trainings, attempts and runs: around the score, so that a Standing can be computed."""
    competition = evaluations[0].competition
    trainings = Training.objects.bulk_create(
        (
            Training(
                evaluation=evaluation,
                index=index,
                seed=f"{evaluation.pk:08x}{index:08x}",
                status=Status.SUCCEEDED,
                fence=1,
                worker="a worker",
                stage="driving",
                engine="compiled",
                seconds=1.0,
                median=evaluation.score,
                weights_hash="ab" * 32,
            )
            for evaluation in evaluations
            for index in range(competition.trainings)
        ),
        batch_size=AT_A_TIME,
    )
    Attempt.objects.bulk_create(
        (
            Attempt(
                training=training,
                fence=1,
                worker="a worker",
                started_at=training.evaluation.created_at,
                ended_at=training.evaluation.finished_at,
                exit=Attempt.Exit.OK,
            )
            for training in trainings
        ),
        batch_size=AT_A_TIME,
    )
    middle = (competition.runs - 1) / 2
    Run.objects.bulk_create(
        (
            Run(
                training=training,
                index=index,
                average_mph=round(training.median + 0.01 * (index - middle), 2),
            )
            for training in trainings
            for index in range(competition.runs)
        ),
        batch_size=AT_A_TIME,
    )
