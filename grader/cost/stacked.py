"""The steps of a grading on the torch engine, for all the trainings that are stacked."""

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
from grader.schedule import FRAMES_PER_DECISION
from grader.schema import NetworkConfig

START_SECONDS: Final = 3.0
"""Loading the program, torch and the compiled code, once a grading [s]."""

PRICES: Final = {
    "training": 8.10e-04,
    "drawn": 7.56e-08,
    "room": 1.57e-09,
    "road": 1.65e-05,
    "decision": 3.17e-05,
    "act_call": 1.67e-06,
    "seen": 0.00e00,
    "shifted": 1.08e-09,
    "act_product": 2.61e-10,
    "update": 1.53e-04,
    "call": 2.04e-06,
    "gathered": 2.26e-09,
    "product": 1.78e-11,
    "unit": 1.61e-09,
    "curved": 1.80e-09,
    "adam": 5.46e-09,
    "pulled": 0.00e00,
    "clipped": 3.01e-09,
    "copied": 4.45e-10,
    "momentum": 2.27e-09,
    "sgd": 3.48e-09,
    "frame": 1.20e-07,
    "agent_frame": 1.28e-08,
    "run_decision": 3.94e-05,
    "run_call": 4.20e-06,
    "run_weight": 1.95e-10,
    "run_seen": 1.21e-09,
    "run_shifted": 1.32e-09,
    "run_product": 2.01e-11,
    "run_unit": 8.01e-10,
    "run_curved": 2.02e-09,
}
"""By step [s], fitted by ``python -m bench.fit torch-stacked``."""


def stages(config: NetworkConfig, *, trainings: int, runs: int) -> Stages:
    """Returns what the steps of a stack are made of; driving is of one of its trainings.

    Args:
        config: What is trained.
        trainings: Stacked.
        runs: Driven at once.
    """
    return Stages(
        _once(config, trainings),
        _filling(config, trainings),
        _learning(config, trainings),
        _driving(config, runs),
    )


def _layers(config: NetworkConfig) -> int:
    return len(config.sizes) - 1


def _once(config: NetworkConfig, trainings: int) -> list[Item]:
    return [
        Item(START, "training", trainings),
        Item(START, "drawn", trainings * config.parameters),
        Item(
            START, "room", 2 * trainings * config.replay_size * seen.padded(config.num_inputs + 1)
        ),
    ]


def _filling(config: NetworkConfig, trainings: int) -> list[Item]:
    return [
        Item(ROAD, "road", trainings),
        *_decision(config, trainings, DECIDING, 1),
        *_decision(config, trainings, AGENTS, config.other_agents),
    ]


def _decision(config: NetworkConfig, trainings: int, part: str, cars: int) -> list[Item]:
    count = cars * trainings
    past = config.num_inputs if config.temporal_window else 0
    return [
        Item(part, "decision", cars),
        Item(part, "act_call", count * _layers(config)),
        Item(part, "seen", count * config.num_states),
        Item(part, "shifted", count * past),
        Item(part, "act_product", count * config.parameters),
    ]


def _learning(config: NetworkConfig, trainings: int) -> list[Item]:
    trainer, rows = config.trainer, trainings * config.trainer.batch_size
    passes = 1 + (2 if config.double_q else 1)
    first = (config.num_inputs + 1) * config.sizes[1]
    rest = config.parameters - first
    weights = trainings * config.parameters
    return [
        Item(LEARNING, "update", 1),
        Item(LEARNING, "call", trainings * _layers(config) * (passes + 2)),
        Item(LEARNING, "gathered", 2 * rows * seen.padded(config.num_inputs + 1)),
        Item(LEARNING, "product", rows * (first * (passes + 1) + rest * (passes + 2))),
        Item(LEARNING, "unit", rows * seen.units(config) * (passes + 1)),
        Item(LEARNING, "curved", rows * seen.units(config, curved=True) * passes),
        Item(WEIGHTS, seen.method(config), weights),
        Item(WEIGHTS, "pulled", weights if trainer.l1_decay else 0),
        Item(WEIGHTS, "clipped", weights if trainer.clip_gradient else 0),
        Item(WEIGHTS, "copied", seen.copied(config, weights)),
    ]


def _driving(config: NetworkConfig, runs: int) -> list[Item]:
    decisions = (config.other_agents + 1) / FRAMES_PER_DECISION
    past = config.num_inputs if config.temporal_window else 0
    return [
        Item(RUNS, "frame", 1),
        Item(RUNS, "agent_frame", config.other_agents),
        Item(RUNS, "run_decision", decisions / runs),
        Item(RUNS, "run_call", decisions * _layers(config) / runs),
        Item(RUNS, "run_weight", decisions * config.parameters / runs),
        Item(RUNS, "run_seen", decisions * config.num_states),
        Item(RUNS, "run_shifted", decisions * past),
        Item(RUNS, "run_product", decisions * config.parameters),
        Item(RUNS, "run_unit", decisions * seen.units(config)),
        Item(RUNS, "run_curved", decisions * seen.units(config, curved=True)),
    ]
