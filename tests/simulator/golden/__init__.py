"""Measurements of the original, and how to read them."""

import json
import lzma
from pathlib import Path
from typing import Any

FOLDER = Path(__file__).parent
TRAJECTORIES = ("single_scripted", "multi_scripted", "single_gap_seeker")


def scores() -> list[dict[str, Any]]:
    """Five drivers' 500 runs of 2,000 frames, each run's average in run order [mph]."""
    cases: list[dict[str, Any]] = json.loads((FOLDER / "scores_500x2000.json").read_text())
    return cases


def trajectory(name: str) -> dict[str, Any]:
    """Every frame and every decision of two runs."""
    packed = (FOLDER / f"trajectory_{name}.json.xz").read_bytes()
    recorded: dict[str, Any] = json.loads(lzma.decompress(packed))
    return recorded
