"""What a Celery worker does with a message: claim, compute in a process of its own, store."""

import logging
import os
import socket
import threading
import time
from typing import Any

from celery.signals import worker_ready, worker_shutting_down
from django.conf import settings
from django.db import Error as DatabaseError
from django.db import connection

from grader.cost import estimate
from grader.grading import roads
from grader.job import network_line
from grader.seeds import to_hex
from leaderboard import leases, refusals
from leaderboard.calibrating import be_alive
from leaderboard.compute import Computing
from leaderboard.leases import Lease, Progress, ResultRefusedError
from leaderboard.models import Attempt, Evaluation, Refusal, Weights
from leaderboard.standings import StoppedError

logger = logging.getLogger(__name__)
Exit = Attempt.Exit

_stopping = threading.Event()


@worker_shutting_down.connect
def _hand_everything_back(**_: Any) -> None:
    """On TERM the running trainings go back in line at once, instead of being waited for."""
    _stopping.set()


@worker_ready.connect
def _be_alive(**_: Any) -> None:
    """In a thread of its own: measuring takes seconds, and work is taken at once."""
    threading.Thread(target=be_alive, args=[_stopping], daemon=True).start()


def stop_if_told() -> None:
    """For what computes for long in the worker itself.

    Raises:
        StoppedError: the worker was told to stop.
    """
    if _stopping.is_set():
        raise StoppedError


def name() -> str:
    return f"{socket.gethostname()}:{os.getpid()}:{threading.get_native_id()}"


def work_on(evaluation: int) -> None:
    """Compute what is unclaimed of an evaluation until nothing of it is left to claim."""
    while not _stopping.is_set():
        held = leases.claim(evaluation, worker=name(), limit=settings.TRAININGS_AT_ONCE)
        if not held:
            return
        logger.info("evaluation %s: claimed trainings %s", evaluation, [it.index for it in held])
        if _Grading(evaluation, held).run() == Exit.INFRASTRUCTURE:
            return  # the dispatcher sends it again in a while: a fault that stays must not spin


