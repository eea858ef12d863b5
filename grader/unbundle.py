"""Reading a bundle: every fault is named by its member and field before anything is computed."""

import json
from collections.abc import Iterator
from itertools import chain
from typing import Any, NoReturn, TypeVar

import numpy as np
from pydantic import BaseModel, ValidationError

from grader import config, netjs, network_file, scoring, weights
from grader.bundle import (
    CONFIG,
    DROPOUT_NETWORK,
    FORMAT,
    MANIFEST,
    NETWORK,
    TRAININGS,
    Bundle,
    Entry,
    Manifest,
    Trainings,
    digest,
    seal,
)
from grader.document import MAX_BYTES, MAX_DIGITS
from grader.errors import ConfigError, Problem, field_name, shown
from grader.grading import plan
from grader.messages import wording
from grader.packed import unpack
from grader.pretrained import Pretrained
from grader.seeds import to_hex

BOUNDS = {
    MANIFEST: 64 * 1024,
    CONFIG: MAX_BYTES,
    NETWORK: weights.MAX_BYTES,
    DROPOUT_NETWORK: netjs.MAX_BYTES,
    TRAININGS: 4_000_000,
}
"""Most bytes of each member, unpacked; 20 trainings of 1,000 runs have 1,700,000."""
MOST_PROBLEMS = 10
"""Named at once [1]; more are only counted."""

Model = TypeVar("Model", bound=BaseModel)


def read(data: bytes) -> Bundle:
    """Reads a bundle.

    Raises:
        ConfigError: It is none, is damaged, was changed, or contradicts itself; names the places.
    """
    members = unpack(data, BOUNDS)
    for name in (MANIFEST, TRAININGS):
        if name not in members:
            raise ConfigError(Problem(name, "is missing"))
    values = _json(MANIFEST, members[MANIFEST])
    _check_format(values)
    manifest = _validated(Manifest, MANIFEST, values)
    graded = _config(members[CONFIG]) if CONFIG in members else None
    network = _network(members, graded)
    listed = _validated(Trainings, TRAININGS, _json(TRAININGS, members[TRAININGS]))
    bundle = Bundle(manifest, graded, network, tuple(listed.trainings))
    problems = list(_contradictions(bundle)) or list(_changed(members, values, manifest))
    if problems:
        raise ConfigError(*_first(problems))
    return bundle


