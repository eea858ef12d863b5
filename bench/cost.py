"""python -m bench.cost: what drawn configurations take, beside what was estimated."""

import argparse
import resource
import subprocess
import sys
from collections.abc import Iterator
from typing import Final, NamedTuple

import numpy as np

from bench.__main__ import keep, machine
from bench.drawn import draw
from bench.stages import measured, whole
from grader.calibration import speed
from grader.cost import MEMORY_BUDGET, estimate
from grader.engines import COMPILED, ENGINES, STACKED
from grader.errors import DivergedError
from grader.protocol import Protocol
from grader.schema import NetworkConfig

SEED: Final = 2026
"""Of the draws that judge; chosen before any was looked at, and no price is fitted to them."""
LEAST_SECONDS: Final = 1.0
"""Estimates below it are not judged [reference core-seconds]."""
WITHIN: Final = {COMPILED: 1.5, STACKED: 2.0}
"""Factor that nine of ten have to be within [1]."""
ENOUGH: Final = 0.9
PATIENCE: Final = 1.0
"""About how long each stage is timed [s]."""
TRIES: Final = 2
"""Times that each is timed [1]; the least counts, since others only ever slow it down."""
WHOLE_SECONDS: Final = 8.0
"""Estimates below it are also measured whole, from the start of a process to its end [s]."""


class Judged(NamedTuple):
    """One configuration, all in reference core-seconds."""

    config: NetworkConfig
    protocol: Protocol
    estimated: float
    measured: float
    started_to_ended: float | None

    @property
    def ratio(self) -> float:
        """Measured over estimated."""
        return self.measured / self.estimated


def candidates(seed: int, engine: str) -> Iterator[tuple[NetworkConfig, Protocol]]:
    """Draws without end: those whose estimate is worth judging, and that a site would take."""
    generator = np.random.default_rng(seed)
    while True:
        config, protocol = draw(generator)
        cost = estimate(config, protocol, engine=engine)
        if cost.seconds > LEAST_SECONDS and cost.bytes <= MEMORY_BUDGET:
            yield config, protocol


def judge(config: NetworkConfig, protocol: Protocol, engine: str, start: float) -> Judged:
    """Measures a configuration by its stages, and whole if that is short."""
    times, pace = [], speed(rounds=1)
    for _ in range(TRIES):
        stages = measured(config, protocol, engine, patience=PATIENCE)
        after = speed(rounds=1)
        # the yardstick before and after says how slow the machine is just now
        times.append((pace + after) / 2 * (start + whole(config, protocol, engine, stages)))
        pace = after
    estimated = estimate(config, protocol, engine=engine).seconds
    from_start = None
    if estimated < WHOLE_SECONDS:
        from_start = pace * grading_seconds(config.canonical(), protocol, engine)
    return Judged(config, protocol, estimated, min(times), from_start)


def grading_seconds(text: str, protocol: Protocol, engine: str) -> float:
    """CPU time of a process that grades [s]."""
    options = [f"--{name}={value}" for name, value in protocol.to_dict().items()]
    command = [sys.executable, "-m", "grader", "-", "--jobs=1", "--engine", engine, *options]
    before = resource.getrusage(resource.RUSAGE_CHILDREN)
    subprocess.run(command, input=text.encode(), capture_output=True, check=True)
    after = resource.getrusage(resource.RUSAGE_CHILDREN)
    return after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime


def start_seconds(engine: str) -> float:
    """CPU time of a process that grades next to nothing: its start [reference core-seconds]."""
    least, text = Protocol(trainings=1, runs=1, frames=30), '{"training_iterations": 1}'
    return min(speed(rounds=1) * grading_seconds(text, least, engine) for _ in range(3))


def row(it: Judged) -> str:
    """One line of the table."""
    config, trainer = it.config, it.config.trainer
    from_start = f"{it.started_to_ended:9.2f}" if it.started_to_ended else " " * 9
    return (
        f"{it.estimated:14,.2f}{it.measured:14,.2f}{from_start}{it.ratio:7.2f}   "
        f"{it.protocol.trainings}x{it.protocol.runs}  {config.phrase}; window "
        f"{config.temporal_window}, others {config.other_agents}, {trainer.method}, "
        f"batch {trainer.batch_size}{', double' if config.double_q else ''}"
    )


def main() -> int:
    """Returns 0 if enough of the draws are within the factor."""
    parser = argparse.ArgumentParser(prog="python -m bench.cost", description=__doc__)
    parser.add_argument("--engine", choices=ENGINES, default=COMPILED)
    parser.add_argument("--seed", type=int, default=SEED)
    parser.add_argument("--draws", type=int, default=40)
    given = parser.parse_args()
    print(machine(("numpy", "numba", "torch")), f"speed {speed():.2f}", sep="\n", flush=True)
    start = start_seconds(given.engine)
    print(f"start {start:.2f} reference core-seconds")
    print(f"{'estimated':>14}{'measured':>14}{'whole':>9}{'ratio':>7}", flush=True)
    drawn, judged = candidates(given.seed, given.engine), []
    while len(judged) < given.draws:
        try:
            judged.append(judge(*next(drawn), given.engine, start))
        except (DivergedError, subprocess.CalledProcessError):
            print("diverged: another is drawn", flush=True)
            continue
        print(row(judged[-1]), flush=True)
    return verdict(judged, given.engine)


def verdict(judged: list[Judged], engine: str) -> int:
    """Prints and keeps what came of it."""
    factor = WITHIN[engine]
    off = [max(it.ratio, 1 / it.ratio) for it in judged]
    share = sum(it <= factor for it in off) / len(off)
    by_whole = [it.measured / it.started_to_ended for it in judged if it.started_to_ended]
    print(f"{share:.0%} within a factor {factor:g} (goal {ENOUGH:.0%}); worst {max(off):.2f}")
    print(f"median ratio {np.median([it.ratio for it in judged]):.2f}")
    if by_whole:
        ends = f"{min(by_whole):.2f} to {max(by_whole):.2f}"
        print(f"{len(by_whole)} also measured whole: stages over whole {ends}")
    keep(f"cost {engine}", {"share": share, "worst": max(off), "ratios": off})
    return 0 if share >= ENOUGH else 1


if __name__ == "__main__":
    sys.exit(main())
