"""Repeats what a bundle holds and says where the two first differ, causes before effects."""

from collections.abc import Iterator, Sequence
from itertools import zip_longest
from typing import Any, NamedTuple

from grader.bundle import Bundle, Entry
from grader.engines import COMPILED, ENGINES
from grader.errors import ConfigError, DivergedError, Problem
from grader.grade import Grade, TrainingResult
from grader.grading import grade
from grader.progress import OnProgress, unheard

SHORT = 12
"""Digits of a hash that are shown [1]."""


class Difference(NamedTuple):
    """One thing that came out otherwise.

    Attributes:
        place: As people say it, such as ``training 2, run 17: decisions``.
        bundle: What the bundle holds.
        here: What came out here; None if nothing did.
    """

    place: str
    bundle: Any
    here: Any

    def __str__(self) -> str:
        return f"{self.place}: {_shown(self.bundle)} in the bundle, {_shown(self.here)} here"


def repeat(
    bundle: Bundle, key: str, *, jobs: int | None = None, on_progress: OnProgress = unheard
) -> list[Difference]:
    """Grades again what a bundle holds; an empty list: everything came out the same.

    Args:
        bundle: As ``unbundle.read`` gave it.
        key: Its own, or for one without seeds the published one.
        jobs: Trainings computed side by side.
        on_progress: Told of each training about twice a second.

    Raises:
        ConfigError: This grader has no such engine or driver.
    """
    manifest = bundle.manifest
    trained = bundle.config is not None and bundle.network is None
    if trained and manifest.engine not in ENGINES:
        message = f"this grader has no {manifest.engine!r}; it has {', '.join(ENGINES)}"
        raise ConfigError(Problem("manifest.json: engine", message))
    try:
        found = grade(
            bundle.config,
            manifest.protocol,
            key,
            driver=manifest.driver,
            network=bundle.network,
            engine=manifest.engine if manifest.engine in ENGINES else COMPILED,
            jobs=jobs,
            on_progress=on_progress,
        )
    except DivergedError as error:
        entry = bundle.trainings[error.index]
        return [Difference(f"training {error.index + 1}: median", entry.median, str(error))]
    return list(differences(bundle, found))


def differences(bundle: Bundle, found: Grade) -> Iterator[Difference]:
    """What differs: of each training the first of each kind, then what follows from all runs."""
    for entry, training in zip(bundle.trainings, found.trainings, strict=True):
        yield from _of_training(entry, training)
    manifest, score = bundle.manifest, found.score
    for place, written, computed in (
        ("score", manifest.score, score.score),
        ("upper median", manifest.upper_median, score.upper_median),
        ("bootstrap interval", manifest.interval, list(score.interval)),
    ):
        if written != computed:
            yield Difference(place, written, computed)


def _of_training(entry: Entry, training: TrainingResult) -> Iterator[Difference]:
    name = f"training {training.index + 1}"
    written = [point.model_dump() for point in entry.curve]
    yield from _of_curve(name, written, [point.to_dict() for point in training.curve])
    if (entry.weights_hash or "") != training.weights_hash:
        yield Difference(f"{name}: trained weights", entry.weights_hash, training.weights_hash)
    traces = entry.traces if training.traces else None
    yield from _first(name, "decisions", traces or (), training.traces if traces else ())
    yield from _first(name, "average speed", entry.runs, training.runs)


def _of_curve(
    name: str, written: list[dict[str, Any]], computed: list[dict[str, Any]]
) -> Iterator[Difference]:
    """The first point, and in it the first field, that differs."""
    nothing: dict[str, Any] = {}
    for there, here in zip_longest(written, computed, fillvalue=nothing):
        if there != here:
            iteration = there.get("iteration", here.get("iteration"))
            field = next(it for it in there or here if there.get(it) != here.get(it))
            place = f"{name}: learning curve, first at iteration {iteration:,}: {field}"
            yield Difference(place, there.get(field), here.get(field))
            return


def _first(
    name: str, what: str, written: Sequence[Any], computed: Sequence[Any]
) -> Iterator[Difference]:
    """The first run that differs, and how many do."""
    runs = [run for run, pair in enumerate(zip(written, computed, strict=True)) if len({*pair}) > 1]
    if runs:
        more = f", the first of {len(runs)} runs" if len(runs) > 1 else ""
        place = f"{name}, run {runs[0] + 1}: {what}{more}"
        yield Difference(place, written[runs[0]], computed[runs[0]])


def _shown(value: Any) -> str:
    if isinstance(value, list):
        return " to ".join(map(_shown, value))
    if isinstance(value, str):
        return f"{value[:SHORT]}..." if set(value) <= set("0123456789abcdef") else value
    return "none" if value is None else repr(value)
