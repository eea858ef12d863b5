"""Runs the linters and the tests, times every step, and says at the end what ran on what."""

import json
import os
import subprocess
import sys
import tempfile
import time
from collections.abc import Mapping
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
}
PYTEST = ["pytest", "-q", "-n", "2"]
TEST = {
    "tests on PostgreSQL": (PYTEST, {"OVERTAKE_TEST_DATABASE": "postgresql"}),
    # What the embedded mode brings along: no server of this machine takes part
    "tests on SQLite": (
        [*PYTEST, "-m", "both_databases"],
        {"OVERTAKE_TEST_DATABASE": "sqlite", "OVERTAKE_TEST_BROKER": "embedded"},
    ),
}


@dataclass
class Step:
    """One thing that ran: how it went, for how long [s], and what its tests counted."""

    name: str
    seconds: float
    ok: bool
    report: Mapping[str, object] | None = None

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


def run(name: str, command: list[str], env: Mapping[str, str]) -> Step:
    print(f"\n== {name}", flush=True)
    start = time.monotonic()
    ended = subprocess.run(
        [str(PROGRAMS / command[0]), *command[1:]], cwd=ROOT, env={**os.environ, **env}, check=False
    )
    return Step(name, time.monotonic() - start, ended.returncode == 0)


def run_tests(name: str, command: list[str], env: Mapping[str, str]) -> Step:
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder, "report.json")
        step = run(name, command, {**env, "OVERTAKE_TEST_REPORT": str(path)})
        if path.exists():
            step.report = json.loads(path.read_text())
    return step


def main(wanted: list[str]) -> int:
    steps = []
    if "lint" in wanted:
        steps += [run(name, command, {}) for name, command in LINT.items()]
    if "test" in wanted:
        steps += [run_tests(name, *how) for name, how in TEST.items()]

    print("\n== what ran", *(step.line for step in steps), sep="\n")
    tests = [step for step in steps if step.name in TEST]
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