def _json(member: str, content: bytes) -> Any:
    """Strict JSON: numbers that can be meant, no field twice."""

    def refuse(word: str) -> NoReturn:
        raise ConfigError(Problem(member, f"must have finite numbers only, not {word}"))

    def whole(digits: str) -> int:
        if len(digits) > MAX_DIGITS:
            message = f"has a number of more than {MAX_DIGITS} digits: {shown(digits)}"
            raise ConfigError(Problem(member, message))
        return int(digits)

    def fields(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
        values = dict(pairs)
        if len(values) < len(pairs):
            names = [name for name, _ in pairs]
            twice = next(name for name in names if names.count(name) > 1)
            raise ConfigError(Problem(member, f"the field {shown(twice)} is given twice"))
        return values

    try:
        return json.loads(
            content.decode(), parse_constant=refuse, parse_int=whole, object_pairs_hook=fields
        )
    except json.JSONDecodeError as error:
        place = f"not JSON at line {error.lineno}, column {error.colno}"
        raise ConfigError(Problem(member, f"{place}: {error.msg.lower()}")) from None
    except UnicodeDecodeError as error:
        raise ConfigError(Problem(member, f"not UTF-8 text at byte {error.start:,}")) from None
    except RecursionError:
        raise ConfigError(Problem(member, "is nested too deep")) from None


def _check_format(values: Any) -> None:
    """Before the fields, which another format may have others of."""
    found = values.get("format") if isinstance(values, dict) else None
    if isinstance(found, int) and found != FORMAT:
        message = f"this grader reads format {FORMAT}, not {shown(found)}"
        raise ConfigError(Problem(f"{MANIFEST}: format", message))


def _validated(model: type[Model], member: str, values: Any) -> Model:
    try:
        return model.model_validate(values)
    except ValidationError as error:
        problems = [
            Problem(_place(member, tuple(detail["loc"])), wording(detail))
            for detail in error.errors(include_url=False)
        ]
        raise ConfigError(*_first(problems)) from None


def _place(member: str, path: tuple[str | int, ...]) -> str:
    return f"{member}: {field_name(path)}" if path else member


def _config(content: bytes) -> config.NetworkConfig:
    try:
        return config.parse(content)
    except ConfigError as error:
        raise ConfigError(
            *(Problem(f"{CONFIG}:{it.line or 1}", str(it)) for it in _first(list(error.problems)))
        ) from None


def _network(members: dict[str, bytes], graded: config.NetworkConfig | None) -> Pretrained | None:
    """The weights, for the configuration beside them: the original knew not all of its fields."""
    found = [name for name in (NETWORK, DROPOUT_NETWORK) if name in members]
    if not found:
        return None
    name = found[0]
    if graded is None or len(found) > 1:
        raise ConfigError(Problem(name, f"must stand beside {CONFIG} and no other network"))
    try:
        return network_file.read(members[name], name, graded)
    except ConfigError as error:
        raise ConfigError(
            *(
                Problem(f"{name}:{it.line}" if it.line else name, str(it))
                for it in _first(list(error.problems))
            )
        ) from None


def _contradictions(bundle: Bundle) -> Iterator[Problem]:
    """Fields that are each right and cannot all be true."""
    manifest, network = bundle.manifest, bundle.config
    if (network is None) == (manifest.driver is None):
        there = "is missing, and no driver is" if network is None else "is there, and a driver is"
        yield Problem(CONFIG, f"{there} named in {MANIFEST}; one of the two was graded")
        return
    if manifest.config_hash != (network.config_hash if network else None):
        found = network.config_hash if network else "none, since a driver was graded"
        yield Problem(f"{MANIFEST}: config_hash", f"must be that of {CONFIG}, {found}")
        return
    protocol, trainings = manifest.protocol, bundle.trainings
    if len(trainings) != protocol.trainings:
        message = f"must be {protocol.trainings} by the protocol, not {len(trainings)}"
        yield Problem(f"{TRAININGS}: trainings", message)
        return
    counts = list(chain.from_iterable(_counts(bundle, *it) for it in enumerate(trainings)))
    yield from counts
    if not counts:
        yield from _seeds(bundle)
        yield from _medians(bundle)


def _counts(bundle: Bundle, index: int, training: Entry) -> Iterator[Problem]:
    """Lists that must be as long as there are runs."""
    runs = bundle.manifest.protocol.runs
    for name in ("runs", "traces", "run_seeds"):
        entries = getattr(training, name)
        if entries is not None and len(entries) != runs:
            message = f"must have {runs} entries by the protocol, not {len(entries)}"
            yield Problem(_place(TRAININGS, ("trainings", index, name)), message)


def _seeds(bundle: Bundle) -> Iterator[Problem]:
    """Seeds are those that the key derives, or none."""
    manifest = bundle.manifest
    if manifest.key is None:
        for index, training in enumerate(bundle.trainings):
            for name in ("seed", "run_seeds"):
                if getattr(training, name) is not None:
                    place = _place(TRAININGS, ("trainings", index, name))
                    yield Problem(place, f"must be null, as the key in {MANIFEST} is")
        return
    planned = plan(bundle.config, manifest.protocol, manifest.key, driver=manifest.driver)
    for planned_one, entry in zip(planned, bundle.trainings, strict=True):
        path = ("trainings", planned_one.index)
        if entry.seed != (seed := to_hex(planned_one.seed)):
            message = f"must be {seed} by the key, not {shown(entry.seed)}"
            yield Problem(_place(TRAININGS, (*path, "seed")), message)
        if entry.run_seeds is None:
            yield Problem(_place(TRAININGS, (*path, "run_seeds")), "must not be null beside a key")
            continue
        for run, found in enumerate(entry.run_seeds):
            if found != (seed := to_hex(planned_one.run_seeds[run])):
                message = f"must be {seed} by the key, not {found}"
                yield Problem(_place(TRAININGS, (*path, "run_seeds", run)), message)


def _medians(bundle: Bundle) -> Iterator[Problem]:
    """Numbers that follow from the runs."""
    speeds = np.array([training.runs for training in bundle.trainings])
    for index, training in enumerate(bundle.trainings):
        if training.median != (found := scoring.median(speeds[index])):
            place = _place(TRAININGS, ("trainings", index, "median"))
            yield Problem(place, f"must be that of the runs, {found!r}, not {training.median!r}")
    for name, take in (("score", scoring.median), ("upper_median", scoring.upper_median)):
        if getattr(bundle.manifest, name) != (found := take(speeds)):
            message = f"must be that of the runs, {found!r}, not {getattr(bundle.manifest, name)!r}"
            yield Problem(f"{MANIFEST}: {name}", message)


def _changed(members: dict[str, bytes], values: Any, manifest: Manifest) -> Iterator[Problem]:
    """Members that are not as they were when the bundle was written."""
    found = {name: digest(text) for name, text in members.items()} | {MANIFEST: seal(values)}
    for name in sorted({*found, *manifest.sha256}):
        written = manifest.sha256.get(name)
        if name not in found or written is None:
            yield Problem(_place(MANIFEST, ("sha256", name)), "must be given for each member")
        elif found[name] != written:
            message = f"its SHA-256 is {found[name][:16]}..., not {written[:16]}..."
            yield Problem(name, f"was changed after the bundle was written: {message}")


def _first(problems: list[Problem]) -> list[Problem]:
    if len(problems) <= MOST_PROBLEMS:
        return problems
    rest = Problem("", f"and {len(problems) - MOST_PROBLEMS:,} problems more")
    return [*problems[:MOST_PROBLEMS], rest]
