"""python -m simulator drive | render | warm | drivers | speed: the road from the command line."""

import argparse
import os
import sys
from typing import NoReturn

from simulator import commands
from simulator.rules import OPEN, RULESETS

MISUSE = 2  # the exit status that says: not asked for rightly


class Parser(argparse.ArgumentParser):
    """A parser whose complaint is one line."""

    def error(self, message: str) -> NoReturn:
        """Prints it and leaves with status 2."""
        self.exit(MISUSE, f"{self.prog}: {message}\n")


def parser() -> Parser:
    """Returns the parser of all commands."""
    whole = Parser(prog="python -m simulator", description=__doc__)
    called = whole.add_subparsers(dest="command", required=True, metavar="command")

    drive = called.add_parser("drive", help="drive a scripted driver's runs; their speeds")
    _which_run(drive)
    drive.add_argument("--runs", type=int, default=500, help="how many (500)")
    drive.add_argument("--frames", type=int, default=2000, help="the length of each (2000)")
    drive.add_argument("--json", action="store_true", help="one line of JSON, run by run")
    drive.set_defaults(do=commands.drive_runs)

    render = called.add_parser("render", help="write a picture of a road")
    _which_run(render)
    render.add_argument("--frame", type=int, required=True, help="after how many frames")
    render.add_argument("--out", required=True, help="the file to write, .png or .svg")
    render.add_argument("--format", help="png or svg; else by the file's name")
    render.add_argument("--scale", type=int, default=2, help="pixels for each of the road's (2)")
    render.add_argument(
        "--no-view", dest="view", action="store_false", help="don't light up what the ego sees"
    )
    render.set_defaults(do=commands.render)

    warm = called.add_parser("warm", help="compile everything ahead")
    warm.set_defaults(do=lambda _: commands.warm())
    for name, do, text in (
        ("drivers", commands.drivers, "all scripted drivers in one table"),
        ("speed", commands.speed, "frames per second on this machine"),
    ):
        measured = called.add_parser(name, help=text)
        measured.add_argument("--runs", type=int, default=500)
        measured.add_argument("--frames", type=int, default=2000)
        measured.set_defaults(do=do)
    return whole


def _which_run(command: argparse.ArgumentParser) -> None:
    command.add_argument(
        "--driver",
        required=True,
        help="no-action, accelerate, decelerate, left, right, random or gap-seeker-T",
    )
    command.add_argument("--rules", choices=sorted(RULESETS), default=OPEN.name)
    command.add_argument("--other-agents", type=int, default=0, help="0 to 10 (0)")
    command.add_argument(
        "--seed",
        type=int,
        default=0,
        help="of the (first) run; in deeptraffic-v2 the number of the run before it (0)",
    )


def main() -> None:
    """Reads the command line and does what it says."""
    given = parser().parse_args()
    try:
        given.do(given)
        sys.stdout.flush()
    except BrokenPipeError:
        # Whoever read it has seen enough, and Python's own flush at the end shall not complain.
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        sys.exit(1)
    except ValueError as error:
        _refuse(given.command, str(error))
    except OSError as error:
        _refuse(given.command, f"{error.filename}: {error.strerror}")


def _refuse(command: str, reason: str) -> NoReturn:
    print(f"python -m simulator {command}: {reason}", file=sys.stderr)
    sys.exit(MISUSE)


if __name__ == "__main__":
    main()
