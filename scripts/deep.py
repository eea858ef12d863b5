"""The long tests of the simulator: bounds checked, other processors, many examples, mutants.

OVERTAKE_DEEP_EXAMPLES says how many times as many examples are tried, OVERTAKE_DEEP_JOBS how many
mutants at once.
"""

import os
import subprocess
import sys
import tempfile
import time
from collections.abc import Mapping
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
TIMES = os.environ.get("OVERTAKE_DEEP_EXAMPLES", "20")
JOBS = os.environ.get("OVERTAKE_DEEP_JOBS", "2")
SUITE = ["-m", "pytest", "-q", "-n", "2", "tests/simulator"]
BY_EXAMPLE = [
    f"tests/simulator/test_{name}.py"
    for name in ("frame_against_oracle", "sight", "draws", "streams", "vectors", "rules")
]


def steps(cache: Path) -> dict[str, tuple[list[str], Mapping[str, str]]]:
    """What is run, and in which environment; bounds are no part of numba's own cache key."""
    return {
        "every index checked": (
            SUITE,
            {"NUMBA_BOUNDSCHECK": "1", "NUMBA_CACHE_DIR": str(cache / "checked")},
        ),
        "any x86-64 processor": (
            SUITE,
            {"NUMBA_CPU_NAME": "generic", "NUMBA_CPU_FEATURES": "", "NUMBA_CACHE_DIR": str(cache)},
        ),
        "a processor with AVX2 and no more": (
            SUITE,
            {"NUMBA_CPU_NAME": "haswell", "NUMBA_CPU_FEATURES": "", "NUMBA_CACHE_DIR": str(cache)},
        ),
        f"{TIMES} times as many examples": (
            ["-m", "pytest", "-q", "-n", "2", *BY_EXAMPLE],
            {"OVERTAKE_TEST_EXAMPLES": TIMES},
        ),
        "mutants": (["scripts/mutate.py", "--jobs", JOBS], {}),
    }


def main() -> int:
    """Runs all of them; returns 1 if one failed."""
    lines, failed = [], False
    with tempfile.TemporaryDirectory() as cache:
        for name, (command, env) in steps(Path(cache)).items():
            print(f"\n== {name}", flush=True)
            start = time.monotonic()
            ended = subprocess.run(
                [sys.executable, *command], cwd=ROOT, env={**os.environ, **env}, check=False
            )
            failed |= ended.returncode != 0
            outcome = "FAILED" if ended.returncode else "ok"
            lines.append(f"{outcome:7}{time.monotonic() - start:7.1f} s  {name}")
    print("\n== what ran deep", *lines, sep="\n")
    return int(failed)


if __name__ == "__main__":
    sys.exit(main())
