"""The first engine: trainings on threads, each in compiled code that holds no lock."""

import hashlib
import os
import queue
import threading
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from time import perf_counter, thread_time

import numpy as np

from grader.checkpoint import Keeper
from grader.compiled.driving import RUNS_AT_ONCE
from grader.compiled.kept import Kept
from grader.compiled.machine import Machine
from grader.compiled.session import Session
from grader.cost import iteration_seconds, stack
from grader.curve import POINTS, point
from grader.divergence import diverged
from grader.engines import COMPILED
from grader.grade import OnResult, Training, TrainingResult
from grader.pretrained import Pretrained
from grader.progress import DRIVING, TRAINING, OnProgress, Point, Progress, Pulse
from grader.protocol import Protocol
from grader.schedule import episode_lengths
from grader.schema import NetworkConfig
from grader.scoring import median
from grader.trace import Driven, joined

SECONDS_A_CALL = 0.1
"""About how long compiled code runs before it is asked how far it is, or to stop [s]."""


Drive = Callable[[Sequence[int]], Driven]


class _StoppedError(Exception):
    """Another training has failed, or nobody waits for this one any more."""


def compute(
    config: NetworkConfig,
    protocol: Protocol,
    trainings: Sequence[Training],
    *,
    network: Pretrained | None = None,
    keeper: Keeper | None = None,
    jobs: int | None,
    on_progress: OnProgress,
    on_result: OnResult,
) -> None:
    """Trains and drives, each training on one thread; see ``engines.Engine``."""
    threads = stack(config, trainings=min(jobs or _cores(), len(trainings)))
    news: queue.SimpleQueue[Callable[[], None]] = queue.SimpleQueue()
    stop = threading.Event()

    def work(training: Training) -> None:
        # listeners are called by the thread that called us, so that they need no locks
        told = _Told(lambda progress: news.put(lambda: on_progress(progress)))
        kept = keeper and Kept(keeper, config, protocol, training, say=news.put)
        try:
            result = _compute_one(config, network, protocol, training, told, stop, kept)
        except _StoppedError:
            return
        except Exception as error:  # noqa: BLE001 - raised again by the thread that waits
            failure = error

            def fail() -> None:
                raise failure

            news.put(fail)
            return
        news.put(lambda: on_result(result))
        news.put(finished.release)

    finished = threading.Semaphore(0)
    pool = ThreadPoolExecutor(threads)
    try:
        for training in trainings:
            pool.submit(work, training)
        for _ in trainings:
            while not finished.acquire(blocking=False):
                news.get()()
    finally:
        stop.set()
        pool.shutdown(cancel_futures=True)


def _cores() -> int:
    return len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1


class _Told:
    """Passes on how far a training is, about twice a second."""

    def __init__(self, tell: OnProgress) -> None:
        self._tell = tell
        self._pulse = Pulse()

    def __call__(self, progress: Progress, *, last: bool) -> bool:
        """Returns whether it was passed on."""
        if not last and not self._pulse.due():
            return False
        self._tell(progress)
        return True


def _compute_one(
    config: NetworkConfig,
    network: Pretrained | None,
    protocol: Protocol,
    training: Training,
    told: _Told,
    stop: threading.Event,
    kept: Kept | None,
) -> TrainingResult:
    start = perf_counter()
    _, frames = episode_lengths(config)
    machine = Machine(config, training.seed, rules=protocol.rules, frames=frames)
    curve: list[Point] = []
    if network is None:
        curve = _train(machine, training.index, told, stop, kept)
    else:
        machine.set_weights(network.singles)
    drive = _driver(machine, protocol, training)
    driven = _drive(drive, protocol, training, told, stop)
    return TrainingResult(
        index=training.index,
        seed=training.seed,
        engine=COMPILED,
        seconds=perf_counter() - start,
        runs=tuple(driven.speeds.tolist()),
        median=median(driven.speeds),
        curve=tuple(curve),
        weights_hash=network.weights_hash if network else weights_hash(machine),
        matrices=network.matrices if network else tuple(machine.weights),
        traces=driven.traces,
        decisions=driven.actions,
    )


def _train(
    machine: Machine, index: int, told: _Told, stop: threading.Event, kept: Kept | None
) -> list[Point]:
    """Trains to the end, from point to point of the learning curve or in shorter steps."""
    total = machine.config.training_iterations
    stretch = max(1, -(-total // POINTS))
    curve = kept.resume(machine) if kept else []
    passed_on = 0
    # no more than learning may take, since the decisions before it are quick
    most = max(1, int(2 * SECONDS_A_CALL / iteration_seconds(machine.config)))
    pace = Pace(first=min(100, most), most=most)
    while machine.iteration < total:
        _check(stop)
        done = machine.iteration
        until = min(total, done - done % stretch + stretch, done + pace.amount)
        with pace:
            machine.train(until)
        if machine.diverged:
            raise diverged(machine.config, index, machine.diverged)
        if machine.iteration % stretch == 0 or machine.iteration == total:
            curve.append(point(machine.take_sums(), machine.iteration, machine.epsilon))
        last = machine.iteration == total
        news = Progress(index, TRAINING, machine.iteration, total, tuple(curve[passed_on:]))
        if told(news, last=last):
            passed_on = len(curve)
        if kept:
            kept.save_if_due(machine, curve)
    if not all(np.isfinite(matrix).all() for matrix in machine.weights):
        raise diverged(machine.config, index, total)
    return curve


def _driver(machine: Machine, protocol: Protocol, training: Training) -> Drive:
    """What drives the network over the next of the training's runs."""
    frames = protocol.frames
    if not protocol.in_sequence:
        return lambda seeds: machine.drive_traced(seeds, frames)
    trained = Pretrained.of(machine.config, machine.weights)
    session = Session(trained, frames, first=training.run_seeds[0])
    return lambda seeds: session.drive(len(seeds))


def _drive(
    drive: Drive, protocol: Protocol, training: Training, told: _Told, stop: threading.Event
) -> Driven:
    """Drives all runs, some at a time."""
    parts: list[Driven] = []
    count = 0
    seeds, frames = training.run_seeds, protocol.frames
    pace = Pace(first=RUNS_AT_ONCE, most=len(seeds))
    while count < len(seeds):
        _check(stop)
        some = max(RUNS_AT_ONCE, pace.amount - pace.amount % RUNS_AT_ONCE)
        with pace:
            parts.append(drive(seeds[count : count + some]))
        count = min(count + some, len(seeds))
        done = frames * count // len(seeds)
        told(Progress(training.index, DRIVING, done, frames), last=done == frames)
    return joined(parts)


def _check(stop: threading.Event) -> None:
    if stop.is_set():
        raise _StoppedError


class Pace:
    """How much to ask of compiled code at once, from how long it took the last time."""

    def __init__(self, *, first: int, most: int) -> None:
        self.amount, self._most = first, most

    def __enter__(self) -> None:
        self._start = thread_time()

    def __exit__(self, *error: object) -> None:
        """At most twice as much the next time."""
        took = max(thread_time() - self._start, SECONDS_A_CALL / 4)
        wanted = int(self.amount * min(2.0, SECONDS_A_CALL / took))
        self.amount = max(1, min(self._most, wanted))


def weights_hash(machine: Machine) -> str:
    """SHA-256 of a trained network's weights and biases, 64 hexadecimal digits."""
    flat = [matrix.ravel() for matrix in machine.weights]
    return hashlib.sha256(np.concatenate(flat).astype("<f4").tobytes()).hexdigest()
