"""Runs the linters and the tests, times every step, and says at the end what ran on what.

Tests wait a lot: for processes to start and for leases to run out. So there are more of them at a
time than processors, and the linters and the tests on SQLite run beside those on PostgreSQL. What
has times to keep comes after all of them, alone.
"""

import json
import os
import subprocess
import sys
import tempfile
import time
from collections.abc import Mapping
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
PROGRAMS = Path(sys.executable).parent

LINT = {
    "ruff check": ["ruff", "check", "."],
    "ruff format": ["ruff", "format", "--check", "."],
    "mypy --strict": ["mypy"],
    "shellcheck": ["shellcheck", ".ci/run", *map(str, sorted(ROOT.glob("scripts/*.sh")))],
    "arrows between the rooms": ["lint-imports"],
    "templates": ["djlint", "--lint", "--quiet", "leaderboard/templates"],
    "node --test": ["node", "--test", *map(str, sorted(ROOT.glob("tests/js/*.test.js")))],
}
POSTGRESQL = {
    "tests on PostgreSQL": (
        ["pytest", "-q", "-m", "not alone", "-n", str(3 * (os.cpu_count() or 1) // 2)],
        {"OVERTAKE_TEST_DATABASE": "postgresql"},
    )
}
# What the embedded mode brings along: no server of this machine takes part
SQLITE = {
    "tests on SQLite": (
        ["pytest", "-q", "-m", "both_databases"],
        {"OVERTAKE_TEST_DATABASE": "sqlite", "OVERTAKE_TEST_BROKER": "embedded"},
    )
}
ALONE = {
    "storms": (["pytest", "-q", "-m", "alone"], {"OVERTAKE_TEST_DATABASE": "postgresql"}),
}


@dataclass
class Step:
    """One thing that ran: how it went, for how long [s], and what its tests counted."""

    name: str
    seconds: float
    ok: bool
    report: Mapping[str, object] | None = None
    said: str = ""

    @property
    def line(self) -> str:
        words = f"{'ok' if self.ok else 'FAILED':7}{self.seconds:7.1f} s  {self.name}"
        if self.report:
            counted = ", ".join(f"{n} {outcome}" for outcome, n in counts(self).items())
            words += f": {counted or 'nothing'}; {self.report['database']}; {self.report['broker']}"
            words += f"; --randomly-seed={self.report['seed']}"
        return words


def counts(step: Step) -> dict[str, int]:
    found = (step.report or {}).get("counts", {})
    assert isinstance(found, dict)
    return found


def program(name: str) -> str:
    """Ours of this name, or the machine's."""
    ours = PROGRAMS / name
    return str(ours) if ours.exists() else name


def run(name: str, command: list[str], env: Mapping[str, str], *, aside: bool = False) -> Step:
    """One step; aside: what it says is kept until somebody wants to read it."""
    if not aside:
        print(f"\n== {name}", flush=True)
    start = time.monotonic()
    ended = subprocess.run(
        [program(command[0]), *command[1:]],
        cwd=ROOT,
        env={**os.environ, **env},
        check=False,
        text=True,
        stdout=subprocess.PIPE if aside else None,
        stderr=subprocess.STDOUT if aside else None,
    )
    return Step(name, time.monotonic() - start, ended.returncode == 0, said=ended.stdout or "")


def run_tests(
    name: str, command: list[str], env: Mapping[str, str], *, aside: bool = False
) -> Step:
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder, "report.json")
        step = run(name, command, {**env, "OVERTAKE_TEST_REPORT": str(path)}, aside=aside)
        if path.exists():
            step.report = json.loads(path.read_text())
    return step


def lint(*, aside: bool = False) -> list[Step]:
    """Aside: with what time others leave."""
    polite = ["nice", "-n", "19"] if aside else []
    return [
        run(name, [*polite, program(command[0]), *command[1:]], {}, aside=aside)
        for name, command in LINT.items()
    ]


def test(*, with_lint: bool) -> list[Step]:
    """The tests on both databases at once; then the storms, which leave the processor idle for
    most of their time: whatever looks at the code takes that.
    """
    with ThreadPoolExecutor(1) as beside:
        on_sqlite = [
            beside.submit(run_tests, name, *how, aside=True) for name, how in SQLITE.items()
        ]
        steps = [run_tests(name, *how) for name, how in POSTGRESQL.items()]
        others = [step.result() for step in on_sqlite]
        show(others)
        linted = beside.submit(lint, aside=True) if with_lint else None
        steps += [run_tests(name, *how) for name, how in ALONE.items()]
        looked_at = linted.result() if linted else []
        show(looked_at)
    return [*looked_at, *others, *steps]


def show(steps: list[Step]) -> None:
    for step in steps:
        print(f"\n== {step.name}", step.said, sep="\n", flush=True)


def main(wanted: list[str]) -> int:
    steps = test(with_lint="lint" in wanted) if "test" in wanted else lint()

    print("\n== what ran", *(step.line for step in steps), sep="\n")
    tests = [step for step in steps if step.name in {**POSTGRESQL, **SQLITE, **ALONE}]
    if tests:
        total = {
            outcome: sum(counts(step).get(outcome, 0) for step in tests)
            for outcome in ("passed", "failed", "error", "skipped")
        }
        failed = total["failed"] + total["error"]
        print(f"\n{total['passed']} passed, {failed} failed, {total['skipped']} skipped")
    return 0 if all(step.ok for step in steps) else 1


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
