"""Writes recorded runs for the tests of the page that drives them again, with what must come out.

    python scripts/recordings.py

Run it again when the bytes of a recording change. The frames are told by hashes over all of them,
and in full for a few.
"""

import hashlib
import json
from itertools import count, takewhile
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from simulator.again import Frames, frames, recording
from simulator.road import ACTIONS, FRAMES_PER_DECISION
from simulator.rules import OPEN, ORIGINAL, Rules
from simulator.view import View

FOLDER = Path(__file__).resolve().parent.parent / "tests/js/recordings"
PIECE = 100  # [frames] that one hash covers: a fault is found to within so many
TOLD = 5  # [1] frames told in full


class Case(NamedTuple):
    """`weights` say how often each action is decided on."""

    rules: Rules
    seed: int
    other_agents: int
    length: int
    weights: tuple[float, ...]
    view: View | None = None


EVENLY = (0.2,) * ACTIONS
HURRIED = (0.0, 0.4, 0.0, 0.3, 0.3)
BRAKING = (0.0, 0.0, 0.9, 0.05, 0.05)
CASES = {
    "open-alone": Case(OPEN, 7, 0, 2000, HURRIED, View(2, 20, 5)),
    "open-braking": Case(OPEN, 2**63 + 5, 0, 4000, BRAKING),
    "open-five": Case(OPEN, 11, 4, 1000, EVENLY),
    "open-eleven": Case(OPEN, 13, 10, 2000, HURRIED),
    "original-alone": Case(ORIGINAL, 3, 0, 1000, EVENLY),
    "original-eleven": Case(ORIGINAL, 4, 10, 4000, BRAKING),
}


def decisions_of(case: Case) -> NDArray[np.uint8]:
    """Drawn, as many as the run has."""
    due = [
        frame + cycle
        for cycle in takewhile(lambda it: it < case.length, count(0, FRAMES_PER_DECISION))
        for frame, _ in case.rules.timetable(case.other_agents)
        if frame + cycle < case.length
    ]
    random = np.random.default_rng(case.seed)
    return random.choice(ACTIONS, len(due), p=case.weights).astype(np.uint8)


def told(driven: Frames, frame: int) -> list[list[float]]:
    return [part[frame].tolist() for part in driven[:4]]


def hashes(driven: Frames) -> list[str]:
    """Of x, y, throttle and follow limits of all cars and the total, frame by frame."""
    whole = np.concatenate([*driven[:4], driven.total[:, None]], axis=1) + 0.0  # no minus zero
    pieces = range(0, len(whole), PIECE)
    return [hashlib.sha256(whole[at : at + PIECE].tobytes()).hexdigest()[:16] for at in pieces]


def write(name: str, case: Case) -> dict[str, Any]:
    """Writes the bytes of a case; returns what a page must come to."""
    decisions = decisions_of(case)
    agents = {"other_agents": case.other_agents, "decisions": decisions}
    stream = 4711 if case.rules.quirks.streams else 0
    driven = frames(case.rules, seed=case.seed, length=case.length, stream=stream, **agents)
    asked = -(-case.length // FRAMES_PER_DECISION)
    values = None
    if case.view:
        values = np.linspace(-3, 3, asked * ACTIONS, dtype="f4").reshape(asked, ACTIONS)
        values[3] = np.nan
    kept = recording(driven, case.rules, view=case.view, values=values, **agents)
    (FOLDER / f"{name}.bin").write_bytes(kept.packed())
    random = np.random.default_rng(1)
    some = sorted(random.choice(case.length + 1, TOLD, replace=False).tolist())
    return {
        "average": driven.average_mph(),
        "hashes": hashes(driven),
        "frames": {frame: told(driven, frame) for frame in some},
    }


if __name__ == "__main__":
    FOLDER.mkdir(exist_ok=True)
    expected = {"piece": PIECE, "runs": {name: write(name, case) for name, case in CASES.items()}}
    (FOLDER / "expected.json").write_text(json.dumps(expected) + "\n")
