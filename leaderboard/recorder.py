"""A worker's thread that records runs as soon as somebody wants to see them.

Gradings take every slot of a worker for minutes, and who watches waits for seconds: so this is no
task in their line. It asks the database, which is the only queue that can be trusted.
"""

import logging
import threading
import time
from typing import Any

from django.db import Error as DatabaseError
from django.db import connection

from grader.engines import COMPILED, ENGINES
from grader.grading import roads
from grader.job import network_line
from grader.seeds import to_hex
from leaderboard import logs, recordings, refusals
from leaderboard.compute import Computing
from leaderboard.models import Evaluation, Recording, Refusal, TrainedNetwork, Training, Weights

logger = logging.getLogger(__name__)

LOOK_SECONDS = 0.25
"""Between two looks at the database [s]: an index that is nearly always empty."""
AWAY_SECONDS = 5
LONGEST = 25
"""After which it is given back [s]; its claim lasts longer."""


def keep_recording(stopping: threading.Event) -> None:
    """Until told to stop."""
    while not stopping.is_set():
        try:
            if not record_next(stopping):
                stopping.wait(LOOK_SECONDS)
        except DatabaseError as error:
            logger.warning("the database is away: %s", error)
            connection.close()
            stopping.wait(AWAY_SECONDS)
        except Exception:
            # this thread is the only one there is: whatever was wrong with one wish, it lives on
            logger.exception("recording")
            stopping.wait(AWAY_SECONDS)
    connection.close()


def record_next(stopping: threading.Event) -> bool:
    """Records what is wanted longest. False: nothing is."""
    wish = recordings.take()
    if wish is None:
        return False
    training = Training.objects.select_related(
        "evaluation__submission", "evaluation__baseline", "evaluation__competition"
    ).get(runs=wish.pk)
    with logs.about(evaluation=training.evaluation_id):
        try:
            _record(wish, training, stopping)
        except DatabaseError:
            raise
        except Exception as error:
            logger.exception("recording %s", wish.pk)
            recordings.put_back(wish, f"{type(error).__name__}: {error}")
    return True


def _record(wish: Recording, training: Training, stopping: threading.Event) -> None:
    run, evaluation = wish.run, training.evaluation
    with Computing(_job(training, run.index), at_once=True) as computing:
        result = _result(computing, stopping)
        if result is None:
            logger.warning("recording %s: %s", wish.pk, computing.log_tail())
            recordings.put_back(wish, "the computing process ended without a result")
            return
    try:
        content = recordings.repeated(result, run, evaluation.protocol)
    except ValueError as error:
        logger.warning("recording %s: %s", wish.pk, error)
        refusals.count(Refusal.Kind.BAD_RECORDING)
        recordings.give_up(wish, f"not the run that was graded: {error}")
        return
    recordings.settle(wish, content)


def _result(computing: Computing, stopping: threading.Event) -> dict[str, Any] | None:
    """What came out; None: nothing did, or not in time."""
    deadline = time.monotonic() + LONGEST
    while time.monotonic() < deadline and not stopping.is_set():
        try:
            message = computing.receive(timeout=0.5)
        except EOFError:
            return None
        if message and message.get("type") == "result":
            return message
    return None


def _job(training: Training, run: int) -> dict[str, Any]:
    evaluation = training.evaluation
    subject = evaluation.submission or evaluation.baseline
    key = evaluation.competition.key
    seeds = roads(evaluation.protocol, key, training.index)
    return {
        "config": getattr(subject, "config", None),
        "driver": getattr(subject, "driver", None),
        "network": _network(evaluation, training),
        "protocol": evaluation.protocol_fields,
        "trainings": [
            {
                "index": training.index,
                "seed": training.seed,
                "run_seeds": [to_hex(seed) for seed in seeds],
            }
        ],
        "record": [run],
        # its bits are those of the engine that graded it
        "engine": training.engine if training.engine in ENGINES else COMPILED,
    }


def _network(evaluation: Evaluation, training: Training) -> dict[str, str] | None:
    if evaluation.submission is None:
        return None
    if evaluation.brought_trained:
        file = Weights.objects.get(submission=evaluation.submission_id)
        return network_line(file.name, bytes(file.content))
    trained = TrainedNetwork.objects.get(training=training)
    return network_line("trained.safetensors", bytes(trained.content))
