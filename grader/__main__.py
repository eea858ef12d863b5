"""The command line: ``python -m grader CONFIG`` grades a configuration with no site.

A CONFIG is a configuration in JSON or YAML, or a submission file of the original, net.js; with
weights in it, or beside it, the trained network is driven as it is.
"""

import argparse
import sys
from collections.abc import Callable
from functools import partial

from grader import bundle, commands, table
from grader.bar import Bar
from grader.check import Check, check
from grader.cost import BUDGET_SECONDS
from grader.engines import COMPILED, ENGINES
from grader.entry import Entry, load
from grader.errors import ConfigError, DivergedError, Problem
from grader.grade import Grade
from grader.grading import grade
from grader.made_on import made_on
from grader.output import Output
from grader.protocol import Protocol
from grader.terminal import UNUSABLE, Parser, guarded, print_json, refuse, say_notes

GRADED = 0
"""Exit code; 2: unusable, 130: interrupted."""
PROTOCOLS = {"standard": Protocol(), "official": Protocol.official()}
"""Named protocols: ours, and the original competition's."""
OWN = ("rules", "trainings", "runs", "frames")
"""Options that change one part of a protocol."""


def parser() -> Parser:
    """The options; those of the protocol have the standard one's parts as their defaults."""
    standard = PROTOCOLS["standard"]
    options = Parser(
        prog="python -m grader",
        description="Grades a network configuration, or a trained network.",
        epilog="Other commands: python -m grader verify -h: repeat what a bundle holds; "
        "python -m grader export -h: write a trained network into a file.",
    )
    add = options.add_argument
    add("config", nargs="?", metavar="CONFIG", help="JSON, YAML or net.js; - for standard input")
    add("--weights", metavar="FILE", help="safetensors of a trained network, driven as it is")
    add("--train", action="store_true", help="train anew although a net.js has weights")
    add("--driver", metavar="NAME", help="grade a scripted driver instead, as gap-seeker-10")
    add("--protocol", choices=PROTOCOLS, default="standard", help="official: 500 runs as in 2018")
    add("--rules", help=f"ruleset ({standard.rules})")
    add("--trainings", type=int, metavar="T", help=f"trainings ({standard.trainings})")
    add("--runs", type=int, metavar="R", help=f"runs of each ({standard.runs})")
    add("--frames", type=int, metavar="F", help=f"frames of a run ({standard.frames})")
    add("--seed", default="0", metavar="S", help="the key that all seeds derive from (%(default)s)")
    add("--jobs", type=int, metavar="N", help="trainings side by side (one a core)")
    add("--engine", choices=ENGINES, default=COMPILED, help="who trains (%(default)s)")
    add("--check", action="store_true", help="only say what CONFIG is and what it costs")
    add(
        "--budget",
        type=float,
        default=BUDGET_SECONDS,
        metavar="S",
        help="with --check: reference core-seconds that it may cost (%(default)s)",
    )
    add("--json", action="store_true", help="print one JSON object")
    add("--bundle", metavar="ZIP", help="also write all that the grade follows from, to verify it")
    add("--plot", metavar="FILE", help="also draw curves and runs: a .png, .svg or .pdf")
    return options


def main(arguments: list[str] | None = None) -> int:
    """Runs the command; returns its exit code."""
    arguments = sys.argv[1:] if arguments is None else arguments
    if arguments and arguments[0] in commands.COMMANDS:
        return commands.run(arguments[0], arguments[1:])
    given = _given(arguments)
    source = given.config or "command line"
    try:
        protocol = protocol_of(given)
        wanted = _outputs(given)  # before hours of training, not after
    except ConfigError as error:
        return refuse(error.problems, "command line", as_json=given.json)
    try:
        entry = load(given.config, weights_file=given.weights) if given.config else None
        if entry and given.train:
            entry = entry._replace(network=None)
        if entry:
            say_notes(entry.notes, source)
            protocol = driven_once(entry, protocol, given)
        if entry and given.check:
            checked = check(entry, protocol, engine=given.engine, budget=given.budget)
            return _say_check(checked, as_json=given.json)
        result = _grade(entry, protocol, given)
        for output, content in wanted:
            output.write(content(result))
    except ConfigError as error:
        return refuse(error.problems, source, as_json=given.json)
    except DivergedError as error:
        return refuse((Problem("", str(error)),), source, as_json=given.json)
    return GRADED


def _given(arguments: list[str]) -> argparse.Namespace:
    options = parser()
    given = options.parse_args(arguments)
    if (given.config is None) == (given.driver is None):
        options.error("give either a CONFIG or a --driver")
    for name in ("check", "weights", "train"):
        if given.driver and getattr(given, name):
            options.error(f"--{name} is for a CONFIG")
    if given.check and (given.bundle or given.plot):
        options.error("--check grades nothing, so there is no --bundle or --plot of it")
    if given.weights and given.train:
        options.error("give either --weights or --train")
    if given.jobs is not None and given.jobs < 1:
        options.error(f"--jobs: must be at least 1, not {given.jobs}")
    return given


def protocol_of(given: argparse.Namespace) -> Protocol:
    """The protocol named, with the parts that are given apart.

    Raises:
        ConfigError: A part is out of bounds.
    """
    parts = {name: getattr(given, name) for name in OWN if getattr(given, name) is not None}
    return Protocol.from_dict(PROTOCOLS[given.protocol].to_dict() | parts)


def driven_once(entry: Entry, protocol: Protocol, given: argparse.Namespace) -> Protocol:
    """A trained network is one training.

    Raises:
        ConfigError: More were asked for.
    """
    if entry.network is None:
        return protocol
    if given.trainings not in {None, 1}:
        message = f"a trained network is driven, not trained: leave --trainings {given.trainings}"
        raise ConfigError(Problem("trainings", f"{message} out, or train it anew with --train"))
    return protocol.model_copy(update={"trainings": 1})


def _say_check(checked: Check, *, as_json: bool) -> int:
    """Says what it is and costs; a cost beyond the budget is refused as any fault is."""
    refused = () if checked.refusal is None else (Problem("", str(checked.refusal)),)
    if as_json:
        problems = [problem._asdict() for problem in refused]
        print_json(checked.values() | {"problems": problems})
    else:
        print(checked.text(), flush=True)
    for problem in refused:
        print(problem, file=sys.stderr)
    return UNUSABLE if refused else GRADED


def _grade(entry: Entry | None, protocol: Protocol, given: argparse.Namespace) -> Grade:
    config = entry.config if entry else None
    bar = Bar(config, protocol, sys.stderr)
    try:
        result = grade(
            config,
            protocol,
            given.seed,
            driver=given.driver,
            network=entry.network if entry else None,
            engine=given.engine,
            jobs=given.jobs,
            on_progress=bar.show,
        )
    finally:
        bar.close()
    if given.json:
        notes = [note._asdict() for note in entry.notes] if entry else []
        print_json(result.to_dict() | {"notes": notes})
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
