"""What an evaluation will take, before it runs: estimated seconds and memory.

The constants were fitted to 14 configurations of all sizes, measured as CPU time on one core of an
AVX-512 server; they are estimates anywhere else, and too low where the core is shared.
"""

from itertools import pairwise
from typing import NamedTuple

from grader.protocol import Protocol
from grader.schema import NetworkConfig

FRAMES_PER_DECISION = 30
"""As in simulator.road, which this module must not load [frames]."""
MEGABYTE = 1_000_000

START_SECONDS = 2.5
"""Loading torch and the compiled simulator [s]."""
BASE_BYTES = 300 * MEGABYTE
"""What the process needs before any training [bytes]."""
MEMORY_LIMIT = 700 * MEGABYTE
"""Most that the trainings computed side by side may need together by default [bytes]."""

FRAME_SECONDS = 1.1e-6
"""One frame of one road in training [s]."""
ITERATION_SECONDS = 110e-6
"""One iteration of a stack without arithmetic: calls, whatever the sizes [s]."""
AGENT_SHARE = 0.2
"""What the decision of one more car adds to the calls of an iteration [1]."""
CALL_SECONDS = 1.6e-6
"""One small matrix product [s]."""
FLOP_SECONDS = 1 / 190e9
"""One multiplication or addition in a matrix product [s]."""
BYTE_SECONDS = 1 / 9e9
"""One byte moved: sampled experiences and weights updated [s]."""
DRIVE_FRAME_SECONDS = 0.55e-6
"""One frame of one road in an evaluation's runs [s]."""
DRIVE_DECISION_SECONDS = 0.6e-6
"""One decision there, without arithmetic [s]."""
WEIGHT_PASSES = {"sgd": 12, "adam": 24}
"""Times that an update reads or writes every weight or an array of its size [1]."""


class Cost(NamedTuple):
    """An estimate, for this kind of machine: one core, two of them doing no better.

    Attributes:
        seconds: Of one core, for all trainings and runs and the start [s].
        training_bytes: Memory of one training: mostly its replay [bytes].
        stacked: Trainings computed side by side within the memory limit.
        bytes: Memory of the process at its peak [bytes].
    """

    seconds: float
    training_bytes: int
    stacked: int
    bytes: int


def estimate(
    config: NetworkConfig, protocol: Protocol, *, memory_limit: int = MEMORY_LIMIT
) -> Cost:
    """Estimates an evaluation.

    Args:
        config: What is trained.
        protocol: How often, and how far it is driven.
        memory_limit: Most that trainings side by side may need [bytes].
    """
    each = training_bytes(config)
    stacked = stack(config, trainings=protocol.trainings, memory_limit=memory_limit)
    seconds = START_SECONDS + protocol.trainings * (
        config.training_iterations * iteration_seconds(config, stacked)
        + drive_seconds(config, protocol)
    )
    return Cost(seconds, each, stacked, BASE_BYTES + stacked * each)


def stack(config: NetworkConfig, *, trainings: int, memory_limit: int = MEMORY_LIMIT) -> int:
    """How many trainings fit side by side, at least one."""
    return max(1, min(trainings, memory_limit // training_bytes(config)))


def training_bytes(config: NetworkConfig) -> int:
    """Memory of one training: two observations an experience, and the arrays of an update."""
    row = config.num_inputs + 17  # a bias input, padded to 64 bytes
    replay = config.replay_size * (2 * 4 * row + 16)
    batch = 2 * config.trainer.batch_size * 4 * (row + 3 * sum(config.sizes[1:]))
    weights = 6 * 4 * (config.parameters + 64)
    return replay + batch + weights


def flops(config: NetworkConfig) -> float:
    """Multiplications and additions of one update and its decisions."""
    products = [2 * (below + 1) * above for below, above in pairwise(config.sizes)]
    forward = sum(products)
    batch = config.trainer.batch_size
    # forward on both observations of an experience, weight gradients, and the gradients of
    # every hidden layer's output
    update = batch * (2 * forward + forward + (forward - products[0]))
    return update + (1 + config.other_agents) * forward


def iteration_seconds(config: NetworkConfig, stacked: int) -> float:
    """One iteration of one training in a stack [s]."""
    layers, batch = len(config.layers) + 1, config.trainer.batch_size
    calls = layers * (4 + config.other_agents)
    rows = 6 * batch * (config.num_inputs + sum(config.sizes[1:]))
    weights = WEIGHT_PASSES[config.trainer.method] * config.parameters
    return (
        ITERATION_SECONDS * (1 + AGENT_SHARE * config.other_agents) / stacked
        + CALL_SECONDS * calls
        + FRAME_SECONDS * FRAMES_PER_DECISION
        + FLOP_SECONDS * flops(config)
        + BYTE_SECONDS * 4 * (rows + weights)
    )


def drive_seconds(config: NetworkConfig, protocol: Protocol) -> float:
    """Driving the runs of one trained network [s]."""
    frames = protocol.runs * protocol.frames
    decisions = frames / FRAMES_PER_DECISION * (1 + config.other_agents)
    forward = 2 * config.parameters * FLOP_SECONDS + 4 * config.num_inputs * BYTE_SECONDS
    return DRIVE_FRAME_SECONDS * frames + (DRIVE_DECISION_SECONDS + forward) * decisions
