"""``python -m grader export``: trains a network and writes it into a file that others read."""

import sys
from pathlib import Path

from grader import netjs, weights
from grader.bar import Bar
from grader.entry import load
from grader.errors import ConfigError, DivergedError, Problem
from grader.grading import compute, plan
from grader.pretrained import Pretrained
from grader.protocol import Protocol
from grader.schema import NetworkConfig
from grader.terminal import GRADED, Parser, refuse, say_notes


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
        say_notes(entry, given.config)
        network = entry.network or _trained(entry.config, protocol, given.seed)
        data = netjs.write(network).encode() if given.netjs else weights.write(network)
        _write(given.netjs or given.safetensors, data)
    except ConfigError as error:
        return refuse(error.problems, given.config, as_json=False)
    except (DivergedError, ValueError) as error:
        return refuse((Problem("", str(error)),), given.config, as_json=False)
    return GRADED


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


def _write(target: str, data: bytes) -> None:
    """Writes a file, or to standard output for ``-``.

    Raises:
        ConfigError: It cannot be written.
    """
    if target == "-":
        sys.stdout.buffer.write(data)
        return
    try:
        Path(target).write_bytes(data)
    except (OSError, ValueError) as error:
        reason = getattr(error, "strerror", None) or str(error)
        raise ConfigError(Problem("", f"{target}: {reason[0].lower() + reason[1:]}")) from None
