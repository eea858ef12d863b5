"""The estimate: all steps of a grading, how often each is taken, and which part they belong to."""

import math
from functools import lru_cache
from typing import Final, NamedTuple

from grader.cost import compiled, sequence, stacked
from grader.cost.items import PARTS, RUNS, START, Item, Stages, priced, times
from grader.cost.memory import BASE_BYTES, memory_of, stack
from grader.engines import COMPILED
from grader.protocol import Protocol
from grader.schema import NetworkConfig

BUDGET_SECONDS: Final = 1_800
"""What a grading may cost where nothing else is said [reference core-seconds]."""
CORES: Final = 2
"""Trainings that memory is reckoned for side by side on the compiled engine [1]."""


class Share(NamedTuple):
    """A contributor.

    Attributes:
        part: What it is.
        amount: Of it [reference core-seconds] or [bytes].
        share: Of the whole [1].
    """

    part: str
    amount: float
    share: float


class Cost(NamedTuple):
    """What a grading costs.

    Attributes:
        parameters: Weights and biases [1].
        seconds: For all trainings and runs and the start [reference core-seconds].
        parts: Who contributes to the seconds, the largest first.
        training_bytes: Memory of one training [bytes].
        side_by_side: Trainings computed at once, within the memory limit.
        bytes: Memory of the process at its peak [bytes].
        memory: Who contributes to these bytes, the largest first.
    """

    parameters: int
    seconds: float
    parts: tuple[Share, ...]
    training_bytes: int
    side_by_side: int
    bytes: int
    memory: tuple[Share, ...]


@lru_cache(maxsize=256)  # a site asks several times for each submission
def estimate(
    config: NetworkConfig, protocol: Protocol, *, engine: str = COMPILED, trained: bool = False
) -> Cost:
    """Estimates a grading.

    Args:
        config: What is trained.
        protocol: How often, and how far it is driven.
        engine: Which one trains, see ``engines``.
        trained: Whether it is only driven.
    """
    prices, start = _prices(engine)
    seconds = dict.fromkeys(PARTS, 0.0) | {START: start}
    for item in items(config, protocol, engine):
        if item.part == RUNS or not trained:
            seconds[item.part] += item.amount * prices[item.price]
    return _cost(config, protocol, engine, seconds, trained=trained)


def _cost(
    config: NetworkConfig,
    protocol: Protocol,
    engine: str,
    seconds: dict[str, float],
    *,
    trained: bool,
) -> Cost:
    most = min(CORES, protocol.trainings) if engine == COMPILED else protocol.trainings
    side_by_side = stack(config, trainings=most, engine=engine)
    each = memory_of(config, engine)
    if trained:
        each = each._replace(experiences=0, batch=0)
    memory = {
        "the program": float(BASE_BYTES[engine]),
        "experiences remembered": float(side_by_side * each.experiences),
        "the network": float(side_by_side * each.network),
        "the batch": float(side_by_side * each.batch),
        "room to work": float(side_by_side * each.slack),
    }
    return Cost(
        parameters=config.parameters,
        seconds=sum(seconds.values()),
        parts=_shares(seconds),
        training_bytes=sum(each),
        side_by_side=side_by_side,
        bytes=round(sum(memory.values())),
        memory=_shares(memory),
    )


def items(config: NetworkConfig, protocol: Protocol, engine: str) -> list[Item]:
    """Returns all that a grading is made of, but the start of the process."""
    found: list[Item] = []
    for trainings in _stacks(config, protocol, engine):
        steps = stages_of(config, protocol, trainings, engine)
        found += steps.once
        found += times(config.training_iterations, steps.filling)
        found += times(updates(config), steps.learning)
        # each network of a stack is driven by itself
        found += times(trainings * protocol.runs * protocol.frames, steps.driving)
    return found


def stages_of(config: NetworkConfig, protocol: Protocol, trainings: int, engine: str) -> Stages:
    """Returns the steps of a stack; on the compiled engine, of one training."""
    if engine == COMPILED:
        steps = compiled.stages(config)
    else:
        steps = stacked.stages(config, trainings=trainings, runs=protocol.runs)
    return steps._replace(driving=sequence.driving(config)) if protocol.in_sequence else steps


def updates(config: NetworkConfig) -> int:
    """Returns how many decisions of a training bring an update [1]; the first remembers nothing."""
    return max(0, config.training_iterations - config.start_learn_threshold - 1)


def duration(
    config: NetworkConfig,
    protocol: Protocol,
    *,
    cores: int,
    speed: float,
    trainings: int | None = None,
    trained: bool = False,
) -> float:
    """How long a grading by the compiled engine takes on a machine that does nothing else [s].

    Args:
        config: What is trained.
        protocol: How often, and how far it is driven.
        cores: Of the machine; a training uses one.
        speed: Of the machine [reference core-seconds a second and core].
        trainings: How many are left to do; None: all.
        trained: Whether it is only driven.
    """
    left = protocol.trainings if trainings is None else trainings
    start = compiled.START_SECONDS
    each = (estimate(config, protocol, trained=trained).seconds - start) / protocol.trainings
    threads = stack(config, trainings=min(cores, left or 1))
    return (start + math.ceil(left / threads) * each) / speed


def iteration_seconds(config: NetworkConfig) -> float:
    """A decision with its update, of one training [reference s]."""
    prices, _ = _prices(COMPILED)
    steps = compiled.stages(config)
    return priced([*steps.filling, *steps.learning], prices)


def drive_seconds(config: NetworkConfig, protocol: Protocol) -> float:
    """Driving the runs of one trained network [reference s]."""
    prices, _ = _prices(COMPILED)
    steps = stages_of(config, protocol, 1, COMPILED)
    return protocol.runs * protocol.frames * priced(steps.driving, prices)


def _stacks(config: NetworkConfig, protocol: Protocol, engine: str) -> list[int]:
    """How many trainings each stack has; on the compiled engine every training is by itself."""
    if engine == COMPILED:
        return [1] * protocol.trainings
    most = stack(config, trainings=protocol.trainings, engine=engine)
    whole, rest = divmod(protocol.trainings, most)
    return [most] * whole + [rest] * (rest > 0)


def _prices(engine: str) -> tuple[dict[str, float], float]:
    """Returns an engine's prices, and what its start takes [reference s]."""
    module = compiled if engine == COMPILED else stacked
    return module.PRICES | sequence.PRICES, module.START_SECONDS


def _shares(amounts: dict[str, float]) -> tuple[Share, ...]:
    """Returns who contributes, the largest first."""
    whole = sum(amounts.values())
    ordered = sorted(amounts.items(), key=lambda it: -it[1])
    return tuple(Share(part, amount, amount / whole) for part, amount in ordered)
