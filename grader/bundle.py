"""A bundle: everything that a grade follows from and everything that came of it, as one file.

docs/verifying.md says what each member holds. What is read is checked to the last field before it
is believed: a bundle comes from anybody.
"""

import hashlib
import json
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Annotated, Any

from pydantic import BaseModel, ConfigDict, Field

from grader import __version__, netjs, weights
from grader.errors import ConfigError, Problem
from grader.grade import Grade, TrainingResult
from grader.grading import plan
from grader.packed import pack
from grader.pretrained import Pretrained
from grader.protocol import Protocol
from grader.schema import NetworkConfig
from grader.seeds import to_hex
from grader.trace import DIGITS
from simulator.road import MAX_MPH

FORMAT = 1
"""Of the bundles written here; others are refused by their number."""
MANIFEST, CONFIG, TRAININGS = "manifest.json", "config.json", "trainings.json"
NETWORK, DROPOUT_NETWORK = "weights.safetensors", "net.js"
"""The members; the second form of a network is for dropout, which the first has no place for."""
MOST_POINTS = 200
"""Of a learning curve [1]; the engines make about a hundred."""
LONGEST_KEY = 1000
"""[characters]"""

Mph = Annotated[float, Field(ge=0, le=MAX_MPH)]
Seed = Annotated[str, Field(pattern=r"^[0-9a-f]{16}$")]
Trace = Annotated[str, Field(pattern=rf"^[0-9a-f]{{{DIGITS}}}$")]
Sha256 = Annotated[str, Field(pattern=r"^[0-9a-f]{64}$")]
Word = Annotated[str, Field(max_length=100)]


class _Part(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid", strict=True, allow_inf_nan=False)


class MadeOn(_Part):
    """What computed it."""

    python: Word
    numpy: Word
    numba: Word
    torch: Word
    processor: Word


class Manifest(_Part):
    """What was graded, how, and the score.

    Attributes:
        format: Of the bundle.
        grader_version: Of the grader that made it.
        engine: Who trained and drove.
        made_on: With which versions and processor; None where nobody noted it.
        protocol: How much was driven.
        key: That all seeds derive from; None while it is not public.
        driver: Name of a scripted driver; None if it was a configuration.
        config_hash: Of the configuration; None if it was a driver.
        score: [mph]
        upper_median: [mph]
        interval: Lower and upper end [mph].
        sha256: Of the members; the manifest's own is that of the rest of it.
    """

    format: int
    grader_version: Word
    engine: Word
    made_on: MadeOn | None
    protocol: Protocol
    key: Annotated[str, Field(max_length=LONGEST_KEY)] | None
    driver: Word | None
    config_hash: Sha256 | None
    score: Mph
    upper_median: Mph
    interval: Annotated[list[Mph], Field(min_length=2, max_length=2)]
    sha256: dict[str, Sha256] = Field(max_length=4)


class CurvePoint(_Part):
    """A stretch of a training, as in ``progress.Point``."""

    iteration: Annotated[int, Field(ge=0)]
    reward: float | None
    loss: float | None
    epsilon: float
    mph: float | None


class Entry(_Part):
    """One training with its runs, as in ``grade.TrainingResult``; no seeds without a key."""

    seed: Seed | None
    weights_hash: Sha256 | None
    median: Mph
    curve: Annotated[list[CurvePoint], Field(max_length=MOST_POINTS)]
    run_seeds: Annotated[list[Seed], Field(max_length=1000)] | None
    runs: Annotated[list[Mph], Field(max_length=1000)]
    traces: Annotated[list[Trace], Field(max_length=1000)] | None


class Trainings(_Part):
    """The member of all trainings."""

    trainings: Annotated[list[Entry], Field(max_length=20)]


@dataclass(frozen=True)
class Bundle:
    """A bundle's contents: exactly one of config and ``manifest.driver`` was graded.

    With a network of the config, that was driven as it is.
    """

    manifest: Manifest
    config: NetworkConfig | None
    network: Pretrained | None
    trainings: tuple[Entry, ...]


def write(
    grade: Grade,
    *,
    key: str | None,
    driver: str | None = None,
    grader_version: str = __version__,
    made_on: Mapping[str, str] | None = None,
) -> bytes:
    """A grade as a bundle: the same grade by the same key gives the same bytes.

    How long it took is left out, being the only thing that differs from one time to the next.

    Args:
        grade: What to keep.
        key: That its seeds were derived from; None leaves them all out.
        driver: Name of the scripted driver, if it was one.
        grader_version: Of the grader that computed it.
        made_on: See ``MadeOn``.
    """
    members = {}
    if grade.config:
        members[CONFIG] = grade.config.canonical().encode() + b"\n"
    if grade.network:
        members |= _network(grade.network)
    members[TRAININGS] = _trainings(grade, key, driver)
    values = {
        "format": FORMAT,
        "grader_version": grader_version,
        "engine": grade.trainings[0].engine,
        "made_on": None if made_on is None else dict(made_on),
        "protocol": grade.protocol.to_dict(),
        "key": key,
        "driver": driver,
        "config_hash": grade.config.config_hash if grade.config else None,
        "score": grade.score.score,
        "upper_median": grade.score.upper_median,
        "interval": list(grade.score.interval),
    }
    values["sha256"] = {
        **{name: digest(text) for name, text in members.items()},
        MANIFEST: seal(values),
    }
    manifest = json.dumps(values, indent=2, allow_nan=False).encode() + b"\n"
    return pack({MANIFEST: manifest, **members})


def check_key(key: str) -> None:
    """Refuses a key that a bundle could not hold.

    Raises:
        ConfigError: It is too long, or is no Unicode text.
    """
    if len(key) > LONGEST_KEY:
        message = f"may have at most {LONGEST_KEY:,} characters in a bundle, not {len(key):,}"
        raise ConfigError(Problem("--seed", message))
    if not key.isascii() and key != key.encode(errors="replace").decode():
        raise ConfigError(Problem("--seed", "must be Unicode text to be kept in a bundle"))


def digest(content: bytes) -> str:
    """SHA-256 of a member."""
    return hashlib.sha256(content).hexdigest()


def seal(values: Mapping[str, Any]) -> str:
    """SHA-256 of a manifest's values without its checksums, however it is spelled."""
    rest = {name: value for name, value in values.items() if name != "sha256"}
    return digest(json.dumps(rest, sort_keys=True, separators=(",", ":")).encode())


def _network(network: Pretrained) -> dict[str, bytes]:
    try:
        return {NETWORK: weights.write(network)}
    except ValueError:
        return {DROPOUT_NETWORK: netjs.write(network).encode()}


def _trainings(grade: Grade, key: str | None, driver: str | None) -> bytes:
    """All trainings, a line for each."""
    seeds: list[list[str]] | list[None] = [None] * len(grade.trainings)
    if key is not None:
        planned = plan(grade.config, grade.protocol, key, driver=driver)
        seeds = [[to_hex(seed) for seed in training.run_seeds] for training in planned]
    lines = [
        json.dumps(_entry(training, run_seeds), allow_nan=False)
        for training, run_seeds in zip(grade.trainings, seeds, strict=True)
    ]
    return ('{"trainings": [\n' + ",\n".join(lines) + "\n]}\n").encode()


def _entry(training: TrainingResult, run_seeds: list[str] | None) -> dict[str, Any]:
    return {
        "seed": None if run_seeds is None else to_hex(training.seed),
        "weights_hash": training.weights_hash or None,
        "median": training.median,
        "curve": [point.to_dict() for point in training.curve],
        "run_seeds": run_seeds,
        "runs": list(training.runs),
        "traces": list(training.traces) or None,
    }
