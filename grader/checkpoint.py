"""Checkpoints: a training on its way as a file, which another process resumes with the same bits.

A file is an ``.npz`` without pickled objects: the arrays that the engine saves, and ``header``,
JSON that says of which training they are and how far it is. zip's checksums find what was damaged;
whoever may write the file is trusted like the program itself.
"""

import json
import zipfile
import zlib
from collections.abc import Callable, Mapping
from pathlib import Path
from time import monotonic
from typing import Any, Final, NamedTuple

import numpy as np
import numpy.typing as npt

from grader import __version__
from grader.progress import Point
from grader.schema import NetworkConfig
from grader.seeds import to_hex

FORMAT: Final = 1
LEAST_BETWEEN: Final = 50
"""A checkpoint that takes a second is followed by fifty without: at most 2 % of the time."""
HEADER: Final = "header"

Arrays = Mapping[str, npt.NDArray[Any]]
_FAULTS = (OSError, EOFError, KeyError, TypeError, ValueError, zipfile.BadZipFile, zlib.error)


class CheckpointError(ValueError):
    """A file that this training cannot be resumed from."""


class Saved(NamedTuple):
    """What a file holds.

    Attributes:
        iteration: Decisions made.
        curve: The learning curve up to it.
        arrays: The engine's.
    """

    iteration: int
    curve: tuple[Point, ...]
    arrays: Arrays


class Keeper(NamedTuple):
    """Where an evaluation's checkpoints are, and who wants to know of them.

    Attributes:
        folder: New ones are written into it, one file for each training.
        seconds: Least time between two of a training [s].
        found: Files to resume from, by the training's index.
        on_saved: Told the index, the iteration and the file.
        on_resumed: Told the index and the iteration.
        on_refused: Told the index and why its file was of no use; the training begins anew.
    """

    folder: Path
    seconds: float
    found: Mapping[int, Path]
    on_saved: Callable[[int, int, Path], None]
    on_resumed: Callable[[int, int], None]
    on_refused: Callable[[int, str], None]


def identity(config: NetworkConfig, *, rules: str, seed: int, engine: str) -> dict[str, object]:
    """All that a training's bits follow from: what a file's header must say."""
    return {
        "format": FORMAT,
        "grader_version": __version__,
        "engine": engine,
        "config_hash": config.config_hash,
        "rules": rules,
        "seed": to_hex(seed),
    }


def write(file: Path, whose: Mapping[str, object], saved: Saved) -> None:
    """Writes a file, whole or not at all."""
    header = {
        **whose,
        "iteration": saved.iteration,
        "curve": [point.to_dict() for point in saved.curve],
    }
    text = np.frombuffer(json.dumps(header).encode(), np.uint8)
    unfinished = file.with_suffix(".unfinished")
    with unfinished.open("wb") as out:
        np.savez(out, **{HEADER: text}, **saved.arrays)  # type: ignore[arg-type]
    unfinished.replace(file)


def read(file: Path, whose: Mapping[str, object]) -> Saved:
    """Reads a file of this very training.

    Raises:
        CheckpointError: It is another's, or damaged.
    """
    try:
        with file.open("rb") as opened, np.load(opened, allow_pickle=False) as members:
            arrays = {name: members[name] for name in members.files}
        header = json.loads(arrays.pop(HEADER).tobytes())
        found = {name: header[name] for name in whose}
        curve = tuple(Point(**point) for point in header["curve"])
        saved = Saved(int(header["iteration"]), curve, arrays)
    except _FAULTS as error:
        raise CheckpointError(f"damaged: {error!r}"[:200]) from None
    for name, expected in whose.items():
        if found[name] != expected:
            raise CheckpointError(f"its {name} is {found[name]!r}, not {expected!r}")
    return saved


class Pacer:
    """Says when the next checkpoint is due, by how long the last one took."""

    def __init__(self, seconds: float) -> None:
        self._seconds = seconds
        self._next = monotonic() + seconds

    def due(self) -> bool:
        return monotonic() >= self._next

    def took(self, seconds: float) -> None:
        """Notes what the last one took [s]."""
        self._next = monotonic() + max(self._seconds, LEAST_BETWEEN * seconds)
