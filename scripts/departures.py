"""Measures what each departure from the original does to the scripted drivers' speeds.

python scripts/departures.py [--runs 2000]

Starts from ruleset `open` and gives the original's quirks back one at a time, then all of them.
Prints the medians [mph], each with the distance to `open` and that distance's standard error.
"""

import argparse
from dataclasses import replace
from itertools import starmap

import numpy as np
from numpy.typing import NDArray

from simulator.policies import by_name, drive, drive_session
from simulator.rules import OPEN, ORIGINAL, Rules

CASES = [
    ("no-action", 0),
    ("gap-seeker-10", 0),
    ("decelerate", 0),
    ("no-action", 10),
    ("accelerate", 10),
    ("decelerate", 10),
    ("gap-seeker-10", 10),
]
RESAMPLES = 1000


def rulesets() -> dict[str, Rules]:
    """Returns `open`, `open` with one quirk of the original each, and the original."""
    every_third = replace(OPEN, decision_frames=ORIGINAL.decision_frames)
    quirks = {
        name: replace(OPEN, quirks=OPEN.quirks._replace(**{name: True}))
        for name in OPEN.quirks._fields
    }
    return {"open": OPEN, "decision frames 3i": every_third, **quirks, "all": ORIGINAL}


def speeds(rules: Rules, driver: str, other_agents: int, runs: int) -> NDArray[np.float64]:
    """Returns the average speeds [runs] in mph."""
    policy = by_name(driver)
    if rules.quirks.streams:
        return drive_session(policy, runs, other_agents=other_agents, rules=rules)
    return drive(policy, range(runs), other_agents=other_agents, rules=rules)


def median_and_error(mph: NDArray[np.float64]) -> tuple[float, float]:
    """Returns the median and its standard error, by the bootstrap."""
    drawn = np.random.default_rng(0).integers(0, len(mph), (RESAMPLES, len(mph)))
    return float(np.median(mph)), float(np.median(mph[drawn], axis=1).std())


def main() -> None:
    """Prints a table, a row for each ruleset and a column for each driver."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--runs", type=int, default=2000)
    runs = parser.parse_args().runs
    heads = [f"{driver}, {1 + others}" for driver, others in CASES]
    print("| | " + " | ".join(heads) + " |\n" + "|---" * (len(heads) + 1) + "|")
    base: list[tuple[float, float]] = []
    for name, rules in rulesets().items():
        row = [median_and_error(speeds(rules, *case, runs)) for case in CASES]
        base = base or row
        cells = starmap(_cell, zip(row, base, strict=True)) if row is not base else _plain(row)
        print(f"| {name} | " + " | ".join(cells) + " |", flush=True)


def _plain(row: list[tuple[float, float]]) -> list[str]:
    return [f"{median:.2f} ± {error:.2f}" for median, error in row]


def _cell(found: tuple[float, float], base: tuple[float, float]) -> str:
    return f"{found[0] - base[0]:+.2f} ± {float(np.hypot(found[1], base[1])):.2f}"


if __name__ == "__main__":
    main()
