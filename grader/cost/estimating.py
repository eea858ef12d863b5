"""The estimate: all steps of a grading, how often each is taken, and which part they belong to."""

import math
from typing import Final, NamedTuple

from grader.cost import compiled, stacked
from grader.cost.items import PARTS, START, Item, Stages, priced, times
from grader.cost.memory import BASE_BYTES, Memory, memory_of, stack
from grader.engines import COMPILED, suited
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
        amount: Seconds or bytes.
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


def estimate(
    config: NetworkConfig, protocol: Protocol, *, engine: str | None = None, trained: bool = False
) -> Cost:
    """Estimates a grading.

    Args:
        config: What is trained.
        protocol: How often, and how far it is driven.
        engine: Which one trains, see ``engines``; None: the suited one.
        trained: Whether it is only driven.
    """
    engine = engine or suited(config)
    if trained:
        config = config.model_copy(update={"training_iterations": 0})
    seconds = dict.fromkeys(PARTS, 0.0)
    prices = _prices(engine)
    for item in items(config, protocol, engine=engine):
        seconds[item.part] += item.count * prices[item.price]
    seconds[START] += _start_seconds(engine)
    each = memory_of(config, engine)
    most = protocol.trainings if engine != COMPILED else min(CORES, protocol.trainings)
    side_by_side = stack(config, trainings=most, engine=engine)
    memory = {**_memory_parts(each, side_by_side), "the program": BASE_BYTES[engine]}
    return Cost(
        config.parameters,
        sum(seconds.values()),
        shares(seconds),
        sum(each),
        side_by_side,
        round(sum(memory.values())),
        shares(memory),
    )


def items(config: NetworkConfig, protocol: Protocol, *, engine: str = COMPILED) -> list[Item]:
    """Returns all that a grading is made of, but the start of the process."""
    found: list[Item] = []
    for trainings in _stacks(config, protocol, engine):
        found += _training_items(config, protocol, stages_of(config, protocol, trainings, engine))
        # a stack is driven training by training
        driving = stages_of(config, protocol, trainings, engine).driving
        found += times(trainings * protocol.runs * protocol.frames, driving)
    return found


def stages_of(
    config: NetworkConfig, protocol: Protocol, trainings: int, engine: str = COMPILED
) -> Stages:
    """Returns the steps of a stack; on the compiled engine, of one training."""
    if engine == COMPILED:
        return compiled.stages(config)
    return stacked.stages(config, trainings=trainings, runs=protocol.runs)


def updates(config: NetworkConfig) -> int:
    """Returns how many decisions of a training bring an update [1]; the first remembers nothing."""
    return max(0, config.training_iterations - config.start_learn_threshold - 1)


def shares(amounts: dict[str, float]) -> tuple[Share, ...]:
    """Returns who contributes, the largest first."""
    whole = sum(amounts.values())
    ordered = sorted(amounts.items(), key=lambda it: -it[1])
    return tuple(Share(part, amount, amount / whole) for part, amount in ordered)


def duration(config: NetworkConfig, protocol: Protocol, *, cores: int, speed: float) -> float:
    """How long a grading takes on a machine that does nothing else, on the compiled engine [s].

    Args:
        config: What is trained.
        protocol: How often, and how far it is driven.
        cores: Of the machine; a training uses one.
        speed: Of the machine [reference core-seconds a second and core].
    """
    threads = stack(config, trainings=min(cores, protocol.trainings))
    start = compiled.START_SECONDS
    each = (estimate(config, protocol).seconds - start) / protocol.trainings
    return (start + math.ceil(protocol.trainings / threads) * each) / speed


def iteration_seconds(config: NetworkConfig) -> float:
    """A decision with its update, of one training on the compiled engine [reference s]."""
    steps = compiled.stages(config)
    return priced([*steps.filling, *steps.learning], compiled.PRICES)


def drive_seconds(config: NetworkConfig, protocol: Protocol) -> float:
    """Driving the runs of one trained network on the compiled engine [reference s]."""
    frame = priced(compiled.stages(config).driving, compiled.PRICES)
    return protocol.runs * protocol.frames * frame


def _training_items(config: NetworkConfig, protocol: Protocol, steps: Stages) -> list[Item]:
    del protocol
    return [
        *steps.once,
        *times(config.training_iterations, steps.filling),
        *times(updates(config), steps.learning),
    ]


def _stacks(config: NetworkConfig, protocol: Protocol, engine: str) -> list[int]:
    """How many trainings each stack has; on the compiled engine every training is on its own."""
    if engine == COMPILED:
        return [1] * protocol.trainings
    most = stack(config, trainings=protocol.trainings, engine=engine)
    whole, rest = divmod(protocol.trainings, most)
    return [most] * whole + [rest] * (rest > 0)


def _prices(engine: str) -> dict[str, float]:
    return compiled.PRICES if engine == COMPILED else stacked.PRICES


def _start_seconds(engine: str) -> float:
    return compiled.START_SECONDS if engine == COMPILED else stacked.START_SECONDS


def _memory_parts(each: Memory, side_by_side: int) -> dict[str, float]:
    return {
        "experiences remembered": each.experiences * side_by_side,
        "the network": each.network * side_by_side,
        "the batch": each.batch * side_by_side,
        "room to work": each.slack * side_by_side,
    }
