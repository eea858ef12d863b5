"""Claiming trainings, holding them, and writing what came of them: every write carries the fence.

The order of locks is always evaluation, then training. PostgreSQL takes row locks; SQLite, whose
transactions begin IMMEDIATE, has one writer at a time anyway.
"""

import dataclasses
import logging
import re
import statistics
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from django.conf import settings
from django.db import transaction
from django.db.models import F
from django.db.models.functions import Now
from django.utils import timezone

import grader
from grader.trace import DIGITS
from leaderboard import recordings, refusals
from leaderboard.models import Attempt, Evaluation, Refusal, Run, Status, Training
from simulator import road

logger = logging.getLogger(__name__)
Exit = Attempt.Exit
# how often a training may end like that before it is given up
PATIENCE = {Exit.CRASHED: 3, Exit.TIMEOUT: 3, Exit.INFRASTRUCTURE: 10}


class ResultRefusedError(Exception):
    """What came back from the computing process is not a result of this training."""


@dataclass(frozen=True, slots=True)
class Lease:
    """The right to write one training until somebody else claims it."""

    training: int
    evaluation: int
    index: int
    seed: str
    fence: int


@dataclass(frozen=True, slots=True)
class Progress:
    """How far a training has come: `curve` is all of its learning curve so far."""

    stage: str
    iteration: int
    curve: list[dict[str, Any]]


def claim(evaluation: int, *, worker: str, limit: int) -> list[Lease]:
    """Take up to `limit` trainings of one evaluation; an empty list: there is nothing to do.

    A worker of another grader version than the evaluation's takes none.
    """
    with transaction.atomic():
        locked = Evaluation.objects.select_for_update().filter(pk=evaluation).first()
        if locked is None:
            refusals.count(Refusal.Kind.NO_SUCH_EVALUATION)
            logger.warning("evaluation %s: a message for it came, but it is not there", evaluation)
            return []
        if locked.is_final or locked.cancel_requested_at or locked.failure:
            return []
        if locked.grader_version != grader.__version__:
            refusals.count(Refusal.Kind.OTHER_GRADER)
            logger.warning(
                "evaluation %s is for grader %s; this worker has %s",
                *(evaluation, locked.grader_version, grader.__version__),
            )
            return []
        candidates = locked.trainings.claimable().order_by("index")
        claimed = [t.pk for t in candidates[:limit] if _take(t.pk, worker)]
        leases = [
            Lease(t.pk, evaluation, t.index, t.seed, t.fence)
            for t in Training.objects.filter(pk__in=claimed).order_by("index")
        ]
        for lease in leases:
            _close(lease.training, Exit.LOST)
            Attempt.objects.create(training_id=lease.training, fence=lease.fence, worker=worker)
        locked.conclude()
    return leases


def _take(training: int, worker: str) -> bool:
    return bool(
        Training.objects.claimable()
        .filter(pk=training)
        .update(
            status=Status.RUNNING,
            fence=F("fence") + 1,
            lease_until=Now() + timedelta(seconds=settings.LEASE_SECONDS),
            worker=worker,
            stage="",
            iteration=0,
            curve=[],
        )
    )


def note_process(held: list[Lease], process: int) -> None:
    """Keep the computing process's id with the attempts, for whoever has to find it."""
    for lease in held:
        Attempt.objects.filter(training=lease.training, fence=lease.fence).update(process=process)


def hold(lease: Lease, progress: Progress | None) -> bool:
    """Heartbeat: extend the lease and store the progress. False: the lease is lost."""
    news = {} if progress is None else dataclasses.asdict(progress)
    held = (
        Training.objects.held(fence=lease.fence)
        .filter(pk=lease.training)
        .update(lease_until=Now() + timedelta(seconds=settings.LEASE_SECONDS), **news)
    )
    return bool(held)


def is_to_stop(evaluation: int) -> bool:
    """Somebody cancelled it, or one of its trainings has failed and it can have no score."""
    going_on = Evaluation.objects.filter(cancel_requested_at__isnull=True, failure="")
    return not going_on.filter(pk=evaluation).exists()


def succeed(lease: Lease, result: dict[str, Any]) -> bool:
    """Store a finished training with its runs, once; the last one brings the score.

    What was cancelled meanwhile ends cancelled.

    Raises:
        ResultRefusedError: when this is not a result, or its speeds are not physically possible.
    """
    with transaction.atomic():
        evaluation = Evaluation.objects.select_for_update().get(pk=lease.evaluation)
        if evaluation.cancel_requested_at:
            return release(lease, outcome=Exit.CANCELLED)
        speeds, traces, fields = _checked(result, evaluation)
        if not _end(lease, Status.SUCCEEDED, **fields):
            return False
        runs = Run.objects.bulk_create(
            Run(training_id=lease.training, index=index, average_mph=mph, trace=trace)
            for index, (mph, trace) in enumerate(zip(speeds, traces, strict=True))
        )
        recordings.store(lease.training, runs, result, evaluation.protocol)
        _close(lease.training, Exit.OK)
        evaluation.conclude()
    return True


