"""What `python -m simulator` does, command by command; each prints what it found."""

import statistics
import time
from argparse import Namespace
from pathlib import Path
from typing import Final

import numpy as np
from numpy.typing import NDArray

from simulator.distribution import Distribution, distribution
from simulator.draws import EXPLORE, MAX_SEED, uniforms
from simulator.picture import scene, shapes, svg
from simulator.policies import BLIND, Moment, Policy, by_name, drive, drive_session
from simulator.raster import MAX_SCALE, pixels, png
from simulator.rules import RULESETS, Rules
from simulator.traffic import Traffic
from simulator.view import bounded

DRIVERS: Final = ("no-action", "accelerate", "decelerate", "gap-seeker-10", "gap-seeker-20")
MOST_RUNS: Final = 1_000_000
RUNS_AT_ONCE: Final = 500  # so that what the drivers look at fits into a few MB
PICTURE_FORMATS: Final = ("png", "svg")


def warm() -> None:
    """Compiles everything into the disk cache and prints one line."""
    start = time.perf_counter()
    drive(by_name("gap-seeker-10"), [0], other_agents=1, frames=31)
    traffic = Traffic(1, view=BLIND)
    traffic.reset([0])
    traffic.step(by_name("random").act(traffic.observations, Moment(traffic.seeds, 0, 0)))
    traffic.sight()
    uniforms([0], frame=0, car=0, purpose=EXPLORE)
    print(f"simulator: compiled or found compiled in {time.perf_counter() - start:.1f} s")


def drivers(given: Namespace) -> None:
    """Prints each scripted driver's distribution over runs of 2,000 frames, seeds 0 upward."""
    print(f"{'driver':15} {'agents':>6} {'median':>7} {'mean':>7} {'std':>6}")
    for name in DRIVERS:
        for agents in (1, 11):
            runs = distribution(drive(by_name(name), range(given.runs), other_agents=agents - 1))
            figures = f"{runs.median:7.2f} {runs.mean:7.2f} {runs.std:6.2f}"
            print(f"{name:15} {agents:6} {figures}")


def speed(given: Namespace) -> None:
    """Prints frames per second of one core's time, the median of five tries after a first."""
    for name in ("no-action", "gap-seeker-10"):
        policy = by_name(name)
        rates = []
        for _ in range(6):
            start = time.process_time()
            drive(policy, range(given.runs), frames=given.frames)
            rates.append(given.runs * given.frames / (time.process_time() - start))
        rate = statistics.median(rates[1:]) / 1e6
        print(f"{name:15} {given.runs} roads: {rate:.2f} million frames/s")


def drive_runs(given: Namespace) -> None:
    """Prints the distribution of a driver's runs.

    Raises:
        ValueError: a number is out of bounds, or there is no such driver.
    """
    policy, rules = by_name(given.driver), RULESETS[given.rules]
    runs = bounded("runs", given.runs, 1, MOST_RUNS)
    seed = bounded("seed", given.seed, 0, MAX_SEED - runs + 1)
    result = distribution(
        _speeds(policy, rules, seed, runs, other_agents=given.other_agents, frames=given.frames)
    )
    print(result.as_json() if given.json else _headed(given, result))


def _speeds(
    policy: Policy, rules: Rules, seed: int, runs: int, *, other_agents: int, frames: int
) -> NDArray[np.float64]:
    """Drives runs of seeds from `seed` upward; returns their average speeds [runs] in mph.

    In a ruleset of sessions they are one session, and `seed` is the number of the run before it.
    """
    if rules.quirks.streams:
        return drive_session(
            policy, runs, first=seed + 1, other_agents=other_agents, frames=frames, rules=rules
        )
    parts = [
        drive(
            policy,
            range(seed + first, seed + min(first + RUNS_AT_ONCE, runs)),
            other_agents=other_agents,
            frames=frames,
            rules=rules,
        )
        for first in range(0, runs, RUNS_AT_ONCE)
    ]
    return np.concatenate(parts)


def _headed(given: Namespace, result: Distribution) -> str:
    session = RULESETS[given.rules].quirks.streams
    heading = (
        f"{given.driver}, ruleset {given.rules}, {given.other_agents} other agents: "
        f"{given.runs} runs of {given.frames} frames, "
        f"{f'one session after run {given.seed}' if session else f'seeds from {given.seed}'}"
    )
    return f"{heading}\n{result.as_table()}"


def render(given: Namespace) -> None:
    """Drives one run to a frame and writes a picture of its road.

    Raises:
        ValueError: a number is out of bounds, or there is no such driver or format.
        OSError: the file can't be written.
    """
    kind = given.format or Path(given.out).suffix.removeprefix(".").lower()
    if kind not in PICTURE_FORMATS:
        raise ValueError(f"format is {kind!r}; it must be one of {', '.join(PICTURE_FORMATS)}.")
    scale = bounded("scale", given.scale, 1, MAX_SCALE)
    policy = by_name(given.driver)
    traffic = Traffic(
        1,
        view=policy.view,
        other_agents=given.other_agents,
        frames=bounded("frame", given.frame, 1, 10**7),
        rules=RULESETS[given.rules],
    )
    traffic.reset([given.seed])
    while not traffic.finished:
        moment = Moment(traffic.seeds, traffic.frame, traffic.agent)
        traffic.step(policy.act(traffic.observations, moment))
    painted = shapes(scene(traffic, 0, with_view=given.view))
    if kind == "svg":
        Path(given.out).write_text(svg(painted, scale=scale))
    else:
        Path(given.out).write_bytes(png(pixels(painted, scale=scale)))
    print(
        f"{given.out}: {given.driver}, seed {given.seed}, after {given.frame} frames, "
        f"{traffic.average_mph()[0]:.2f} mph so far"
    )
