"""Scripted drivers over an evaluation's runs: the baselines of a board, without any torch."""

from collections.abc import Sequence
from time import perf_counter

import numpy as np
import numpy.typing as npt

from grader.errors import ConfigError, Problem
from grader.grade import OnResult, Training, TrainingResult
from grader.protocol import Protocol
from grader.scoring import median
from grader.trace import Driven, joined
from simulator.policies import Moment, Policy, by_name
from simulator.rules import RULESETS
from simulator.traffic import Traffic

SCRIPTED = "scripted"
"""This engine, as recorded with each training."""


def compute_driver(
    driver: str, protocol: Protocol, trainings: Sequence[Training], *, on_result: OnResult
) -> None:
    """Drives a scripted driver over each training's runs.

    Raises:
        ConfigError: There is no such driver.
    """
    try:
        policy = by_name(driver)
    except ValueError as error:
        raise ConfigError(Problem("driver", str(error).rstrip("."))) from None
    for training in trainings:
        start = perf_counter()
        driven = drive(policy, training.run_seeds, protocol)
        on_result(
            TrainingResult(
                index=training.index,
                seed=training.seed,
                engine=SCRIPTED,
                seconds=perf_counter() - start,
                runs=tuple(map(float, driven.speeds)),
                median=median(driven.speeds),
                curve=(),
                weights_hash="",
                traces=driven.traces,
                decisions=driven.actions,
            )
        )


def drive(policy: Policy, seeds: Sequence[int], protocol: Protocol) -> Driven:
    """Drives runs from decision to decision, as compiled code would in one call, and keeps them."""
    rules = RULESETS[protocol.rules]
    roads = 1 if protocol.in_sequence else len(seeds)
    traffic = Traffic(roads, view=policy.view, frames=protocol.frames, rules=rules)
    if not protocol.in_sequence:
        traffic.reset(seeds)
        return _to_the_end(policy, traffic)
    driven = []
    for run in range(len(seeds)):
        if run:
            traffic.next_run()
        else:
            traffic.reset([seeds[0] - 1])  # a session stands before its first run
        driven.append(_to_the_end(policy, traffic))
    return joined(driven)


def _to_the_end(policy: Policy, traffic: Traffic) -> Driven:
    decided: list[npt.NDArray[np.uint8]] = []
    while not traffic.finished:
        moment = Moment(traffic.seeds, traffic.frame, traffic.agent)
        actions = policy.act(traffic.observations, moment)
        decided.append(actions.astype(np.uint8))
        traffic.step(actions)
    return Driven(traffic.average_mph().copy(), np.stack(decided, axis=1))