def _checked(
    result: dict[str, Any], evaluation: Evaluation
) -> tuple[list[float], list[str], dict[str, Any]]:
    """The run averages, their traces and the training's fields, if all of them can be true."""
    runs = evaluation.protocol.runs
    try:
        speeds = [float(mph) for mph in result["runs"]]
        traces = [str(trace) for trace in result.get("traces") or [""] * len(speeds)]
        fields = {
            "engine": str(result["engine"])[:40],
            "seconds": float(result["seconds"]),
            "median": statistics.median(speeds),
            "curve": list(result["curve"]),
            "weights_hash": str(result.get("weights_hash") or "")[:64],
        }
    except (KeyError, TypeError, ValueError) as error:
        raise ResultRefusedError(f"No result of a training: {error!r}") from error
    brought = evaluation.submission.weights_hash if evaluation.submission else ""
    if brought and fields["weights_hash"] != brought:
        raise ResultRefusedError("Another network was driven than the one that was handed in.")
    if len(speeds) != runs:
        raise ResultRefusedError(f"{len(speeds)} runs came back; the protocol has {runs}.")
    for index, mph in enumerate(speeds):
        if not 0 <= mph <= road.MAX_MPH:  # NaN compares false
            raise ResultRefusedError(f"Run {index}: {mph} mph is not within 0..{road.MAX_MPH}.")
    if len(traces) != runs:
        raise ResultRefusedError(f"{len(traces)} traces came back of {runs} runs.")
    for index, trace in enumerate(traces):
        if trace and not re.fullmatch(rf"[0-9a-f]{{{DIGITS}}}", trace):
            raise ResultRefusedError(f"Run {index}: {trace[:40]!r} is not a trace.")
    return speeds, traces, fields


def fail(lease: Lease, *, outcome: Attempt.Exit, error: str, log_tail: str = "") -> bool:
    """End a training for good; the evaluation fails with it, and what waits is cancelled."""
    with transaction.atomic():
        evaluation = Evaluation.objects.select_for_update().get(pk=lease.evaluation)
        if not _end(lease, Status.FAILED):
            return False
        _close(lease.training, outcome, log_tail)
        evaluation.failure = evaluation.failure or Evaluation.Failure(outcome.value)
        evaluation.error = evaluation.error or error
        evaluation.trainings.filter(status=Status.QUEUED).update(status=Status.CANCELLED)
        evaluation.conclude()
    return True


def release(lease: Lease, *, outcome: Attempt.Exit, log_tail: str = "") -> bool:
    """Give a training up unfinished.

    It ends cancelled if the evaluation is to stop, failed if it dies every time; else it goes back
    in line.
    """
    with transaction.atomic():
        evaluation = Evaluation.objects.select_for_update().get(pk=lease.evaluation)
        if evaluation.cancel_requested_at or evaluation.failure:
            ended = _end(lease, Status.CANCELLED)
            # what ended the process was not this training
            outcome = outcome if outcome == Exit.LOST else Exit.CANCELLED
        else:
            ended = _end(lease, Status.QUEUED)
            evaluation.sent_at = None  # the dispatcher need not wait before it sends it again
        if not ended:
            return False
        _close(lease.training, outcome, log_tail)
        if outcome in PATIENCE:
            _give_up_if_hopeless(evaluation, lease.training, outcome)
        evaluation.conclude()
    return True


def _give_up_if_hopeless(evaluation: Evaluation, training: int, outcome: Attempt.Exit) -> None:
    """Fail what ends the same way every time and gets no further. Its last words are for
    organisers.
    """
    kinds = Attempt.POISONED if outcome in Attempt.POISONED else (outcome,)
    times = 0
    for attempt in Attempt.objects.filter(training=training).order_by("-fence"):
        times += attempt.exit in kinds
        if attempt.saved_to:
            break  # it got further: what came before it is forgiven
    if times < PATIENCE[outcome]:
        return
    Training.objects.filter(pk=training, status=Status.QUEUED).update(status=Status.FAILED)
    evaluation.trainings.filter(status=Status.QUEUED).update(status=Status.CANCELLED)
    evaluation.failure = Evaluation.Failure(outcome.value)
    evaluation.error = (
        f"Tried {times} times without getting further: each time {outcome.label}. The organisers "
        "can see what it said last."
    )


def expire() -> list[int]:
    """Put every training whose lease ran out back in line; the evaluations they belong to."""
    late = Training.objects.filter(status=Status.RUNNING, lease_until__lt=Now())
    touched = []
    for training in list(late.select_related("evaluation")):
        lease = Lease(
            training.pk, training.evaluation_id, training.index, training.seed, training.fence
        )
        with transaction.atomic():
            Evaluation.objects.select_for_update().get(pk=lease.evaluation)
            still_late = Training.objects.claimable().filter(pk=lease.training, fence=lease.fence)
            if still_late.exists() and release(lease, outcome=Exit.LOST):
                touched.append(lease.evaluation)
    return touched


def _end(lease: Lease, status: Status, **fields: Any) -> bool:
    held = Training.objects.held(fence=lease.fence).filter(pk=lease.training)
    return bool(held.update(status=status, lease_until=None, **fields))


def _close(training: int, outcome: Attempt.Exit, log_tail: str = "") -> None:
    Attempt.objects.filter(training=training, exit="").update(
        exit=outcome, ended_at=timezone.now(), log_tail=log_tail[-4000:]
    )
