"""What an evaluation will take on the compiled engine, before it runs: seconds and memory.

The constants were fitted to 14 configurations of all sizes, measured as CPU time on one core of an
AVX-512 server that others used too; they are estimates anywhere else.
"""

from itertools import pairwise
from typing import NamedTuple

from grader.protocol import Protocol
from grader.schema import NetworkConfig

MEGABYTE = 1_000_000
CORES = 2
"""Trainings that memory is reckoned for side by side [1]."""

START_SECONDS = 1.0
"""Loading the compiled code [s]."""
BASE_BYTES = 150 * MEGABYTE
"""What the process needs before any training [bytes]."""
MEMORY_LIMIT = 700 * MEGABYTE
"""Most that the trainings computed side by side may need together by default [bytes]."""

ITERATION_SECONDS = 8.5e-6
"""Thirty frames of one road, one decision, one experience [s]."""
EXPERIENCE_SECONDS = 0.1e-6
"""One experience learned from, without arithmetic [s]."""
FEATURE_SECONDS = 4.3e-9
"""One feature of one experience for sixteen units, there and back [s]."""
PRODUCT_SECONDS = 0.03e-9
"""One multiplication and addition in a further layer [s]."""
WEIGHT_SECONDS = {"sgd": 0.21e-9, "nesterov": 0.4e-9, "adam": 0.6e-9}
"""One weight updated [s]."""
NEAR_WEIGHTS, FAR_SECONDS = 150_000, 1.2e-9
"""Weights that a core's own cache holds [1]; what each further one takes besides [s]."""
AGENT_SECONDS, LOOK_SECONDS = 0.4e-6, 0.05e-6
"""One decision of one more car, without arithmetic, and for each feature that it sees [s]."""
FRAME_SECONDS = 0.155e-6
"""One frame of one road in an evaluation's runs, its share of the ego's decision included [s]."""
STACKED_TIMES = 8
"""How much longer the engine in torch takes, about, for what the compiled one has not [1]."""
FRAMES_PER_DECISION = 30
"""As in simulator.road, which this module must not load [frames]."""

UNITS_AT_ONCE = 16
GLIMPSE_BYTES = 256
"""One observation remembered [bytes]."""
LANES, ROWS, FRONT_ROW = 7, 70, 52
"""Of the road; the row that the ego's front keeps to [1]."""
CARS_A_CELL, MOST_CARS = 0.028, 24
"""Cars to be seen [1]."""


class Cost(NamedTuple):
    """An estimate, for this kind of machine.

    Attributes:
        seconds: Of one core, for all trainings and runs and the start [s].
        training_bytes: Memory of one training [bytes].
        side_by_side: Trainings computed at once on two cores, within the memory limit.
        bytes: Memory of the process at its peak [bytes].
    """

    seconds: float
    training_bytes: int
    side_by_side: int
    bytes: int


def estimate(config: NetworkConfig, protocol: Protocol, *, trained: bool = False) -> Cost:
    """Estimates an evaluation.

    Args:
        config: What is trained.
        protocol: How often, and how far it is driven.
        trained: Whether it is only driven.
    """
    each = training_bytes(config)
    side_by_side = stack(config, trainings=min(CORES, protocol.trainings))
    training = 0.0 if trained else config.training_iterations * iteration_seconds(config)
    seconds = START_SECONDS + protocol.trainings * (training + drive_seconds(config, protocol))
    return Cost(seconds, each, side_by_side, BASE_BYTES + side_by_side * each)


def stack(config: NetworkConfig, *, trainings: int, memory_limit: int = MEMORY_LIMIT) -> int:
    """How many trainings fit side by side, at least one."""
    return max(1, min(trainings, memory_limit // training_bytes(config)))


def training_bytes(config: NetworkConfig) -> int:
    """Memory of one training: its experiences, its weights and what is kept of each weight."""
    past = config.temporal_window
    replay = config.replay_size * (past + 2) * (GLIMPSE_BYTES + 8)
    # cells and windows of the first layer; weights, gradient, two running means
    weights = 4 * 4 * 2 * (config.parameters + 2_000)
    return replay + weights + 2 * MEGABYTE


def features(config: NetworkConfig) -> float:
    """Features of one input, about: ground and cars of each observation, and the actions."""
    cars = min(MOST_CARS, CARS_A_CELL * config.num_states)
    # beyond the road's end the ground is told in strips of four rows
    whole = config.patches_ahead <= FRONT_ROW and config.patches_behind <= ROWS - FRONT_ROW
    ground = 1.7 if whole else min(config.width, LANES) * ROWS / 4
    return (cars + ground) * (config.temporal_window + 1) + config.temporal_window


def iteration_seconds(config: NetworkConfig) -> float:
    """One iteration of one training [s]."""
    trainer, seen = config.trainer, features(config)
    # with double Q-learning the next inputs pass through the network as well
    passes = 4 / 3 if config.double_q else 1.0
    experience = passes * (FEATURE_SECONDS * seen * chunks(config)) + EXPERIENCE_SECONDS
    experience += 4 * passes * PRODUCT_SECONDS * products(config)
    weights = WEIGHT_SECONDS[trainer.method] * config.parameters
    weights += FAR_SECONDS * max(0, config.parameters - NEAR_WEIGHTS)
    seconds = (
        ITERATION_SECONDS
        + trainer.batch_size * experience
        + weights
        + config.other_agents * decision_seconds(config)
    )
    return seconds * times(config)


def decision_seconds(config: NetworkConfig) -> float:
    """One decision of one more car [s]."""
    seen = features(config)
    arithmetic = FEATURE_SECONDS / 3 * seen * chunks(config) + PRODUCT_SECONDS * products(config)
    return AGENT_SECONDS + LOOK_SECONDS * seen + arithmetic


def drive_seconds(config: NetworkConfig, protocol: Protocol) -> float:
    """Driving the runs of one trained network [s]."""
    frames = protocol.runs * protocol.frames
    arithmetic = FEATURE_SECONDS / 3 * features(config) * chunks(config)
    arithmetic += PRODUCT_SECONDS * products(config)
    others = config.other_agents * decision_seconds(config)
    seconds = frames * (FRAME_SECONDS + (arithmetic + others) / FRAMES_PER_DECISION)
    return seconds * times(config)


def times(config: NetworkConfig) -> int:
    """1, or how much longer the engine takes that the configuration needs [1]."""
    return STACKED_TIMES if any(layer.width < layer.units for layer in config.layers) else 1


def chunks(config: NetworkConfig) -> int:
    """Sixteens of units in the first layer [1]."""
    return -(-config.sizes[1] // UNITS_AT_ONCE)


def products(config: NetworkConfig) -> int:
    """Weights between hidden layers [1]."""
    units = [layer.units for layer in config.layers]
    return sum(below * above for below, above in pairwise(units))
