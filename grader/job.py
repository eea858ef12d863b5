"""A worker's order to its compute process: one line of JSON, checked before it is believed."""

import binascii
import json
from base64 import b64decode, b64encode
from collections.abc import Mapping
from pathlib import Path
from typing import Annotated, Any, NamedTuple

from pydantic import BaseModel, ConfigDict, Field, ValidationError

from grader import network_file, weights
from grader.config import validate
from grader.engines import COMPILED, ENGINES
from grader.errors import ConfigError, field_name
from grader.grade import Training
from grader.messages import wording
from grader.pretrained import Pretrained
from grader.protocol import Protocol
from grader.schema import NetworkConfig
from grader.seeds import from_hex, to_hex

MAX_LINE = 4 * weights.MAX_BYTES // 3 + 4_000_000
"""Longest job [bytes]: the largest network, and 20 trainings of 1,000 runs have a tenth of the
rest."""

Seed = Annotated[str, Field(pattern=r"^[0-9a-f]{16}$")]


class JobError(ValueError):
    """A job line that the grader did not write."""


class Checkpoints(NamedTuple):
    """Where new checkpoints go and how often, and those to resume from by index of training."""

    folder: Path
    seconds: float
    found: Mapping[int, Path]


class Job(NamedTuple):
    """What is to be computed: exactly one of config and driver, and with a config its network if
    it was trained elsewhere. `record` names the runs to be recorded of each training; None: the
    best, the median and the worst. `engine` is for a configuration: what was graded by another is
    driven again by that one.
    """

    config: NetworkConfig | None
    driver: str | None
    protocol: Protocol
    trainings: tuple[Training, ...]
    network: Pretrained | None = None
    checkpoints: Checkpoints | None = None
    record: tuple[int, ...] | None = None
    engine: str = COMPILED


class _Strict(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid", strict=True)


class _TrainingLine(_Strict):
    index: int = Field(ge=0)
    seed: Seed
    run_seeds: list[Seed] = Field(min_length=1)
    checkpoint: str | None = None


class _CheckpointsLine(_Strict):
    folder: str
    seconds: float = Field(gt=0)


class _NetworkLine(_Strict):
    name: str
    content: str


class _Line(_Strict):
    config: dict[str, Any] | None = None
    network: _NetworkLine | None = None
    driver: str | None = None
    protocol: dict[str, Any]
    trainings: list[_TrainingLine] = Field(min_length=1)
    checkpoints: _CheckpointsLine | None = None
    record: list[Annotated[int, Field(ge=0)]] | None = None
    engine: str = COMPILED


def read(line: bytes) -> Job:
    """Reads a job.

    Raises:
        JobError: The line is not a job; the message is one line long.
    """
    try:
        values = _Line.model_validate(json.loads(line))
        protocol = Protocol.from_dict(values.protocol)
        config = None if values.config is None else validate(values.config)
        network = _network(values.network, config)
    except JobError:
        raise
    except ConfigError as error:
        raise JobError(str(error)) from None
    except ValidationError as error:
        first = error.errors(include_url=False)[0]
        message = f"{field_name(tuple(first['loc'])) or 'job'} {wording(first)}"
        raise JobError(message) from None
    except (ValueError, RecursionError):
        raise JobError("not JSON") from None
    if (config is None) == (values.driver is None):
        raise JobError("exactly one of config and driver must be given")
    if values.engine not in ENGINES:
        raise JobError(f"engine: must be one of {', '.join(ENGINES)}, not {values.engine!r}")
    return Job(
        config,
        values.driver,
        protocol,
        _trainings(values.trainings, protocol),
        network,
        _checkpoints(values),
        _record(values.record, protocol),
        values.engine,
    )


def network_line(name: str, content: bytes) -> dict[str, str]:
    """A trained network's file as a job carries it."""
    return {"name": name, "content": b64encode(content).decode()}


def write(job: Job) -> bytes:
    """The line that ``read`` reads, with its line feed.

    Raises:
        ValueError: The job's network has dropout.
    """
    network = job.network and network_line("weights.safetensors", weights.write(job.network))
    kept = job.checkpoints
    found = {index: str(file) for index, file in kept.found.items()} if kept else {}
    values = {
        "config": job.config.changes() if job.config else None,
        "network": network,
        "driver": job.driver,
        "protocol": job.protocol.to_dict(),
        "trainings": [
            {
                "index": training.index,
                "seed": to_hex(training.seed),
                "run_seeds": [to_hex(seed) for seed in training.run_seeds],
                "checkpoint": found.get(training.index),
            }
            for training in job.trainings
        ],
        "checkpoints": kept and {"folder": str(kept.folder), "seconds": kept.seconds},
        "record": None if job.record is None else list(job.record),
        "engine": job.engine,
    }
    return json.dumps(values).encode() + b"\n"


def _network(line: _NetworkLine | None, config: NetworkConfig | None) -> Pretrained | None:
    if line is None:
        return None
    if config is None:
        raise JobError("network: there must be a config beside it")
    try:
        content = b64decode(line.content, validate=True)
    except binascii.Error as error:
        raise JobError(f"network.content: {str(error).lower()}") from None
    return network_file.read(content, line.name, config)


def _checkpoints(values: _Line) -> Checkpoints | None:
    if values.checkpoints is None:
        return None
    found = {it.index: Path(it.checkpoint) for it in values.trainings if it.checkpoint}
    return Checkpoints(Path(values.checkpoints.folder), values.checkpoints.seconds, found)


def _record(runs: list[int] | None, protocol: Protocol) -> tuple[int, ...] | None:
    if runs is not None and max(runs, default=0) >= protocol.runs:
        raise JobError(f"record: runs must be below {protocol.runs}")
    return None if runs is None else tuple(runs)


def _trainings(lines: list[_TrainingLine], protocol: Protocol) -> tuple[Training, ...]:
    indices = [line.index for line in lines]
    if len(set(indices)) < len(indices) or max(indices) >= protocol.trainings:
        raise JobError(f"trainings: indices must differ and be below {protocol.trainings}")
    if any(len(line.run_seeds) != protocol.runs for line in lines):
        raise JobError(f"trainings: each must have {protocol.runs} run_seeds")
    return tuple(
        Training(line.index, from_hex(line.seed), tuple(map(from_hex, line.run_seeds)))
        for line in lines
    )
