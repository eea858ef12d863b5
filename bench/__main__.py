"""python -m bench: measures, prints, and writes build/bench.json."""

import argparse
import json
import os
import platform
import sys
from collections.abc import Sequence
from importlib import import_module
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path
from typing import Any, Protocol, cast

RESULTS = Path(__file__).resolve().parents[1] / "build" / "bench.json"
PACKAGES = ("numpy", "numba", "torch", "gymnasium", "highway-env", "stable-baselines3")
# Loaded when they are run: copies are processes that load this module, and need no torch.
PARTS = {
    "simulator": "bench.simulator",
    "training": "bench.training",
    "standing": "bench.standing",
    "load": "bench.load.measure",
}
WHEN_ASKED = {"load"}
"""Run by their name alone: it takes ten minutes and a PostgreSQL server."""


class Figures(Protocol):
    """What a part measured."""

    def as_json(self) -> dict[str, Any]: ...

    def table(self) -> list[str]: ...

    def comparisons(self) -> list[str]: ...

    def failures(self) -> list[str]: ...


def machine(names: Sequence[str] = PACKAGES) -> str:
    """Returns a line on what it runs on."""
    cpu = platform.processor() or platform.machine()
    cpuinfo = Path("/proc/cpuinfo")
    if cpuinfo.exists():
        named = [line for line in cpuinfo.read_text().splitlines() if line.startswith("model name")]
        cpu = named[0].split(":")[1].strip() if named else cpu
    packages = ", ".join(f"{name} {_version(name)}" for name in names)
    load = os.getloadavg()[0]
    return (
        f"{os.cpu_count()} x {cpu}, load {load:.1f}; Python {platform.python_version()}, {packages}"
    )


def _version(name: str) -> str:
    try:
        return version(name)
    except PackageNotFoundError:
        return "missing"


def keep(part: str, figures: dict[str, Any], results: Path = RESULTS) -> None:
    """Writes one part of the results, leaving the others as they are."""
    held = json.loads(results.read_text()) if results.exists() else {}
    results.parent.mkdir(exist_ok=True)
    results.write_text(json.dumps({**held, part: figures}, indent=2) + "\n")


def run(part: str, *, rounds: int) -> list[str]:
    """Measures one part, prints and keeps it; returns what it missed."""
    figures = cast("Figures", import_module(PARTS[part]).run(rounds=rounds))
    keep(part, figures.as_json())
    print(*figures.table(), "", *figures.comparisons(), "", sep="\n", flush=True)
    return figures.failures()


def main() -> int:
    """Returns 0 if every gate is reached and no peer was slowed down."""
    parser = argparse.ArgumentParser(prog="python -m bench", description=__doc__)
    parser.add_argument("--rounds", type=int, default=7)
    parser.add_argument("--only", choices=PARTS, help="run this part alone")
    given = parser.parse_args()
    if given.rounds < 1:
        parser.error(f"rounds is {given.rounds}; it must be 1 or more.")
    print(machine(), flush=True)
    parts = [given.only] if given.only else [it for it in PARTS if it not in WHEN_ASKED]
    failures = [failure for part in parts for failure in run(part, rounds=given.rounds)]
    print(*(f"MISSED: {failure}" for failure in failures), sep="\n", end="\n" if failures else "")
    return 1 if failures else 0


if __name__ == "__main__":
    sys.exit(main())
