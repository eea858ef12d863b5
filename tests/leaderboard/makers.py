"""Competitions, people and gradings for the tests, made by the calls that the site itself makes."""

from datetime import timedelta
from itertools import count
from typing import Any

from django.utils import timezone

from grader import weights
from grader.config import parse, validate
from leaderboard import leases
from leaderboard.leases import Lease
from leaderboard.models import Attempt, Competition, Evaluation, QuotaEntry, Submission, User
from leaderboard.submitting import Brought, submit
from tests.grader.small import network_of

SMALL = (
    '{"lanes_side": 0, "patches_ahead": 1, "layers": [{"type": "fc", "units": 1, '
    '"activation": "relu"}], "training_iterations": %d}'
)
_iterations = count(1000)


def make_competition(**fields: Any) -> Competition:
    protocol = {"trainings": 2, "runs": 3, "frames": 300}
    named = {"slug": "spring", "title": "Spring season", "quota": 50}
    return Competition.objects.create(**{**named, **protocol, **fields})


def make_user(name: str, **fields: Any) -> User:
    return User.objects.create_user(
        name.lower(), password="a fair passphrase", display_name=name, **fields
    )


def make_submission(user: User, competition: Competition, **words: Any) -> Submission:
    """A submission like no other before it (each trains one iteration longer)."""
    source = SMALL % next(_iterations)
    return submit(user, competition, source=source, config=parse(source), **words)


def made_before(user: User, competition: Competition, hours: float) -> Submission:
    """A submission of so many hours ago with its charge, and nothing else."""
    submission = Submission.objects.create(
        competition=competition,
        participant=user,
        source=SMALL % next(_iterations),
        config={},
        config_hash="0" * 64,
        created_at=timezone.now() - timedelta(hours=hours),
    )
    QuotaEntry.objects.charge(submission)
    return submission


def make_trained(user: User, competition: Competition, *, units: int = 3) -> Submission:
    """A trained network that is driven as it is."""
    config = validate({"patches_ahead": 2, "layers": [{"units": units}]})
    network = network_of(config)
    return submit(
        user,
        competition,
        source=config.canonical(),
        config=config,
        brought=Brought("mine.safetensors", weights.write(network), network),
    )


def result_of(mph: float, *, runs: int) -> dict[str, Any]:
    """What a computing process reports of one training whose runs lie around `mph`."""
    return {
        "engine": "compiled",
        "seconds": 1.5,
        "runs": [round(mph + 0.01 * (run - (runs - 1) / 2), 2) for run in range(runs)],
        "curve": [
            {"iteration": 500, "reward": 0.1, "loss": 0.3, "epsilon": 0.5, "mph": mph - 5},
            {"iteration": 1000, "reward": 0.2, "loss": 0.2, "epsilon": 0.0, "mph": mph},
        ],
        "weights_hash": "ab" * 32,
        "traces": [f"{run:032x}" for run in range(runs)],
    }


def claim(evaluation: Evaluation, *, worker: str = "a worker", limit: int = 100) -> list[Lease]:
    return leases.claim(evaluation.pk, worker=worker, limit=limit)


def grade(evaluation: Evaluation, mph: float) -> Evaluation:
    """Claim and store all of it, as a worker does."""
    for lease in claim(evaluation):
        result = result_of(mph, runs=evaluation.protocol.runs)
        if evaluation.submission and evaluation.submission.brought_trained:
            result |= {"curve": [], "weights_hash": evaluation.submission.weights_hash}
        assert leases.succeed(lease, result)
    evaluation.refresh_from_db()
    return evaluation


def break_down(evaluation: Evaluation) -> None:
    """Tried until it is given up, as by the workers of a site that cannot compute."""
    for _ in range(leases.PATIENCE[Attempt.Exit.INFRASTRUCTURE]):
        (lease,) = claim(evaluation, limit=1)
        assert leases.release(lease, outcome=Attempt.Exit.INFRASTRUCTURE)
    evaluation.refresh_from_db()


def graded_submission(user: User, competition: Competition, mph: float) -> Submission:
    submission = make_submission(user, competition)
    grade(submission.evaluations.get(), mph)
    return submission