class _Grading:
    """One computing process and the leases it works for."""

    def __init__(self, evaluation: int, held: list[Lease]) -> None:
        self.evaluation = Evaluation.objects.select_related(
            "submission", "baseline", "competition"
        ).get(pk=evaluation)
        self.open = {lease.index: lease for lease in held}
        self.progress: dict[int, Progress] = {}
        self.results: dict[int, dict[str, Any]] = {}  # received, not stored yet
        self.failure: tuple[int, str] | None = None

    def run(self) -> Attempt.Exit:
        outcome, log_tail = Exit.INFRASTRUCTURE, ""
        try:
            with Computing(self._job()) as computing:
                leases.note_process(list(self.open.values()), computing.pid)
                outcome = self._watch(computing)
                log_tail = computing.log_tail()
        except ResultRefusedError as error:
            logger.exception("evaluation %s", self.evaluation.pk)
            refusals.count(Refusal.Kind.BAD_RESULT)
            outcome, log_tail = Exit.CRASHED, str(error)
        except Exception as error:
            # whatever went wrong on our side: the work goes back in line, and the worker lives on
            logger.exception("evaluation %s", self.evaluation.pk)
            log_tail = f"{type(error).__name__}: {error}"
        self._give_back(outcome, log_tail)
        return outcome

    def _watch(self, computing: Computing) -> Attempt.Exit:
        """Until every lease is settled; otherwise why the rest was not."""
        give_up_at = time.monotonic() + self._time_limit()
        next_beat = time.monotonic() + settings.HEARTBEAT_SECONDS
        while self.open:
            lives = self._listen(computing, until=next_beat)
            stored = self._settle()
            if not self.open:
                break
            if stored and not lives:
                logger.warning("process %s ended with %s", computing.pid, computing.wait())
                return Exit.CRASHED
            if _stopping.is_set():
                return Exit.HANDED_BACK
            if time.monotonic() >= give_up_at:
                return Exit.TIMEOUT
            if time.monotonic() >= next_beat:
                next_beat = time.monotonic() + settings.HEARTBEAT_SECONDS
                if reason := self._heartbeat(computing):
                    return reason
        return Exit.OK

    def _listen(self, computing: Computing, *, until: float) -> bool:
        """Take the next message if it comes soon. False: the process has ended."""
        patience = min(0.5, until - time.monotonic())
        try:
            message = computing.receive(timeout=patience)
        except EOFError:
            _stopping.wait(0.2)  # only comes round again while the database is away
            return False
        if message is not None:
            self._take(message)
        return True

    def _heartbeat(self, computing: Computing) -> Attempt.Exit | None:
        try:
            self._extend()
            if leases.is_to_stop(self.evaluation.pk):
                return Exit.CANCELLED
        except DatabaseError as error:
            _reconnect(error)  # the lease is long enough to wait for it
        if (used := computing.memory_mb()) > settings.COMPUTE_MEMORY_MB:
            logger.warning("process %s uses %.0f MB: ended", computing.pid, used)
            return Exit.CRASHED
        return None

    def _take(self, message: dict[str, Any]) -> None:
        """Note what the computing process said. Nothing it says is believed unchecked."""
        match message:
            case {"type": "progress", "index": int(index), "stage": str(stage)}:
                past = self.progress.get(index, Progress("", 0, []))
                self.progress[index] = Progress(
                    stage[:10],
                    int(message.get("iteration", past.iteration)),
                    [*past.curve, *message.get("curve", [])],
                )
            case {"type": "result", "index": int(index)}:
                self.results[index] = message
            case {"type": "failure", "message": str(error)}:
                named = message.get("index")
                self.failure = (named if named in self.open else min(self.open), error)

    def _settle(self) -> bool:
        """Store what came back. False: the database was away, try again at the next turn."""
        try:
            for index in list(self.results):
                if index in self.open:
                    if not leases.succeed(self.open[index], self.results[index]):
                        _note_lost(self.open[index])
                    del self.open[index]
                del self.results[index]
            if self.failure is not None:
                index, error = self.failure
                if index in self.open:
                    leases.fail(self.open[index], outcome=Exit.CONFIG_ERROR, error=error)
                    del self.open[index]
                self.failure = None
        except DatabaseError as error:
            _reconnect(error)
            return False
        return True

    def _extend(self) -> None:
        """Extend the leases. Those that were lost meanwhile are no longer ours to write."""
        for index, lease in list(self.open.items()):
            if not leases.hold(lease, self.progress.get(index)):
                _note_lost(lease)
                del self.open[index]

    def _give_back(self, outcome: Attempt.Exit, log_tail: str) -> None:
        try:
            for lease in self.open.values():
                leases.release(lease, outcome=outcome, log_tail=log_tail)
        except DatabaseError as error:
            _reconnect(error)  # the leases run out by themselves

    def _job(self) -> dict[str, Any]:
        subject = self.evaluation.submission or self.evaluation.baseline
        key, protocol = self.evaluation.competition.key, self.evaluation.protocol
        return {
            "config": getattr(subject, "config", None),
            "driver": getattr(subject, "driver", None),
            "network": self._network(),
            "protocol": self.evaluation.protocol_fields,
            "trainings": [
                {
                    "index": lease.index,
                    "seed": lease.seed,
                    "run_seeds": [to_hex(seed) for seed in roads(protocol, key, lease.index)],
                }
                for lease in self.open.values()
            ],
        }

    def _network(self) -> dict[str, str] | None:
        """The trained network that was handed in, if one was."""
        if not self.evaluation.brought_trained:
            return None
        found = Weights.objects.get(submission=self.evaluation.submission_id)
        return network_line(found.name, bytes(found.content))

    def _time_limit(self) -> float:
        """Seconds after which computing is given up: far beyond the estimate, on any machine."""
        submission = self.evaluation.submission
        if submission is None:
            return 600.0
        config, trained = submission.network_config, submission.brought_trained
        cost = estimate(config, self.evaluation.protocol, trained=trained)
        return 600.0 + 10 * cost.seconds


def _note_lost(lease: Lease) -> None:
    logger.warning("lost the lease of training %s, fence %s", lease.index, lease.fence)
    refusals.count(Refusal.Kind.OLD_FENCE)


def _reconnect(error: DatabaseError) -> None:
    logger.warning("the database is away: %s", error)
    connection.close()
