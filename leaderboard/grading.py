"""One computing process and the leases it works for: watched, listened to, stored."""

import logging
import threading
import time
from contextlib import ExitStack
from pathlib import Path
from typing import Any

from django.conf import settings
from django.db import Error as DatabaseError
from django.db import connection

from grader.cost import estimate
from grader.grading import roads
from grader.job import network_line
from grader.seeds import to_hex
from leaderboard import checkpoints, leases, refusals
from leaderboard.compute import Computing
from leaderboard.leases import Lease, Progress, ResultRefusedError
from leaderboard.models import Attempt, Evaluation, Refusal, Weights

logger = logging.getLogger(__name__)
Exit = Attempt.Exit


class Grading:
    """One computing process and the leases it works for."""

    def __init__(self, evaluation: int, held: list[Lease], *, stopping: threading.Event) -> None:
        self.stopping = stopping
        self.evaluation = Evaluation.objects.select_related(
            "submission", "baseline", "competition"
        ).get(pk=evaluation)
        self.open = {lease.index: lease for lease in held}
        self.progress: dict[int, Progress] = {}
        self.results: dict[int, dict[str, Any]] = {}  # received, not stored yet
        self.resumed: dict[int, int] = {}  # from which iteration, not noted yet
        self.saved: dict[int, tuple[int, Path]] = {}  # checkpoints that are not stored yet
        self.failure: tuple[int, str] | None = None

    def run(self) -> Attempt.Exit:
        outcome, log_tail = Exit.INFRASTRUCTURE, ""
        try:
            with ExitStack() as stack:
                folder = stack.enter_context(checkpoints.workshop())
                computing = stack.enter_context(Computing(self._job(folder)))
                leases.note_process(list(self.open.values()), computing.pid)
                outcome = self._watch(computing)
                log_tail = computing.log_tail()
                self._keep_checkpoints()  # of what is given back: the next one goes on from there
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
            if self.stopping.is_set():
                return Exit.HANDED_BACK
            if time.monotonic() >= give_up_at:
                return Exit.TIMEOUT
            if time.monotonic() >= next_beat:
                next_beat = time.monotonic() + settings.HEARTBEAT_SECONDS
                if reason := self._heartbeat(computing):
                    return reason
                self._keep_checkpoints()
        return Exit.OK

    def _listen(self, computing: Computing, *, until: float) -> bool:
        """Take the next message if it comes soon. False: the process has ended."""
        patience = min(0.5, until - time.monotonic())
        try:
            message = computing.receive(timeout=patience)
        except EOFError:
            self.stopping.wait(0.2)  # only comes round again while the database is away
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
            case {"type": "checkpoint", "index": int(index), "iteration": int(at)}:
                self.saved[index] = (at, Path(str(message.get("file"))))
            case {"type": "resumed", "index": int(index), "iteration": int(at)}:
                logger.info("training %s goes on at iteration %s", index, at)
                self.resumed[index] = at
            case {"type": "checkpoint_refused", "index": int(index), "message": str(reason)}:
                logger.warning("training %s, checkpoint: %s", index, reason)
                refusals.count(Refusal.Kind.OTHER_CHECKPOINT)
            case {"type": "failure", "message": str(error)}:
                named = message.get("index")
                self.failure = (named if named in self.open else min(self.open), error)

    def _settle(self) -> bool:
        """Store what came back. False: the database was away, try again at the next turn."""
        try:
            for index, iteration in self.resumed.items():
                if index in self.open:
                    checkpoints.note_resumed(self.open[index], iteration)
            self.resumed.clear()
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

    def _keep_checkpoints(self) -> None:
        """Store the newest of each training. One that cannot be stored is only a loss of time."""
        try:
            for index, (iteration, file) in list(self.saved.items()):
                del self.saved[index]
                if index in self.open and not checkpoints.store(self.open[index], file, iteration):
                    _note_lost(self.open[index])
        except DatabaseError as error:
            _reconnect(error)
        except OSError as error:
            logger.warning("evaluation %s: no checkpoint: %s", self.evaluation.pk, error)

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

    def _job(self, folder: Path) -> dict[str, Any]:
        subject = self.evaluation.submission or self.evaluation.baseline
        key, protocol = self.evaluation.competition.key, self.evaluation.protocol
        return {
            "config": getattr(subject, "config", None),
            "driver": getattr(subject, "driver", None),
            "network": self._network(),
            "checkpoints": {"folder": str(folder), "seconds": settings.CHECKPOINT_SECONDS},
            "protocol": self.evaluation.protocol_fields,
            "trainings": [
                {
                    "index": lease.index,
                    "seed": lease.seed,
                    "run_seeds": [to_hex(seed) for seed in roads(protocol, key, lease.index)],
                    "checkpoint": _found(lease, folder),
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


def _found(lease: Lease, folder: Path) -> str | None:
    file = checkpoints.fetch(lease, folder)
    return str(file) if file else None


def _note_lost(lease: Lease) -> None:
    logger.warning("lost the lease of training %s, fence %s", lease.index, lease.fence)
    refusals.count(Refusal.Kind.OLD_FENCE)


def _reconnect(error: DatabaseError) -> None:
    logger.warning("the database is away: %s", error)
    connection.close()
