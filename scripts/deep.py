"""The long tests: every index checked, other processors, many examples, mutants, all walks.

python scripts/deep.py [--only WORD] [--list]

A further step is one more entry of STEPS: its name, what Python is asked to run, and the
environment that makes it another test than `make test`. OVERTAKE_DEEP_EXAMPLES says how many times
as many examples are tried, OVERTAKE_DEEP_JOBS how many processes at once.
"""

import argparse
import os
import subprocess
import sys
import tempfile
import time
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
TIMES = os.environ.get("OVERTAKE_DEEP_EXAMPLES", "20")
JOBS = os.environ.get("OVERTAKE_DEEP_JOBS", "2")
PYTEST = ["-m", "pytest", "-q", "--durations=5", "-n", JOBS]
SIMULATOR = [*PYTEST, "tests/simulator"]
TRAINER = [*PYTEST, "tests/grader/compiled"]
BITS = [*PYTEST, "tests/grader/compiled/test_bits.py", "tests/grader/compiled/test_functions.py"]
BROWSER = ["-m", "pytest", "-q", "--durations=5", "tests/end_to_end"]
# The C library's own code for processors without these; none of it may matter
MASKED = {"GLIBC_TUNABLES": "glibc.cpu.hwcaps=-AVX2,-FMA,-AVX512F"}
SITE = ["-m", "pytest", "-q", "--durations=5", "tests/leaderboard"]
BY_EXAMPLE = [
    f"tests/simulator/test_{name}.py"
    for name in ("frame_against_oracle", "sight", "draws", "streams", "vectors", "rules")
]


@dataclass(frozen=True)
class Step:
    """One thing that is run: its name, the arguments of Python, and its environment."""

    name: str
    command: list[str]
    env: Mapping[str, str] = field(default_factory=dict)

    def passes(self) -> bool:
        """Runs it with compiled code of its own; returns whether all was well."""
        # What these variables change is no part of numba's own cache key.
        with tempfile.TemporaryDirectory(prefix="overtake-deep-") as cache:
            own = {"NUMBA_CACHE_DIR": cache} if any("NUMBA" in name for name in self.env) else {}
            env = {**os.environ, **own, **self.env}
            ended = subprocess.run([sys.executable, *self.command], cwd=ROOT, env=env, check=False)
        return ended.returncode == 0


def processor(name: str) -> dict[str, str]:
    """Makes numba compile for a processor and nothing that only this machine's has."""
    return {"NUMBA_CPU_NAME": name, "NUMBA_CPU_FEATURES": ""}


STEPS = [
    Step("simulator, every index checked", SIMULATOR, {"NUMBA_BOUNDSCHECK": "1"}),
    Step("simulator on any x86-64 processor", SIMULATOR, processor("generic")),
    Step("simulator on one with AVX2 and no more", SIMULATOR, processor("haswell")),
    Step(
        f"simulator, {TIMES} times as many examples",
        [*PYTEST, *BY_EXAMPLE],
        {"OVERTAKE_TEST_EXAMPLES": TIMES},
    ),
    Step("simulator, mutants", ["scripts/mutate.py", "--jobs", JOBS]),
    Step(
        "sites in a browser: all looks, keyboard, no JavaScript; busy workers",
        [*BROWSER, "--deep", "-m", "deep"],
    ),
    Step("How it works: its numbers computed anew", [*SITE, "--deep", "-m", "deep"]),
    Step("trainer, every index checked", TRAINER, {"NUMBA_BOUNDSCHECK": "1"}),
    Step("trainer on any x86-64 processor", BITS, {**processor("generic"), **MASKED}),
    Step("trainer on one with AVX2 and no more", BITS, processor("haswell")),
]


def main() -> int:
    """Runs all of them, whatever fails; returns 1 if one failed."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--only", default="", help="steps with this in their name")
    parser.add_argument("--list", action="store_true", help="name the steps and run none")
    given = parser.parse_args()
    steps = [step for step in STEPS if given.only in step.name]
    if given.list or not steps:
        print(*(step.name for step in STEPS), sep="\n")
        return 0 if given.list else 1
    lines, passed = [], []
    for step in steps:
        print(f"\n== {step.name}", flush=True)
        start = time.monotonic()
        passed.append(step.passes())
        outcome = "ok" if passed[-1] else "FAILED"
        lines.append(f"{outcome:7}{time.monotonic() - start:7.1f} s  {step.name}")
    print("\n== what ran deep", *lines, sep="\n")
    return 0 if all(passed) else 1


if __name__ == "__main__":
    sys.exit(main())
