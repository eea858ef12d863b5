"""The command line: ``python -m grader CONFIG`` grades a configuration with no site."""

import argparse
import json
import os
import signal
import sys
from pathlib import Path
from typing import Any, NoReturn

from grader import table
from grader.bar import CLEAR_LINE, Bar
from grader.config import parse
from grader.cost import estimate
from grader.document import MAX_BYTES
from grader.engines import COMPILED, ENGINES
from grader.errors import ConfigError, DivergedError, Problem
from grader.grading import grade
from grader.protocol import Protocol
from grader.schema import NetworkConfig

GRADED, UNUSABLE, INTERRUPTED = 0, 2, 130
"""Exit codes."""


class Parser(argparse.ArgumentParser):
    """Says what is wrong in one line."""

    def error(self, message: str) -> NoReturn:
        """Ends the program."""
        self.exit(UNUSABLE, f"{self.prog}: {message}\n")


def parser() -> Parser:
    """The options, with the standard protocol as their defaults."""
    standard = Protocol()
    options = Parser(prog="python -m grader", description="Grades a network configuration.")
    add = options.add_argument
    add("config", nargs="?", metavar="CONFIG", help="a JSON or YAML file; - for standard input")
    add("--driver", metavar="NAME", help="grade a scripted driver instead, as gap-seeker-10")
    add("--rules", default=standard.rules, help="ruleset (%(default)s)")
    add("--trainings", type=int, default=standard.trainings, help="trainings (%(default)s)")
    add("--runs", type=int, default=standard.runs, help="runs of each (%(default)s)")
    add("--frames", type=int, default=standard.frames, help="frames of a run (%(default)s)")
    add("--seed", default="0", metavar="S", help="the key that all seeds derive from (%(default)s)")
    add("--jobs", type=int, metavar="N", help="trainings side by side (one a core)")
    add("--engine", choices=ENGINES, default=COMPILED, help="who trains (%(default)s)")
    add("--check", action="store_true", help="only say whether CONFIG is valid and what it costs")
    add("--json", action="store_true", help="print one JSON object")
    return options


def main(arguments: list[str] | None = None) -> int:
    """Runs the command; returns its exit code."""
    options = parser()
    given = options.parse_args(arguments)
    if (given.config is None) == (given.driver is None):
        options.error("give either a CONFIG or a --driver")
    if given.check and given.driver:
        options.error("--check is for a CONFIG")
    if given.jobs is not None and given.jobs < 1:
        options.error(f"--jobs: must be at least 1, not {given.jobs}")
    source = given.config or "command line"
    names = ("rules", "trainings", "runs", "frames")
    try:
        protocol = Protocol.from_dict({name: getattr(given, name) for name in names})
    except ConfigError as error:
        return _refuse(error.problems, "command line", as_json=given.json)
    try:
        config = parse(_read(given.config)) if given.config else None
        if config and given.check:
            _print_check(config, protocol, as_json=given.json)
        else:
            _grade(config, protocol, given)
    except ConfigError as error:
        return _refuse(error.problems, source, as_json=given.json)
    except DivergedError as error:
        return _refuse((Problem("", str(error)),), source, as_json=given.json)
    return GRADED


def _read(source: str) -> bytes:
    """A file's bytes, no more than are looked at.

    Raises:
        ConfigError: It cannot be read.
    """
    try:
        if source == "-":
            return sys.stdin.buffer.read(MAX_BYTES + 1)
        with Path(source).open("rb") as file:
            return file.read(MAX_BYTES + 1)
    except (OSError, ValueError) as error:
        reason = getattr(error, "strerror", None) or str(error)
        raise ConfigError(Problem("", reason[0].lower() + reason[1:])) from None


def _print_check(config: NetworkConfig, protocol: Protocol, *, as_json: bool) -> None:
    cost = estimate(config, protocol)
    if not as_json:
        print(table.checked(config, cost))
        return
    _print_json(
        {
            "config": config.model_dump(mode="json"),
            "config_hash": config.config_hash,
            "protocol": protocol.to_dict(),
            "phrase": config.phrase,
            "inputs": config.num_inputs,
            "parameters": config.parameters,
            "estimate": {"seconds": round(cost.seconds, 1), "bytes": cost.bytes},
        }
    )


def _grade(config: NetworkConfig | None, protocol: Protocol, given: argparse.Namespace) -> None:
    bar = Bar(config, protocol, sys.stderr)
    try:
        result = grade(
            config,
            protocol,
            given.seed,
            driver=given.driver,
            engine=given.engine,
            jobs=given.jobs,
            on_progress=bar.show,
        )
    finally:
        bar.close()
    if given.json:
        _print_json(result.to_dict())
    else:
        print(table.graded(result, config.phrase if config else given.driver))


def _refuse(problems: tuple[Problem, ...], source: str, *, as_json: bool) -> int:
    for problem in problems:
        print(problem.located(source), file=sys.stderr)
    if as_json:
        _print_json({"problems": [problem._asdict() for problem in problems]})
    return UNUSABLE


def _print_json(values: dict[str, Any]) -> None:
    print(json.dumps(values, allow_nan=False))


def _end_at_once(*_: object) -> NoReturn:
    """On Ctrl-C: an exception could be lost in a library's callback. There is nothing to save."""
    if sys.stderr.isatty():
        os.write(sys.stderr.fileno(), CLEAR_LINE.encode())
    os._exit(INTERRUPTED)


def _guarded() -> int:
    signal.signal(signal.SIGINT, _end_at_once)
    try:
        code = main()
        sys.stdout.flush()
    except BrokenPipeError:
        # the reader left; nobody is there to be told, not even by the flush at exit
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return 1
    return code


if __name__ == "__main__":
    sys.exit(_guarded())
