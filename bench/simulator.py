"""The simulator beside highway-env and beside the rules written in plain Python."""

import time
from functools import partial
from typing import Any, NamedTuple

from bench import start, workloads
from bench.clock import Contender, Measured, measure
from bench.copies import Copies
from simulator.rules import ORIGINAL

NOISE = 0.25  # by which a shared machine slows everything now and then
HIGHWAY_RANGE = (13.0, 45.0)  # [decisions/s] measured elsewhere: a peer below it was slowed down
DECISIONS_GATE = 3000.0  # times highway-env
COPIES_GATE = 0.9  # times two copies at the same time
READY_GATE = 0.5  # [s] from numba's import until all compiled code is loaded


class Figures(NamedTuple):
    """What was measured."""

    one_core: Measured
    original_rules: Measured
    session: Measured
    two_cores: Measured
    two_copies: Measured
    decisions: Measured
    highway_env: Measured
    oracle: Measured
    ready: Measured  # [s] round by round, no rates

    def as_json(self) -> dict[str, Any]:
        """Returns the medians by the names that are promised for build/bench.json."""
        return {
            "frames_per_second": {
                "one_core": round(self.one_core.median),
                "two_cores": round(self.two_cores.median),
            },
            "decisions_per_second": round(self.decisions.median),
            "highway_env_decisions_per_second": round(self.highway_env.median, 1),
            "oracle_frames_per_second": round(self.oracle.median),
        }

    def table(self) -> list[str]:
        """Returns the lines to print."""
        rows = [
            ("open, one core", self.one_core),
            ("deeptraffic-v2, 500 sessions", self.original_rules),
            ("deeptraffic-v2, one session", self.session),
            ("open, two threads (wall clock)", self.two_cores),
            ("open, two copies (wall clock)", self.two_copies),
            ("the rules in plain Python", self.oracle),
            ("open, one core, seeing 30 numbers", self.decisions),
            ("highway-env", self.highway_env),
        ]
        lines = [f"{'simulator':34}{'median':>12} {'':12}{'lowest':>12}{'highest':>12}"]
        for name, measured in rows:
            ends = f"{min(measured.rates):12,.0f}{max(measured.rates):12,.0f}"
            lines.append(f"{name:34}{measured.median:12,.0f} {measured.unit:12}{ends}")
        return lines

    def comparisons(self) -> list[str]:
        """Returns the ratios, each the median of the rounds' own."""
        beside = self.decisions.ratios(self.highway_env)
        copies = self.two_cores.ratios(self.two_copies)
        evaluation = workloads.ROADS * workloads.FRAMES / self.session.median
        return [
            f"{self.one_core.ratios(self.oracle).median:,.0f} x the rules in plain Python",
            f"{beside.median:,.0f} x highway-env's decisions (gate {DECISIONS_GATE:,.0f})",
            f"{copies.median:.2f} x two copies at the same time (gate {COPIES_GATE})",
            f"{evaluation:.2f} s for an evaluation under deeptraffic-v2, 500 runs of 2,000 frames",
            f"{self.ready.median:.2f} s from numba's import until all is ready (gate {READY_GATE})",
        ]

    def failures(self) -> list[str]:
        """Returns what was missed: gates, and peers that were slowed down."""
        missed = []
        if self.decisions.ratios(self.highway_env).median < DECISIONS_GATE:
            missed.append("fewer decisions than the gate")
        if self.two_cores.ratios(self.two_copies).median < COPIES_GATE:
            missed.append("two cores below the gate")
        if self.ready.median > READY_GATE:
            missed.append("ready later than the gate")
        if self.highway_env.median < HIGHWAY_RANGE[0] * (1 - NOISE):
            missed.append(f"highway-env below its range {HIGHWAY_RANGE}: a slowed peer is no peer")
        return missed


def run(*, rounds: int) -> Figures:
    """Measures everything; takes about four seconds a round."""
    with Copies(2, {"one_core": workloads.one_core}) as copies:
        contenders = {
            "one_core": Contender("frames/s", workloads.one_core),
            "original_rules": Contender("frames/s", lambda: workloads.one_core(ORIGINAL)),
            "session": Contender("frames/s", workloads.session),
            "decisions": Contender("decisions/s", workloads.decisions),
            "highway_env": Contender("decisions/s", workloads.highway_env()),
            "oracle": Contender("frames/s", workloads.oracle),
            "two_cores": Contender("frames/s", workloads.two_threads, time.perf_counter),
            "two_copies": Contender(
                "frames/s", partial(copies.work, "one_core"), time.perf_counter
            ),
        }
        measured = measure(contenders, rounds=rounds)
    # The first start may still have to compile.
    start.seconds()
    measured["ready"] = Measured("s", [start.seconds() for _ in range(rounds)])
    return Figures(**measured)
