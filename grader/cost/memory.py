"""The memory of a grading on each engine, and how many trainings fit side by side."""

from typing import Final, NamedTuple

from grader.cost import seen
from grader.cost.compiled import AT_ONCE, GLIMPSE
from grader.engines import COMPILED, STACKED
from grader.schema import NetworkConfig

MEGABYTE: Final = 1_000_000
BASE_BYTES: Final = {COMPILED: 180 * MEGABYTE, STACKED: 370 * MEGABYTE}
"""What the process needs before any training, by engine [bytes]."""
MEMORY_LIMIT: Final = 700 * MEGABYTE
"""Most that the trainings computed side by side may need together [bytes]."""
MEMORY_BUDGET: Final = 4_096 * MEGABYTE
"""What a grading may need where nothing else is said [bytes]."""
NUMBER: Final = 4
"""Of a float32 [bytes]."""
SLACK: Final = 2 * MEGABYTE
"""Of a training, for all that does not grow with its configuration [bytes]."""


class Memory(NamedTuple):
    """What one training keeps [bytes]."""

    experiences: int
    network: int
    batch: int
    slack: int = SLACK


def memory_of(config: NetworkConfig, engine: str = COMPILED) -> Memory:
    """Returns what one training keeps."""
    return _compiled(config) if engine == COMPILED else _stacked(config)


def training_bytes(config: NetworkConfig, engine: str = COMPILED) -> int:
    """Returns the memory of one training [bytes]."""
    return sum(memory_of(config, engine))


def stack(
    config: NetworkConfig,
    *,
    trainings: int,
    memory_limit: int = MEMORY_LIMIT,
    engine: str = COMPILED,
) -> int:
    """How many trainings fit side by side, at least one."""
    return max(1, min(trainings, memory_limit // training_bytes(config, engine)))


def _compiled(config: NetworkConfig) -> Memory:
    trainer = config.trainer
    # weights and gradient; what the method keeps; the target network
    arrays = 2 + (2 if trainer.method == "adam" else trainer.momentum > 0)
    arrays += config.target_update_interval > 0
    inputs = min(trainer.batch_size, AT_ONCE)
    return Memory(
        experiences=config.replay_size * (config.temporal_window + 2) * GLIMPSE,
        # the initial weights are drawn as fractions of eight bytes beside it
        network=NUMBER * (arrays * seen.numbers(config) + 4 * config.parameters),
        batch=NUMBER * inputs * 2 * (len(config.layers) + 2) * seen.widest(config),
    )


def _stacked(config: NetworkConfig) -> Memory:
    inputs = seen.padded(config.num_inputs + 1)
    units = sum(seen.padded(units + 1) for units in config.sizes[1:])
    # weights, gradient, target, decay and what it is added with; what the method keeps
    arrays = 6 + (3 if config.trainer.method == "adam" else 1)
    return Memory(
        experiences=config.replay_size * 2 * (NUMBER * inputs + 8),
        network=NUMBER * arrays * config.parameters,
        batch=NUMBER * config.trainer.batch_size * 2 * (inputs + 3 * units),
    )
