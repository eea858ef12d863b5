"""Trained networks in the original's ruleset: one sequence of runs, computed as it did."""

from collections.abc import Sequence
from time import perf_counter

from grader.compiled.session import Session
from grader.grade import OnResult, Training, TrainingResult
from grader.pretrained import Pretrained
from grader.progress import DRIVING, OnProgress, Progress, Pulse
from grader.protocol import Protocol
from grader.scoring import median
from grader.trace import Driven, joined

ORIGINAL = "original"
"""This engine, as recorded with what it drove."""
RUNS_AT_ONCE = 10
"""Runs between two reports [1]; it changes no bit."""


def compute_network(
    network: Pretrained,
    protocol: Protocol,
    trainings: Sequence[Training],
    *,
    on_progress: OnProgress,
    on_result: OnResult,
) -> None:
    """Drives a network over the runs of each training, from the first to the last."""
    for training in trainings:
        start = perf_counter()
        session = Session(network, protocol.frames, first=training.run_seeds[0])
        pulse = Pulse()
        parts: list[Driven] = []
        for first in range(0, protocol.runs, RUNS_AT_ONCE):
            last = min(first + RUNS_AT_ONCE, protocol.runs)
            parts.append(session.drive(last - first))
            done = protocol.frames * last // protocol.runs
            if pulse.due() or last == protocol.runs:
                on_progress(Progress(training.index, DRIVING, done, protocol.frames))
        driven = joined(parts)
        on_result(
            TrainingResult(
                index=training.index,
                seed=training.seed,
                engine=ORIGINAL,
                seconds=perf_counter() - start,
                runs=tuple(driven.speeds.tolist()),
                median=median(driven.speeds),
                curve=(),
                weights_hash=network.weights_hash,
                matrices=network.matrices,
                traces=driven.traces,
                decisions=driven.actions,
            )
        )
