"""What the stages of a grading take, in CPU time: by prefixes, since the whole may take days."""

import contextlib
import math
import time
from typing import Final, NamedTuple

import torch

from grader.compiled.driving import RUNS_AT_ONCE
from grader.compiled.machine import Machine
from grader.cost import stack
from grader.divergence import diverged
from grader.dqn import train
from grader.engines import COMPILED
from grader.network import Networks
from grader.protocol import Protocol
from grader.runs import drive
from grader.schedule import episode_lengths, mean_epsilon
from grader.schema import NetworkConfig

NEVER: Final = 1 << 40
"""A threshold that no training reaches [experiences]."""
FEW: Final = 20
MORE: Final = 400
"""Decisions of the shortest trainings that are timed on the torch engine [1]."""
MOST_QUIET: Final = 1_000
"""Decisions before learning on the torch engine, where more are asked for [1]."""
FILLING: Final = 2_000
"""Decisions before learning that are timed on the compiled engine [1]."""


class Stages(NamedTuple):
    """CPU time of one core [s]; 0 where there is none.

    Attributes:
        once: Before the first decision of a training, or of a stack of them.
        filling: A decision without an update.
        learning: A decision with one.
        driving: A frame of one run.
    """

    once: float
    filling: float
    learning: float
    driving: float


class _EnoughError(Exception):
    """Thrown out of a listener to end what is timed."""


def steady(config: NetworkConfig) -> NetworkConfig:
    """The same with its mean share of random decisions all along, so that a prefix is typical."""
    schedule = {"learning_steps_burnin": 0, "learning_steps_total": 1}
    return config.model_copy(update={**schedule, "epsilon_min": mean_epsilon(config)})


def measured(config: NetworkConfig, protocol: Protocol, engine: str, *, patience: float) -> Stages:
    """Times each stage for about so many seconds; on torch, of a whole stack of trainings."""
    if engine == COMPILED:
        return _compiled(config, protocol, patience)
    return _stacked(config, protocol, stacked_trainings(config, protocol, engine), patience)


def stacked_trainings(config: NetworkConfig, protocol: Protocol, engine: str) -> int:
    """How many trainings a stage is of."""
    return 1 if engine == COMPILED else stack(config, trainings=protocol.trainings, engine=engine)


def whole(config: NetworkConfig, protocol: Protocol, engine: str, stages: Stages) -> float:
    """CPU time of a grading by its stages, without the start of the process [s]."""
    stacks = math.ceil(protocol.trainings / stacked_trainings(config, protocol, engine))
    quiet = min(config.training_iterations, config.start_learn_threshold + 1)
    learned = config.training_iterations - quiet
    training = stages.once + quiet * stages.filling + learned * stages.learning
    return stacks * training + protocol.trainings * protocol.runs * protocol.frames * stages.driving


def _compiled(config: NetworkConfig, protocol: Protocol, patience: float) -> Stages:
    start = time.thread_time()
    machine = _machine(config, protocol)
    once = time.thread_time() - start
    machine.train(min(config.training_iterations, config.start_learn_threshold + 1))
    learning = _rate(machine, config.training_iterations, patience)
    quiet = _machine(config.model_copy(update={"start_learn_threshold": NEVER}), protocol)
    quiet.train(FILLING // 10)
    start = time.thread_time()
    quiet.train(quiet.iteration + FILLING)
    filling = (time.thread_time() - start) / FILLING
    return Stages(once, filling, learning, _compiled_driving(machine, protocol, patience))


def _machine(config: NetworkConfig, protocol: Protocol) -> Machine:
    _, frames = episode_lengths(config)
    return Machine(steady(config), 0, rules=protocol.rules, frames=frames)


def _rate(machine: Machine, until: int, patience: float) -> float:
    """CPU time of an iteration: over the last of stretches that double."""
    begun, amount, rate = time.thread_time(), 1, 0.0
    while machine.iteration < until and time.thread_time() - begun < patience:
        before, start = machine.iteration, time.thread_time()
        machine.train(min(until, before + amount))
        if machine.diverged:
            raise diverged(machine.config, 0, machine.diverged)
        rate = (time.thread_time() - start) / (machine.iteration - before)
        amount *= 2
    return rate


def _compiled_driving(machine: Machine, protocol: Protocol, patience: float) -> float:
    start, runs = time.thread_time(), 0
    while runs < protocol.runs and time.thread_time() - start < patience:
        some = min(RUNS_AT_ONCE, protocol.runs - runs)
        machine.drive(range(runs, runs + some), protocol.frames)
        runs += some
    return (time.thread_time() - start) / (runs * protocol.frames)


def _stacked(config: NetworkConfig, protocol: Protocol, trainings: int, patience: float) -> Stages:
    torch.set_num_threads(1)
    config = steady(config)

    def seconds(*, quiet: int, learned: int) -> float:
        start = time.thread_time()
        changes = {"training_iterations": quiet + learned, "start_learn_threshold": quiet - 1}
        train(config.model_copy(update=changes), range(trainings), rules=protocol.rules)
        return time.thread_time() - start

    few, more = seconds(quiet=FEW, learned=0), seconds(quiet=MORE, learned=0)
    filling = max(0.0, more - few) / (MORE - FEW)
    once = max(0.0, few - FEW * filling)
    quiet = min(config.start_learn_threshold + 1, MOST_QUIET)
    before = seconds(quiet=quiet, learned=0)
    pilot = max(1e-6, (seconds(quiet=quiet, learned=FEW) - before) / FEW)
    learned = max(FEW, int(patience / pilot))
    learning = max(0.0, seconds(quiet=quiet, learned=learned) - before) / learned
    return Stages(once, filling, learning, _stacked_driving(config, protocol, patience))


def _stacked_driving(config: NetworkConfig, protocol: Protocol, patience: float) -> float:
    networks, frames = Networks(config, 1), 0
    networks.initialise([0])
    start = time.thread_time()

    def listen(frame: int) -> None:
        nonlocal frames
        frames = frame
        if time.thread_time() - start > patience:
            raise _EnoughError

    with contextlib.suppress(_EnoughError):
        drive(networks, 0, range(protocol.runs), protocol, on_frame=listen)
    return (time.thread_time() - start) / (frames * protocol.runs)
