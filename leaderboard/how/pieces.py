"""The files behind the live pieces: made by scripts/how_pieces.py, read by scripts of the page."""

import json
from functools import cache
from pathlib import Path
from typing import Any

FOLDER = Path(__file__).resolve().parent.parent / "static" / "leaderboard" / "how"


@cache  # part of the program: they change with it
def piece(name: str) -> dict[str, Any]:
    """One of road, runs, ranks."""
    found: dict[str, Any] = json.loads(Path(FOLDER, f"{name}.json").read_text())
    return found
