"""Recordings of runs: some come with every grading, any other is made when it is asked for."""

import binascii
import logging
from base64 import b64decode
from collections.abc import Iterable, Mapping
from datetime import timedelta
from enum import Enum
from typing import Any

from django.db import IntegrityError, transaction
from django.db.models import F
from django.db.models.functions import Now
from django.utils import timezone

from grader.protocol import Protocol
from leaderboard import refusals
from leaderboard.models import Recording, Refusal, Run, TrainedNetwork, Training, Worker
from simulator.recording import heading

logger = logging.getLogger(__name__)

MOST_BYTES = 64_000
"""Of one recording [bytes]: one of 20,000 frames with all its decisions takes a third."""
MOST_WAITING = 30
"""Wishes at a time; whoever comes then has to ask again [1]."""
KEPT = 12
"""Of those that were asked for, an evaluation keeps the newest [1]: with the others under 60 kB."""
MOST_TRIES = 3
CLAIM = timedelta(seconds=30)
"""After which a worker that took one counts as gone."""
FORGIVEN = timedelta(hours=1)
"""After which one may be asked for again that could not be made."""


class Answer(Enum):
    """What somebody hears who wants to see a run."""

    HERE = "here"
    SOON = "soon"
    BUSY = "Too many runs are being recorded just now. Try it again in some seconds."
    NOBODY = "No worker is there to record it. It can be watched once one is at work again."
    NO_NETWORK = (
        "This run was graded before networks were kept, so nobody can drive it again. The runs of "
        "newer gradings can be watched."
    )
    IMPOSSIBLE = "It could not be recorded."


def store(
    training: int, runs: Iterable[Run], result: Mapping[str, Any], protocol: Protocol
) -> None:
    """Keeps what came with a result. What is damaged is left out: the score counts without it."""
    stored = {run.index: run for run in runs}
    found = result.get("recordings")
    for name, text in (found if isinstance(found, dict) else {}).items():
        try:
            run = stored[int(name)]
            Recording.objects.create(run=run, content=checked(text, run, protocol))
        except (KeyError, ValueError) as error:
            _leave_out(f"training {training}, recording of run {name[:20]}", error)
    if (network := result.get("network")) is not None:
        try:
            TrainedNetwork.objects.create(training_id=training, content=_decoded(network))
        except ValueError as error:
            _leave_out(f"training {training}, network", error)


def _leave_out(what: str, error: Exception) -> None:
    logger.warning("%s: %r", what, error)
    refusals.count(Refusal.Kind.BAD_RECORDING)


def repeated(result: Mapping[str, Any], run: Run, protocol: Protocol) -> bytes:
    """The recording that came with a result of driving all runs of a training again.

    Raises:
        ValueError: it is not the run that was graded.
    """
    try:
        text, trace = result["recordings"][str(run.index)], result["traces"][run.index]
    except (KeyError, IndexError, TypeError) as error:
        raise ValueError(f"it is not there: {error!r}.") from None
    if run.trace and trace != run.trace:
        raise ValueError("driven again it decides otherwise.")
    return checked(text, run, protocol)


def checked(text: Any, run: Run, protocol: Protocol) -> bytes:
    """The bytes of a recording, if it can be that of the run.

    Raises:
        ValueError: it cannot.
    """
    content = _decoded(text)
    if len(content) > MOST_BYTES:
        raise ValueError(f"{len(content)} bytes; at most {MOST_BYTES}.")
    head = heading(content)
    if (head.rules, head.frames) != (protocol.rules, protocol.frames):
        raise ValueError(f"{head.frames} frames by {head.rules}, of another protocol.")
    if head.average_mph != round(run.average_mph, 2):
        raise ValueError(f"{head.average_mph} mph, not the run's {run.average_mph}.")
    return content


def _decoded(text: Any) -> bytes:
    try:
        return b64decode(text, validate=True)
    except (binascii.Error, TypeError, ValueError) as error:
        raise ValueError(f"not base64: {error}.") from None


def ask(run: Run) -> tuple[Answer, bytes]:
    """A run's recording, or when to come back for it, having had it put in line."""
    kept = Recording.objects.filter(run=run).first()
    if kept is None:
        refused = _refusal(run)
        if refused is None:
            try:
                with transaction.atomic():
                    Recording.objects.create(run=run, wanted=True, asked_at=timezone.now())
            except IntegrityError:
                pass  # somebody else was faster
        return refused or Answer.SOON, b""
    if kept.wanted:
        return (Answer.SOON if Worker.objects.fit().exists() else Answer.NOBODY), b""
    if not kept.why_not:
        return Answer.HERE, bytes(kept.content)
    again = Recording.objects.filter(run=run, asked_at__lt=timezone.now() - FORGIVEN)
    if again.update(wanted=True, why_not="", tries=0, asked_at=timezone.now()):
        return Answer.SOON, b""
    return Answer.IMPOSSIBLE, b""


def _refusal(run: Run) -> Answer | None:
    evaluation = run.training.evaluation
    trained_here = evaluation.submission is not None and not evaluation.brought_trained
    if trained_here and not TrainedNetwork.objects.filter(training=run.training_id).exists():
        return Answer.NO_NETWORK
    if not Worker.objects.fit().exists():
        return Answer.NOBODY
    if Recording.objects.filter(wanted=True).count() >= MOST_WAITING:
        return Answer.BUSY
    return None


def take() -> Recording | None:
    """The longest wanted that no other worker is at."""
    for candidate in Recording.objects.free().order_by("asked_at")[:MOST_WAITING]:
        taken = Recording.objects.free().filter(pk=candidate.pk)
        if taken.update(claimed_until=Now() + CLAIM, tries=F("tries") + 1):
            candidate.refresh_from_db()
            return candidate
    return None


def settle(wish: Recording, content: bytes) -> None:
    """It is made. The oldest that were asked for make room."""
    wished = Recording.objects.filter(pk=wish.pk, wanted=True)
    wished.update(content=content, wanted=False, claimed_until=None)
    evaluation = Training.objects.values_list("evaluation").filter(runs=wish.pk)
    asked_for = Recording.objects.made().filter(
        asked_at__isnull=False, run__training__evaluation__in=evaluation
    )
    too_many = asked_for.order_by("-asked_at").values_list("pk", flat=True)[KEPT:]
    Recording.objects.filter(pk__in=list(too_many)).delete()


def give_up(wish: Recording, why: str) -> None:
    """For good, or until somebody asks again long after."""
    wished = Recording.objects.filter(pk=wish.pk, wanted=True)
    wished.update(wanted=False, claimed_until=None, why_not=why[:200])


def put_back(wish: Recording, why: str) -> None:
    """Something else than the run is to blame: others try, but not for ever."""
    if wish.tries >= MOST_TRIES:
        give_up(wish, why)
    else:
        Recording.objects.filter(pk=wish.pk, wanted=True).update(claimed_until=None)
