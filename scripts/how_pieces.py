"""Makes what the live pieces of How it works show: real runs, a real road, real ranks.

python scripts/how_pieces.py [road.json] [run.bin] [runs.json] [ranks.json]

Nothing is chosen by its result: the keys are the first three, the run is the first one, the
networks are all of the examples.
"""

import argparse
import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt

from grader import __version__, seeds
from grader.config import parse
from grader.grade import Grade
from grader.grading import grade
from grader.joint_bootstrap import Entrant, in_hundredths, resampled
from grader.protocol import Protocol
from grader.schema import NetworkConfig
from grader.scoring import RESAMPLES, cluster_bootstrap_interval
from grader.standing import REPLICATES, ranks, standing
from simulator.again import frames, recording
from simulator.policies import Moment, by_name
from simulator.road import LANES, ROWS
from simulator.rules import OPEN
from simulator.traffic import Traffic, View

ROOT = Path(__file__).resolve().parent.parent
FOLDER = ROOT / "leaderboard" / "static" / "leaderboard" / "how"
EXAMPLES = ROOT / "examples"
KEYS = ("0", "1", "2")
BASIC = "network_basic.json"
WIDTH = 20
"""Of a bar of the histogram [0.01 mph]."""

DRIVER = "gap-seeker-10"
DECISION = 37
"""Of run 1 of training 1, counted from 0: the moment that is shown."""
EARLIER = 10
"""As far back as a temporal window may reach [decisions]."""
ALL = View(lanes_side=6, patches_ahead=70, patches_behind=70)
CELL_DIGITS = 10_000
"""A cell's speed / 100 in whole numbers of this part."""

REPLAYED = 100
"""Replicates of the joint bootstrap that the page can go through [1]."""


def road() -> dict[str, Any]:
    """A moment of a driver's run with the ten decisions before it."""
    driver = by_name(DRIVER)
    traffic = Traffic(1, view=ALL)
    traffic.reset([seeds.run_seed("0", 0, 0)])
    moments: list[dict[str, Any]] = []
    for _ in range(DECISION + 1):
        seen = traffic.observations.reshape(1, -1, ALL.width)
        action = driver.act(_cut(seen, driver.view), Moment(traffic.seeds, traffic.frame, 0))
        moments.append(_moment(traffic, int(action[0])))
        traffic.step(action)
    view = View(lanes_side=1, patches_ahead=10, patches_behind=0)
    after = _cut(traffic.observations.reshape(1, -1, ALL.width), view)[0]
    before = _seen(moments[-1], view)
    network = graded(BASIC, "0").trainings[0].matrices
    return {
        "driver": DRIVER,
        "moments": moments[: -EARLIER - 2 : -1],  # the newest first
        "step": {
            "action": moments[-1]["action"],
            "mph": round((float(traffic.rewards[0]) + 3) / 0.075, 2),
            "before": [round(float(it), 2) for it in worths(network, before)],
            "after": [round(float(it), 2) for it in worths(network, after)],
        },
    }


def run() -> bytes:
    """The whole of that run, for a page that drives it again (docs/recordings.md)."""
    driver, seed = by_name(DRIVER), seeds.run_seed("0", 0, 0)
    traffic = Traffic(1, view=driver.view)
    traffic.reset([seed])
    decisions = []
    while not traffic.finished:
        action = driver.act(traffic.observations, Moment(traffic.seeds, traffic.frame, 0))
        decisions.append(int(action[0]))
        traffic.step(action)
    decided = np.array(decisions, np.uint8)
    driven = frames(OPEN, seed=seed, length=traffic.frames, other_agents=0, decisions=decided)
    recorded = recording(driven, OPEN, other_agents=0, decisions=decided, view=driver.view)
    return recorded.packed()


def _moment(traffic: Traffic, action: int) -> dict[str, Any]:
    """All cars, the ego first, and the cells of the ego's widest view that show one of them."""
    cars = traffic.roads[0]
    speeds = 20 * cars.follow * cars.throttle
    lane, row = int(cars.lane[0]), int(np.floor(np.floor(cars.y[0]) / 10))
    cells = traffic.observations[0].reshape(-1, ALL.width)
    return {
        "lane": lane,
        "row": row,
        "action": action,
        "cars": [
            [round(float(x), 1), round(float(y), 1), round(float(mph), 1)]
            for x, y, mph in zip(cars.x, cars.y, speeds, strict=True)
        ],
        "cells": [
            [
                int(h) - ALL.patches_ahead,
                int(g) - ALL.lanes_side,
                round(float(cells[h, g]) * CELL_DIGITS),
            ]
            for h, g in np.argwhere(cells != 1)
            if 0 <= lane + g - ALL.lanes_side < LANES and 0 <= row + h - ALL.patches_ahead < ROWS
        ],
    }


