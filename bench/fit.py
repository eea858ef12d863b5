"""python -m bench.fit: prices of the steps of a grading, from drawn configurations."""

import argparse
import json
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import Any, Final, NamedTuple

import numpy as np
import numpy.typing as npt

from bench.cost import candidates
from bench.stages import Stages, measured, stacked_trainings
from grader.calibration import speed
from grader.config import validate
from grader.cost.estimating import stages_of
from grader.cost.items import Item
from grader.engines import COMPILED, ENGINES
from grader.errors import DivergedError
from grader.protocol import Protocol
from grader.schema import NetworkConfig

SEED: Final = 1
"""Of the draws that prices are fitted to; ``cost.SEED`` judges others."""
PATIENCE: Final = 0.5
SWEEPS: Final = 600
"""Of the descent [1]."""
ROUNDS: Final = 8
"""In which those far off are given less weight [1]."""

Numbers = npt.NDArray[np.float64]


class Drawn(NamedTuple):
    """A configuration and what its stages took [reference core-seconds]."""

    config: NetworkConfig
    protocol: Protocol
    taken: Stages


def measure(engine: str, *, seed: int, draws: int, results: Path) -> None:
    """Measures draws and appends each to a file, one line of JSON."""
    found = candidates(seed, engine)
    done = 0
    pace = speed(rounds=1)
    while done < draws:
        config, protocol = next(found)
        try:
            tries = []
            for _ in range(2):
                taken = measured(config, protocol, engine, patience=PATIENCE)
                after = speed(rounds=1)
                tries.append([(pace + after) / 2 * it for it in taken])
                pace = after
        except DivergedError:
            continue
        done += 1
        best = [min(column) for column in zip(*tries, strict=True)]
        line = {"config": config.changes(), "protocol": protocol.to_dict(), "taken": best}
        with results.open("a") as file:
            file.write(json.dumps(line) + "\n")


def read(results: Path) -> list[Drawn]:
    """Reads what was measured."""
    lines = [json.loads(line) for line in results.read_text().splitlines()]
    return [
        Drawn(validate(it["config"]), Protocol.from_dict(it["protocol"]), Stages(*it["taken"]))
        for it in lines
    ]


def fit(drawn: Sequence[Drawn], engine: str) -> dict[str, float]:
    """Returns the prices: each stage's by itself, an update's over a decision without one."""
    prices: dict[str, float] = {}
    for stage in Stages._fields:
        rows = [it for it in drawn if getattr(it.taken, stage) > 0]
        items = [getattr(_steps(it, engine), stage) for it in rows]
        taken = np.array([getattr(it.taken, stage) for it in rows])
        known = np.zeros(len(rows))
        if stage == "learning":
            known = np.array([_priced(_steps(it, engine).filling, prices) for it in rows])
        found, ratios = fit_stage(items, taken, known)
        prices |= found
        low, middle, high = np.quantile(ratios, [0.05, 0.5, 0.95])
        print(f"{stage}: {len(rows)} draws, estimated over taken {low:.2f} {middle:.2f} {high:.2f}")
    return prices


def fit_stage(
    items: Sequence[Sequence[Item]], taken: Numbers, known: Numbers
) -> tuple[dict[str, float], Numbers]:
    """Fits prices that are none of them negative, by what each draw is off in proportion.

    Args:
        items: Of each draw.
        taken: What it took [s].
        known: The part of it that has its price already [s].

    Returns:
        The prices, and for each draw what is estimated over what it took.
    """
    names = list(dict.fromkeys(item.price for them in items for item in them))
    counts = np.array(
        [[sum(it.count for it in them if it.price == name) for name in names] for them in items]
    )
    rest, weight = np.maximum(taken - known, 0.02 * taken), 1 / taken
    ratios = np.ones(len(taken))
    found = np.zeros(len(names))
    for _ in range(ROUNDS):
        found = not_negative(counts * weight[:, None], rest * weight)
        ratios = (counts @ found + known) / taken
        off = np.maximum(0.1, np.abs(np.log(np.maximum(ratios, 1e-3))))
        # near the least sum of |log ratio|: a draw that others slowed down must not lead
        weight = 1 / (taken * np.sqrt(off) * np.maximum(0.3, np.sqrt(ratios)))
    return dict(zip(names, found.tolist(), strict=True)), ratios


def not_negative(counts: Numbers, aim: Numbers) -> Numbers:
    """Solves least squares for numbers >= 0, one after the other until they stay."""
    scale = np.sqrt((counts**2).sum(axis=0)) + 1e-300
    scaled = counts / scale
    products, wanted = scaled.T @ scaled, scaled.T @ aim
    found = np.zeros(len(wanted))
    for _ in range(SWEEPS):
        for place in np.flatnonzero(products.diagonal()):
            step = (wanted[place] - products[place] @ found) / products[place, place]
            found[place] = max(0.0, found[place] + step)
    return found / scale


def _steps(it: Drawn, engine: str) -> Any:
    trainings = stacked_trainings(it.config, it.protocol, engine)
    return stages_of(it.config, it.protocol, trainings, engine)


def _priced(items: Sequence[Item], prices: dict[str, float]) -> float:
    return sum(it.count * prices[it.price] for it in items)


def main() -> int:
    """Measures if there is no file of measurements yet, and prints the prices."""
    parser = argparse.ArgumentParser(prog="python -m bench.fit", description=__doc__)
    parser.add_argument("engine", choices=ENGINES, nargs="?", default=COMPILED)
    parser.add_argument("--seed", type=int, default=SEED)
    parser.add_argument("--draws", type=int, default=150)
    given = parser.parse_args()
    results = Path("build") / f"fit-{given.engine}.jsonl"
    results.parent.mkdir(exist_ok=True)
    if not results.exists():
        measure(given.engine, seed=given.seed, draws=given.draws, results=results)
    for name, seconds in fit(read(results), given.engine).items():
        print(f'    "{name}": {seconds:.2e},')
    return 0


if __name__ == "__main__":
    sys.exit(main())
