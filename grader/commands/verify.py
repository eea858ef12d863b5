"""``python -m grader verify BUNDLE`` repeats a grade and says identical, or where it differs."""

import sys
from typing import Any

from grader import __version__, packed
from grader.bar import Bar
from grader.bundle import Bundle, Manifest
from grader.errors import ConfigError, Problem
from grader.made_on import made_on
from grader.terminal import Parser, print_json, read, refuse
from grader.unbundle import read as unbundle
from grader.verify import Difference, repeat

IDENTICAL, DIFFERS, NO_SEEDS = 0, 1, 3
"""Exit codes; 2: unusable."""


def parser() -> Parser:
    """The options."""
    options = Parser(prog="python -m grader verify", description="Repeats what a bundle holds.")
    add = options.add_argument
    add("bundle", metavar="BUNDLE", help="a zip file made by --bundle or by a site; - for input")
    add("--seed", metavar="S", help="the key, for a bundle that was made before it was published")
    add("--jobs", type=int, metavar="N", help="trainings side by side (one a core)")
    add("--json", action="store_true", help="print one JSON object")
    options.epilog = "A configuration in a file of this name: python -m grader ./verify"
    return options


def main(arguments: list[str]) -> int:
    """Runs the command; returns its exit code."""
    options = parser()
    given = options.parse_args(arguments)
    if given.jobs is not None and given.jobs < 1:
        options.error(f"--jobs: must be at least 1, not {given.jobs}")
    try:
        bundle = unbundle(read(given.bundle, packed.MAX_BYTES))
        key = _key(bundle.manifest, given.seed)
        found = None if key is None else _repeat(bundle, key, given.jobs)
    except ConfigError as error:
        return refuse(error.problems, given.bundle, as_json=given.json)
    verdict, code = _verdict(found)
    if given.json:
        values = [difference._asdict() for difference in found or ()]
        print_json({"verdict": verdict, "differences": values, "notes": _notes(bundle, found)})
    else:
        print("\n".join(_told(bundle, found, f"{given.bundle}: {verdict}")))
    return code


def _key(manifest: Manifest, given: str | None) -> str | None:
    """What the seeds derive from, if anybody has said it.

    Raises:
        ConfigError: The bundle has another key than was given.
    """
    if manifest.key is not None and given not in {None, manifest.key}:
        message = f"is {manifest.key!r}, not the given {given!r}; leave --seed out"
        raise ConfigError(Problem("manifest.json: key", message))
    return manifest.key if given is None else given


def _repeat(bundle: Bundle, key: str, jobs: int | None) -> list[Difference]:
    bar = Bar(bundle.config, bundle.manifest.protocol, sys.stderr)
    try:
        return repeat(bundle, key, jobs=jobs, on_progress=bar.show)
    finally:
        bar.close()


def _verdict(found: list[Difference] | None) -> tuple[str, int]:
    if found is None:
        return "no seeds", NO_SEEDS
    return ("differs", DIFFERS) if found else ("identical", IDENTICAL)


def _told(bundle: Bundle, found: list[Difference] | None, head: str) -> list[str]:
    """The verdict, every difference, and what there is to know about them: a line each."""
    manifest = bundle.manifest
    runs = f"{manifest.protocol.trainings} x {manifest.protocol.runs} runs"
    score = f"score {manifest.score:.2f} mph"
    if found is None:
        head += f": {runs} agree with their {score}; the competition's key, from which they can be "
        head += "repeated, was not public yet. Once it is: --seed KEY"
    elif not found:
        head += f": {runs} repeated, {score}"
    elif [difference.place for difference in found] == ["bootstrap interval"]:
        head += " in the bootstrap interval only"
    return [head, *map(str, found or ()), *_notes(bundle, found)]


def _notes(bundle: Bundle, found: list[Difference] | None) -> list[str]:
    """What a reader of the verdict should know."""
    manifest, notes = bundle.manifest, []
    if any(training.traces is None for training in bundle.trainings):
        notes.append("note: it holds no traces, so of the runs only average speeds are compared")
    if manifest.grader_version != __version__:
        note = f"note: made by grader {manifest.grader_version}, this is {__version__}"
        notes.append(f"{note}: a difference between them is no fault")
    if found and manifest.engine == "torch-stacked":
        notes += [
            "note: torch has the same bits on the same machine and versions alone",
            *_here(manifest),
        ]
    return notes


def _here(manifest: Manifest) -> list[str]:
    """What it was made with and what there is here, where they differ."""
    there: dict[str, Any] = manifest.made_on.model_dump() if manifest.made_on else {}
    return [
        f"note: {name} {there[name]} in the bundle, {value} here"
        for name, value in made_on().items()
        if name in there and there[name] != value
    ]
