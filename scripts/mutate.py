"""Changes one rule of the compiled road at a time and expects the tests to notice every time.

python scripts/mutate.py [--jobs 2] [--only WORD]

Each mutant is a copy of the simulator and its tests with one line changed, in a temporary folder
with a cache of its own. Prints a table; ends with 1 if a mutant survived or did not compile.
"""

import argparse
import os
import shutil
import subprocess
import sys
import tempfile
import time
import tomllib
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
TESTS = ("frame_against_oracle", "original", "rules", "sight")
SETTINGS = "[pytest]\npythonpath = .\naddopts = --import-mode=importlib\n"
# Most of the time is the compiler's, for code that runs for seconds; the bits are the same.
HASTE = {"NUMBA_OPT": "1", "OVERTAKE_TEST_SHRINK": "0"}
KILLED, SURVIVED, BROKEN = "killed", "SURVIVED", "BROKEN"


@dataclass(frozen=True)
class Mutant:
    """One rule, and the line of a module that makes it another."""

    rule: str
    module: str
    old: str
    new: str


MUTANTS = [
    Mutant(**mutant)
    for mutant in tomllib.loads((ROOT / "scripts/mutants.toml").read_text())["mutants"]
]


def copied(folder: Path, mutant: Mutant | None) -> None:
    """Lays out the simulator and its tests in a folder, with one rule changed."""
    for room in ("simulator", "tests/simulator"):
        shutil.copytree(ROOT / room, folder / room, ignore=shutil.ignore_patterns("__pycache__"))
    (folder / "tests" / "__init__.py").touch()
    (folder / "pytest.ini").write_text(SETTINGS)
    if mutant is None:
        return
    path = folder / "simulator" / f"{mutant.module}.py"
    source = path.read_text()
    if source.count(mutant.old) != 1:
        raise SystemExit(f"{mutant.rule}: {mutant.old!r} stands {source.count(mutant.old)} times.")
    path.write_text(source.replace(mutant.old, mutant.new))


def outcome(mutant: Mutant | None) -> tuple[str, str, float]:
    """Runs the tests on a mutant; returns what became of it, by which test, and the seconds."""
    start = time.monotonic()
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        copied(folder, mutant)
        tests = [f"tests/simulator/test_{test}.py" for test in TESTS]
        quiet = ["-q", "-x", "-p", "no:django", "-p", "no:randomly", "-p", "no:cacheprovider"]
        ended = subprocess.run(
            [sys.executable, "-m", "pytest", "-c", "pytest.ini", *quiet, *tests],
            cwd=folder,
            env=os.environ | {"NUMBA_CACHE_DIR": str(folder / "cache"), **HASTE},
            capture_output=True,
            text=True,
            check=False,
        )
    failed = [line for line in ended.stdout.splitlines() if line.startswith("FAILED")]
    by = failed[0].split("::")[1].split(" - ")[0].split("[")[0] if failed else ""
    if "numba.core.errors" in ended.stdout or ended.returncode not in {0, 1}:
        print(ended.stdout[-3000:], ended.stderr[-2000:], file=sys.stderr)
        return BROKEN, by, time.monotonic() - start
    return (KILLED if failed else SURVIVED), by, time.monotonic() - start


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--jobs", type=int, default=2)
    parser.add_argument("--only", default="", help="rules with this in their words")
    given = parser.parse_args()
    mutants = [mutant for mutant in MUTANTS if given.only in mutant.rule]
    killed = 0
    print(f"{'rule':45} {'':9} {'seconds':>7}  by")
    with ThreadPoolExecutor(given.jobs) as pool:
        unchanged, *outcomes = [pool.submit(outcome, mutant) for mutant in (None, *mutants)]
        for mutant, ended in zip(mutants, outcomes, strict=True):
            became, by, seconds = ended.result()
            killed += became == KILLED
            print(f"{mutant.rule:45} {became:9} {seconds:7.1f}  {by}", flush=True)
        # If the tests failed anyway, a mutant's death would say nothing.
        became, by, seconds = unchanged.result()
    print(f"{'(no change)':45} {became.lower():9} {seconds:7.1f}  {by}")
    print(f"{killed} of {len(mutants)} killed")
    return 0 if killed == len(mutants) and became == SURVIVED else 1


if __name__ == "__main__":
    sys.exit(main())
