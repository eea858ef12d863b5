"""Trained networks in the original's ruleset: one sequence of runs, computed as it did."""

from collections.abc import Sequence
from time import perf_counter

import numpy as np

from grader.compiled.session import Session
from grader.grade import OnResult, Training, TrainingResult
from grader.pretrained import Pretrained
from grader.progress import DRIVING, OnProgress, Progress, Pulse
from grader.protocol import Protocol
from grader.scoring import median

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
        speeds: list[float] = []
        traces: list[str] = []
        while len(speeds) < protocol.runs:
            driven = session.drive(min(RUNS_AT_ONCE, protocol.runs - len(speeds)))
            speeds += driven.speeds.tolist()
            traces += driven.traces
            done = protocol.frames * len(speeds) // protocol.runs
            if pulse.due() or len(speeds) == protocol.runs:
                on_progress(Progress(training.index, DRIVING, done, protocol.frames))
        on_result(
            TrainingResult(
                index=training.index,
                seed=training.seed,
                engine=ORIGINAL,
                seconds=perf_counter() - start,
                runs=tuple(speeds),
                median=median(np.array(speeds)),
                curve=(),
                weights_hash=network.weights_hash,
                matrices=network.matrices,
                traces=tuple(traces),
            )
        )
