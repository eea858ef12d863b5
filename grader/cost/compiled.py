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

START_SECONDS: Final = 0.9
"""Loading the program and the compiled code, once a grading [s]."""
AT_ONCE: Final = 64
"""Experiences that are looked at together [1]."""
NEAR: Final = 1_000_000
"""What a core's own cache holds [bytes]."""
GLIMPSE: Final = 264
"""One observation remembered, with what was done [bytes]."""

PRICES: Final = {
    # once a training: its arrays; each weight drawn
    "training": 7.29e-04,
    "drawn": 4.31e-08,
    # a decision: thirty frames of the road; what another controlled car adds to them
    "road": 3.15e-06,
    "agent_road": 3.92e-07,
    # an observation passed on or remembered; a car in it
    "glimpse": 2.96e-08,
    "glimpsed_car": 2.56e-08,
    # asking the network for one decision: a feature read, a vector of sixteen weights added for it,
    # a product in a further layer, an exponential
    "act_feature": 1.55e-09,
    "act_vector": 8.31e-10,
    "act_product": 4.51e-11,
    "act_curved": 7.89e-10,
    # an update; an experience drawn; an observation of it spelled, one beyond the near cache, a
    # feature
    "update": 2.78e-06,
    "experience": 3.97e-08,
    "observation": 5.38e-09,
    "far_glimpse": 2.18e-08,
    "feature": 2.24e-09,
    # a vector of weights added for a feature, and its gradient; a product in a further layer, there
    # or back; a weight of these layers turned on its side; a unit; its exponential
    "vector": 1.12e-09,
    "traced_vector": 1.50e-09,
    "product": 2.25e-11,
    "turned": 1.18e-09,
    "unit": 1.43e-10,
    "curved": 2.05e-10,
    # a weight stepped, with what each setting adds: momentum, adam, clipping, a target network
    "stepped": 1.06e-10,
    "momentum": 3.88e-11,
    "adam": 9.67e-11,
    "clipped": 8.85e-11,
    "copied": 2.71e-10,
    # the runs: a frame, what another controlled car adds to it; a decision as above, sixteen
    # runs at a time
    "frame": 1.24e-07,
    "agent_frame": 1.61e-08,
    "run_glimpse": 1.19e-08,
    "run_feature": 2.52e-09,
    "run_vector": 7.51e-10,
    "run_product": 2.76e-11,
    "run_curved": 2.05e-10,
}
"""Of one of each [reference s]: fitted by ``python -m bench.fit compiled``."""


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
    blocks = config.temporal_window + 2
    batch, dense = config.trainer.batch_size, seen.dense(config)
    # double Q-learning: the target network, the network, the target network once more
    passes = 1 + (3 if config.double_q else 1)
    vectors = batch * seen.features(config) * seen.first_vectors(config)
    far = max(0.0, 1 - NEAR / (config.replay_size * blocks * GLIMPSE))
    return [
        Item(LEARNING, "update", 1),
        Item(LEARNING, "experience", batch),
        Item(LEARNING, "observation", batch * 2 * (blocks - 1)),
        Item(LEARNING, "far_glimpse", batch * blocks * far),
        Item(LEARNING, "feature", batch * seen.features(config)),
        Item(LEARNING, "vector", passes * vectors),
        Item(LEARNING, "traced_vector", vectors),
        Item(LEARNING, "product", batch * dense * (passes + 2)),
        Item(LEARNING, "turned", -(-batch // AT_ONCE) * dense),
        Item(LEARNING, "unit", batch * seen.units(config) * (passes + 1)),
        Item(LEARNING, "curved", batch * seen.units(config, curved=True) * passes),
        *(Item(WEIGHTS, *step) for step in seen.stepped(config, seen.numbers(config))),
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