def _cut(seen: npt.NDArray[np.float64], view: View) -> npt.NDArray[np.float64]:
    rows = slice(ALL.patches_ahead - view.patches_ahead, ALL.patches_ahead + view.patches_behind)
    lanes = slice(ALL.lanes_side - view.lanes_side, ALL.lanes_side + view.lanes_side + 1)
    return np.ascontiguousarray(seen[:, rows, lanes].reshape(1, view.size))


def _seen(moment: dict[str, Any], view: View) -> npt.NDArray[np.float64]:
    """What the page computes from the cells: the observation of a view."""
    cells = np.zeros((140, ALL.width))
    for h in range(140):
        for g in range(ALL.width):
            lane, row = moment["lane"] + g - 6, moment["row"] + h - 70
            cells[h, g] = 0 <= lane < LANES and 0 <= row < ROWS
    for h, g, value in moment["cells"]:
        cells[h + 70, g + 6] = value / CELL_DIGITS
    return _cut(cells[None], view)[0]


def worths(
    matrices: tuple[npt.NDArray[Any], ...], observation: npt.NDArray[np.float64]
) -> npt.NDArray[np.float64]:
    """Q(s, .) of a network of relu layers."""
    values = observation
    for place, matrix in enumerate(matrices):
        values = values @ matrix[:-1] + matrix[-1]
        if place < len(matrices) - 1:
            values = np.maximum(values, 0)
    return values


def runs() -> dict[str, Any]:
    """Three gradings of network_basic, and the medians of 10,000 resamples of each."""
    return {
        "config": BASIC,
        "grader": __version__,
        "width": WIDTH,
        "keys": {key: _resampled(graded(BASIC, key), key) for key in KEYS},
    }


def _resampled(result: Grade, key: str) -> dict[str, Any]:
    table = in_hundredths([training.runs for training in result.trainings])
    seed = seeds.bootstrap_seed(key, _config(BASIC).config_hash)
    medians = resampled([Entrant(seed, table)], seed=seed, replicates=RESAMPLES)[0] // 2
    first = int(medians.min()) // WIDTH
    # a single list of runs is what a network that was trained once would have
    alone = cluster_bootstrap_interval(table.reshape(1, -1) / 100, seed=seed)
    return {
        "score": result.score.score,
        "interval": list(result.score.interval),
        "alone": [round(end, 2) for end in alone],
        "runs": table.tolist(),
        "first": first,
        "counts": np.bincount(medians // WIDTH - first).tolist(),
    }


def rank_pieces() -> dict[str, Any]:
    """The examples as if they were all of a board: on the same roads, with the same key."""
    paths = sorted(path for path in EXAMPLES.iterdir() if path.suffix in {".json", ".yaml"})
    results = [graded(path.name, "0") for path in paths]
    order = sorted(range(len(paths)), key=lambda at: -results[at].score.score)
    entrants = [
        Entrant(
            seeds.bootstrap_seed("0", _config(paths[at].name).config_hash),
            in_hundredths([training.runs for training in results[at].trainings]),
        )
        for at in order
    ]
    seed = seeds.standing_seed("0")
    place = standing(entrants, seed=seed)
    medians = resampled(entrants, seed=seed, replicates=REPLICATES)
    drawn = np.stack([ranks(medians[:, it]) for it in range(REPLICATES)], axis=1)
    count = len(order)
    return {
        "grader": __version__,
        "replicates": REPLICATES,
        "entrants": [
            {
                "name": paths[at].stem,
                "phrase": _config(paths[at].name).phrase,
                "score": results[at].score.score,
                "interval": list(results[at].score.interval),
                "rank": int(place.rank[row]),
                "low": int(place.low[row]),
                "high": int(place.high[row]),
                "first": round(float(place.first[row]), 4),
                "group": int(place.group[row]),
                "ranks": np.bincount(drawn[row], minlength=count + 1)[1:].tolist(),
                "medians": medians[row, :REPLAYED].tolist(),
            }
            for row, at in enumerate(order)
        ],
    }


def _config(name: str) -> NetworkConfig:
    return parse((EXAMPLES / name).read_text())


_graded: dict[tuple[str, str], Grade] = {}


def graded(name: str, key: str) -> Grade:
    if (name, key) not in _graded:
        _graded[name, key] = grade(_config(name), Protocol(), key)
    return _graded[name, key]


def text(piece: dict[str, Any]) -> bytes:
    return json.dumps(piece, separators=(",", ":")).encode() + b"\n"


PIECES: dict[str, Callable[[], bytes]] = {
    "road.json": lambda: text(road()),
    "run.bin": run,
    "runs.json": lambda: text(runs()),
    "ranks.json": lambda: text(rank_pieces()),
}


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("pieces", nargs="*", default=list(PIECES), help=", ".join(PIECES))
    FOLDER.mkdir(parents=True, exist_ok=True)
    for name in parser.parse_args().pieces:
        content = PIECES[name]()
        Path(FOLDER, name).write_bytes(content)
        print(f"{name}: {len(content) / 1000:.1f} kB")


if __name__ == "__main__":
    main()
