"""Scripted drivers over an evaluation's runs: the baselines of a board, without any torch."""

from collections.abc import Sequence
from time import perf_counter

from grader.errors import ConfigError, Problem
from grader.grade import OnResult, Training, TrainingResult
from grader.protocol import Protocol
from grader.scoring import median
from simulator.policies import by_name, drive, drive_session
from simulator.rules import RULESETS

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
        first = training.run_seeds[0]
        rules = RULESETS[protocol.rules]
        speeds = (
            drive_session(policy, protocol.runs, first=first, frames=protocol.frames, rules=rules)
            if protocol.in_sequence
            else drive(policy, training.run_seeds, frames=protocol.frames, rules=rules)
        )
        on_result(
            TrainingResult(
                index=training.index,
                seed=training.seed,
                engine=SCRIPTED,
                seconds=perf_counter() - start,
                runs=tuple(map(float, speeds)),
                median=median(speeds),
                curve=(),
                weights_hash="",
            )
        )
