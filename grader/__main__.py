"""The command line: ``python -m grader CONFIG`` grades a configuration with no site."""

import argparse
import sys
from collections.abc import Callable
from functools import partial

from grader import bundle, commands, table
from grader.bar import Bar
from grader.config import parse
from grader.cost import estimate
from grader.document import MAX_BYTES
from grader.engines import COMPILED, ENGINES
from grader.errors import ConfigError, DivergedError, Problem
from grader.grade import Grade
from grader.grading import grade
from grader.made_on import made_on
from grader.output import Output
from grader.protocol import Protocol
from grader.schema import NetworkConfig
from grader.terminal import Parser, guarded, print_json, read, refuse

GRADED = 0
"""Exit code; 2: unusable, 130: interrupted."""


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
    add("--bundle", metavar="ZIP", help="also write all that the grade follows from, to verify it")
    add("--plot", metavar="FILE", help="also draw curves and runs: a .png, .svg or .pdf")
    options.epilog = "python -m grader verify BUNDLE repeats what a bundle holds."
    return options


def main(arguments: list[str] | None = None) -> int:
    """Runs the command; returns its exit code."""
    words = sys.argv[1:] if arguments is None else arguments
    if words and words[0] in commands.COMMANDS:
        return commands.run(words[0], words[1:])
    given = _given(words)
    source = given.config or "command line"
    names = ("rules", "trainings", "runs", "frames")
    try:
        protocol = Protocol.from_dict({name: getattr(given, name) for name in names})
        wanted = _outputs(given)  # before hours of training, not after
    except ConfigError as error:
        return refuse(error.problems, "command line", as_json=given.json)
    try:
        config = parse(read(given.config, MAX_BYTES)) if given.config else None
        if config and given.check:
            _print_check(config, protocol, as_json=given.json)
        else:
            result = _grade(config, protocol, given)
            for output, content in wanted:
                output.write(content(result))
    except ConfigError as error:
        return refuse(error.problems, source, as_json=given.json)
    except DivergedError as error:
        return refuse((Problem("", str(error)),), source, as_json=given.json)
    return GRADED


def _given(words: list[str]) -> argparse.Namespace:
    """The options as they were given; ends the program where they contradict each other."""
    options = parser()
    given = options.parse_args(words)
    if (given.config is None) == (given.driver is None):
        options.error("give either a CONFIG or a --driver")
    if given.check and given.driver:
        options.error("--check is for a CONFIG")
    if given.check and (given.bundle or given.plot):
        options.error("--check grades nothing, so there is no --bundle or --plot of it")
    if given.jobs is not None and given.jobs < 1:
        options.error(f"--jobs: must be at least 1, not {given.jobs}")
    return given


def _print_check(config: NetworkConfig, protocol: Protocol, *, as_json: bool) -> None:
    cost = estimate(config, protocol)
    if not as_json:
        print(table.checked(config, cost))
        return
    print_json(
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


def _grade(config: NetworkConfig | None, protocol: Protocol, given: argparse.Namespace) -> Grade:
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
        print_json(result.to_dict())
    else:
        print(table.graded(result, config.phrase if config else given.driver))
    return result


def _outputs(given: argparse.Namespace) -> list[tuple[Output, Callable[[Grade], bytes]]]:
    """The files to write beside what is printed, and what makes each from a grade.

    Raises:
        ConfigError: One could not be written, or not be read again.
    """
    wanted: list[tuple[Output, Callable[[Grade], bytes]]] = []
    if given.bundle:
        bundle.check_key(given.seed)
        details = {"key": given.seed, "driver": given.driver, "made_on": made_on()}
        wanted.append((Output("--bundle", given.bundle), partial(bundle.write, **details)))
    if given.plot:
        from grader import plot  # noqa: PLC0415 - loads matplotlib

        output = Output("--plot", given.plot, endings=plot.ENDINGS)
        wanted.append((output, partial(plot.draw, name=given.driver, ending=output.ending)))
    return wanted


if __name__ == "__main__":
    sys.exit(guarded(main))
