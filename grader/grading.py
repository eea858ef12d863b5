"""Grades a configuration or a scripted driver: trainings, their runs, and the score of them all."""

from collections.abc import Sequence
from time import perf_counter

from grader import scoring, seeds
from grader.checkpoint import Keeper
from grader.engines import COMPILED, engine_for
from grader.grade import Grade, OnResult, Training, TrainingResult
from grader.pretrained import Pretrained
from grader.progress import OnProgress, unheard
from grader.protocol import Protocol
from grader.schema import NetworkConfig


def grade(
    config: NetworkConfig | None,
    protocol: Protocol,
    key: str = "0",
    *,
    driver: str | None = None,
    network: Pretrained | None = None,
    engine: str = COMPILED,
    jobs: int | None = None,
    on_progress: OnProgress = unheard,
) -> Grade:
    """Trains, drives and scores; the same in every bit whatever ``jobs``.

    Args:
        config: What to train, or None for a driver.
        protocol: How many trainings and runs.
        key: Of the competition: all seeds derive from it.
        driver: Name of a scripted driver, instead of a config.
        network: A trained network of the config, which is only driven.
        engine: Which one trains, see ``engines``; drivers need none.
        jobs: Trainings computed side by side; None: as many as the machine is good for.
        on_progress: Told of each training about twice a second.

    Raises:
        DivergedError: A training came to no finite weights.
        ConfigError: There is no such driver.
        ValueError: There is not exactly one of config and driver.
    """
    start = perf_counter()
    results: list[TrainingResult] = []
    compute(
        config,
        protocol,
        plan(config, protocol, key, driver=driver),
        driver=driver,
        network=network,
        engine=engine,
        jobs=jobs,
        on_progress=on_progress,
        on_result=results.append,
    )
    results.sort(key=lambda result: result.index)
    score = score_of(results, key, config=config, driver=driver)
    return Grade(score, tuple(results), config, protocol, perf_counter() - start, network)


def plan(
    config: NetworkConfig | None, protocol: Protocol, key: str, *, driver: str | None = None
) -> list[Training]:
    """The trainings of an evaluation with all their seeds."""
    name = subject(config, driver)
    return [
        Training(index, seeds.training_seed(key, name, index), roads(protocol, key, index))
        for index in range(protocol.trainings)
    ]


def roads(protocol: Protocol, key: str, training: int) -> tuple[int, ...]:
    """A training's run seeds; in the original's ruleset they are numbered, whatever the key."""
    if protocol.in_sequence:
        return tuple(range(1, protocol.runs + 1))
    return seeds.run_seeds(key, training, protocol.runs)


def subject(config: NetworkConfig | None, driver: str | None) -> str:
    """What seeds call the graded thing: a configuration's hash or a driver's name.

    Raises:
        ValueError: There is not exactly one of the two.
    """
    if (config is None) == (driver is None):
        raise ValueError("either a configuration or a driver is graded")
    return config.config_hash if config else str(driver)


def score_of(
    results: Sequence[TrainingResult],
    key: str,
    *,
    config: NetworkConfig | None = None,
    driver: str | None = None,
) -> scoring.Score:
    """The score of all runs. A driver's are runs of one and the same car, whatever their list."""
    runs = [result.runs for result in results]
    if driver is not None:
        runs = [tuple(speed for speeds in runs for speed in speeds)]
    return scoring.score(runs, seed=seeds.bootstrap_seed(key, subject(config, driver)))


def compute(
    config: NetworkConfig | None,
    protocol: Protocol,
    trainings: Sequence[Training],
    *,
    on_result: OnResult,
    driver: str | None = None,
    network: Pretrained | None = None,
    keeper: Keeper | None = None,
    engine: str = COMPILED,
    jobs: int | None = None,
    on_progress: OnProgress = unheard,
) -> None:
    """Computes some trainings of an evaluation: what both the command line and a worker do.

    Args:
        config: What to train, or None for a driver.
        protocol: Rules and length of the runs.
        trainings: Those to compute, any of the evaluation.
        on_result: Given each training as soon as its runs are driven.
        driver: Name of a scripted driver, instead of a config.
        network: A trained network of the config, which is only driven.
        keeper: Of checkpoints: what to resume, and where to put new ones.
        engine: Which one trains, see ``engines``; drivers need none.
        jobs: Trainings computed side by side; None: as many as the machine is good for.
        on_progress: Told of each training about twice a second.

    Raises:
        DivergedError: A training came to no finite weights.
        ConfigError: There is no such driver.
        ValueError: There is not exactly one of config and driver.
    """
    subject(config, driver)
    if config is None:
        from grader import scripted  # noqa: PLC0415 - loads numba, which a web process need not

        scripted.compute_driver(str(driver), protocol, trainings, on_result=on_result)
        return
    if network is not None and protocol.in_sequence:
        from grader import original  # noqa: PLC0415 - as above

        original.compute_network(
            network, protocol, trainings, on_progress=on_progress, on_result=on_result
        )
        return
    engine_for(engine)(
        config,
        protocol,
        trainings,
        network=network,
        keeper=keeper,
        jobs=jobs,
        on_progress=on_progress,
        on_result=on_result,
    )
