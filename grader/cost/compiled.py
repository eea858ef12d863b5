"""The steps of a grading on the compiled engine, and what they take on the reference machine."""

from typing import Final

from grader.cost import seen
from grader.cost.items import (
    AGENTS,
    DECIDING,
    LEARNING,
    ROAD,
    RUNS,
    START,
    WEIGHTS,
    Item,
    Stages,
)
from grader.schedule import FRAMES_PER_DECISION, mean_epsilon
from grader.schema import NetworkConfig

START_SECONDS: Final = 1.0
"""Loading the program and the compiled code, once a grading [s]."""
AT_ONCE: Final = 64
"""Experiences that are looked at together [1]."""
NEAR: Final = 1_000_000
"""What a core's own cache holds [bytes]."""
GLIMPSE: Final = 264
"""One observation remembered, with what was done [bytes]."""

PRICES: Final = {
    "training": 7.29e-04,
    "drawn": 4.31e-08,
    "road": 3.15e-06,
    "agent_road": 3.92e-07,
    "glimpse": 2.96e-08,
    "glimpsed_car": 2.56e-08,
    "act_feature": 1.55e-09,
    "act_vector": 8.31e-10,
    "act_product": 4.51e-11,
    "act_curved": 7.89e-10,
    "experience": 1.07e-07,
    "far_glimpse": 2.22e-08,
    "feature": 2.22e-09,
    "vector": 1.12e-09,
    "traced_vector": 1.40e-09,
    "product": 2.28e-11,
    "turned": 1.16e-09,
    "unit": 8.71e-11,
    "curved": 2.81e-10,
    "momentum": 2.07e-10,
    "clipped": 1.10e-10,
    "copied": 2.15e-10,
    "adam": 2.79e-10,
    "sgd": 1.13e-10,
    "frame": 1.24e-07,
    "agent_frame": 1.61e-08,
    "run_glimpse": 1.19e-08,
    "run_feature": 2.52e-09,
    "run_vector": 7.51e-10,
    "run_product": 2.76e-11,
    "run_curved": 2.05e-10,
}
"""By step [s], fitted by ``python -m bench.fit compiled``."""


def stages(config: NetworkConfig) -> Stages:
    """Returns what the steps of one training and of its runs are made of."""
    return Stages(_once(config), _filling(config), _learning(config), _driving(config))


def _once(config: NetworkConfig) -> list[Item]:
    return [Item(START, "training", 1), Item(START, "drawn", config.parameters)]


def _filling(config: NetworkConfig) -> list[Item]:
    return [
        Item(ROAD, "road", 1),
        Item(AGENTS, "agent_road", config.other_agents),
        *_decision(config, DECIDING, 1),
        *_decision(config, AGENTS, config.other_agents),
    ]


def _decision(config: NetworkConfig, part: str, count: int) -> list[Item]:
    # a random decision asks no network
    acting = count * (1 - mean_epsilon(config))
    features, vectors = seen.features(config), seen.first_vectors(config)
    return [
        Item(part, "glimpse", count * (config.temporal_window + 2)),
        Item(part, "glimpsed_car", count * seen.cars_seen(config)),
        Item(part, "act_feature", acting * features),
        Item(part, "act_vector", acting * features * vectors),
        Item(part, "act_product", acting * (seen.dense(config) + seen.outputs(config))),
        Item(part, "act_curved", acting * seen.units(config, curved=True)),
    ]


def _learning(config: NetworkConfig) -> list[Item]:
    trainer, blocks = config.trainer, config.temporal_window + 2
    batch, dense = trainer.batch_size, seen.dense(config)
    # double Q-learning: the target network, the network, the target network once more
    passes = 1 + (3 if config.double_q else 1)
    vectors = batch * seen.features(config) * seen.first_vectors(config)
    far = max(0.0, 1 - NEAR / (config.replay_size * blocks * GLIMPSE))
    numbers = seen.numbers(config)
    return [
        Item(LEARNING, "experience", batch),
        Item(LEARNING, "far_glimpse", batch * blocks * far),
        Item(LEARNING, "feature", batch * seen.features(config)),
        Item(LEARNING, "vector", passes * vectors),
        Item(LEARNING, "traced_vector", vectors),
        Item(LEARNING, "product", batch * dense * (passes + 2)),
        Item(LEARNING, "turned", -(-batch // AT_ONCE) * dense),
        Item(LEARNING, "unit", batch * seen.units(config) * (passes + 1)),
        Item(LEARNING, "curved", batch * seen.units(config, curved=True) * passes),
        Item(WEIGHTS, seen.method(config), numbers),
        Item(WEIGHTS, "clipped", numbers if trainer.clip_gradient else 0),
        Item(WEIGHTS, "copied", seen.copied(config, numbers)),
    ]


def _driving(config: NetworkConfig) -> list[Item]:
    decisions = (config.other_agents + 1) / FRAMES_PER_DECISION
    features, vectors = seen.features(config), seen.first_vectors(config)
    return [
        Item(RUNS, "frame", 1),
        Item(RUNS, "agent_frame", config.other_agents),
        Item(RUNS, "run_glimpse", decisions * (config.temporal_window + 2)),
        Item(RUNS, "run_feature", decisions * features),
        Item(RUNS, "run_vector", decisions * features * vectors),
        Item(RUNS, "run_product", decisions * (seen.dense(config) + seen.outputs(config))),
        Item(RUNS, "run_curved", decisions * seen.units(config, curved=True)),
    ]
