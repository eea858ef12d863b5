"""A Standing of a large board: processor time and memory, in a process of its own.

python -m bench.standing
"""

import resource
import subprocess
import sys
import time
from typing import Any, NamedTuple

import numpy as np

from bench.clock import Measured
from grader.joint_bootstrap import Entrant
from grader.standing import standing

ENTRANTS, TRAININGS, RUNS = 10_000, 5, 100
SECONDS_GATE = 180.0  # [s] of one core
MEGABYTES_GATE = 1024.0  # [MB] at most, the interpreter's included


class Figures(NamedTuple):
    """What was measured, round by round."""

    seconds: Measured
    megabytes: Measured

    def as_json(self) -> dict[str, Any]:
        """Returns the medians by the names that are promised for build/bench.json."""
        return {
            "seconds": round(self.seconds.median, 1),
            "megabytes": round(self.megabytes.median),
        }

    def table(self) -> list[str]:
        """Returns the lines to print."""
        lines = [f"{'standing':34}{'median':>12} {'':12}{'lowest':>12}{'highest':>12}"]
        for name, measured in (("10,000 entrants x 500 runs", self.seconds), ("", self.megabytes)):
            ends = f"{min(measured.rates):12,.1f}{max(measured.rates):12,.1f}"
            lines.append(f"{name:34}{measured.median:12,.1f} {measured.unit:12}{ends}")
        return lines

    def comparisons(self) -> list[str]:
        """Returns the gates beside what was reached."""
        return [
            f"{self.seconds.median:.0f} s of one core for a Standing (gate {SECONDS_GATE:.0f})",
            f"{self.megabytes.median:,.0f} MB at most (gate {MEGABYTES_GATE:,.0f})",
        ]

    def failures(self) -> list[str]:
        """Returns the gates that were missed."""
        missed = []
        if self.seconds.median > SECONDS_GATE:
            missed.append("a Standing takes longer than the gate")
        if self.megabytes.median > MEGABYTES_GATE:
            missed.append("a Standing takes more memory than the gate")
        return missed


def board(entrants: int) -> list[Entrant]:
    """Returns entrants whose trainings and runs spread as those of the examples do."""
    random = np.random.default_rng(0)
    made = []
    for seed in range(entrants):
        lucky = random.normal(62, 5) + random.normal(0, 0.8, (TRAININGS, 1))
        speeds = lucky + random.normal(0, 7, (TRAININGS, RUNS))
        made.append(Entrant(seed, np.clip(100 * speeds, 0, 8000).astype(np.int16)))
    return made


def run(*, rounds: int) -> Figures:
    """Measures it in a third of the rounds: one takes a quarter of a minute."""
    measured = [in_a_process() for _ in range(max(1, rounds // 3))]
    seconds, megabytes = zip(*measured, strict=True)
    return Figures(Measured("s", seconds), Measured("MB", megabytes))


def in_a_process(entrants: int = ENTRANTS) -> tuple[float, float]:
    """Returns the processor time [s] and the greatest memory [MB] of a new process."""
    command = [sys.executable, "-m", "bench.standing", str(entrants)]
    ended = subprocess.run(command, capture_output=True, text=True, check=True)
    seconds, megabytes = ended.stdout.split()
    return float(seconds), float(megabytes)


def main() -> None:
    """Prints both for so many entrants."""
    entrants = board(int(sys.argv[1]) if len(sys.argv) > 1 else ENTRANTS)
    start = time.process_time()
    standing(entrants, seed=1)
    most = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024  # [kB] on Linux
    print(time.process_time() - start, most)


if __name__ == "__main__":
    main()
