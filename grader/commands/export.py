"""``python -m grader export``: trains a network and writes it into a file that others read."""

import sys

from grader import netjs, weights
from grader.bar import Bar
from grader.entry import load
from grader.errors import ConfigError, DivergedError, Problem
from grader.grading import compute, plan
from grader.output import Output
from grader.pretrained import Pretrained
from grader.protocol import Protocol
from grader.schema import NetworkConfig
from grader.terminal import Parser, refuse, say_notes

DONE = 0
"""Exit code; 2: unusable."""


def parser() -> Parser:
    """The options."""
    options = Parser(
        prog="python -m grader export",
        description="Trains a network, or takes a trained one, and writes it into a file.",
    )
    add = options.add_argument
    add("config", metavar="CONFIG", help="JSON, YAML or net.js; - for standard input")
    add("--weights", metavar="FILE", help="safetensors of a trained network")
    formats = options.add_mutually_exclusive_group(required=True)
    formats.add_argument("--netjs", metavar="FILE", nargs="?", const="-", help="the original's")
    formats.add_argument("--safetensors", metavar="FILE", help="the weights alone")
    add("--rules", default="open", help="ruleset that it is trained in (%(default)s)")
    add("--seed", default="0", metavar="S", help="as in grading (%(default)s)")
    add("--training", type=int, default=1, metavar="K", help="which of the trainings (%(default)s)")
    return options


def main(arguments: list[str]) -> int:
    """Runs the command; returns its exit code."""
    options = parser()
    given = options.parse_args(arguments)
    try:
        protocol = Protocol.from_dict(
            {"rules": given.rules, "trainings": given.training, "runs": 1}
        )
    except ConfigError as error:
        names = {"trainings": "--training", "rules": "--rules"}
        options.error("; ".join(f"{names[p.field]}: {p.message}" for p in error.problems))
    try:
        entry = load(given.config, weights_file=given.weights)
        say_notes(entry.notes, given.config)
        output = _output(given.netjs, given.safetensors)  # before the training, not after
        network = entry.network or _trained(entry.config, protocol, given.seed)
        data = netjs.write(network).encode() if given.netjs else weights.write(network)
        if output is None:
            sys.stdout.buffer.write(data)
        else:
            output.write(data)
    except ConfigError as error:
        return refuse(error.problems, given.config, as_json=False)
    except (DivergedError, ValueError) as error:
        return refuse((Problem("", str(error)),), given.config, as_json=False)
    return DONE


def _output(as_netjs: str | None, as_safetensors: str | None) -> Output | None:
    """Where to write; None is standard output."""
    if as_netjs == "-":
        return None
    option = "--netjs" if as_netjs else "--safetensors"
    return Output(option, as_netjs or str(as_safetensors))


def _trained(config: NetworkConfig, protocol: Protocol, key: str) -> Pretrained:
    """The last of the protocol's trainings; it is the same beside others and alone."""
    found: list[Pretrained] = []
    one = protocol.model_copy(update={"trainings": 1})
    bar = Bar(config, one, sys.stderr)
    training = plan(config, protocol, key)[-1]
    try:
        compute(
            config,
            protocol,
            [training],
            on_progress=lambda progress: bar.show(progress._replace(training=0)),
            on_result=lambda result: found.append(Pretrained.of(config, result.matrices)),
        )
    finally:
        bar.close()
    return found[0]
