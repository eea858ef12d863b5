"""The compiled trainer beside stable-baselines3, a loop in CleanRL's style, and stacked torch."""

import time
from collections.abc import Callable, Mapping
from functools import partial
from typing import Any, Final, NamedTuple

from bench.clock import Contender, Measured, measure
from bench.copies import Copies
from bench.goals import (
    CLEANRL_STYLE,
    COMPILED,
    COPIES_GATE,
    ELSEWHERE,
    EVALUATION_GATE,
    GOALS,
    NOISE,
    STABLE_BASELINES3,
    TORCH_STACKED,
    WORDS,
)
from bench.learning import (
    FRAMES,
    RUNS,
    WORKLOADS,
    Compiled,
    Evaluation,
    side_by_side,
    whole_training,
)
from bench.peers.cleanrl_style import CleanRLStyle
from bench.peers.stable_baselines3 import StableBaselines3
from bench.peers.torch_stacked import TorchStacked

UPDATES: Final = {
    "basic": {COMPILED: 80_000, STABLE_BASELINES3: 1000, CLEANRL_STYLE: 1500, TORCH_STACKED: 3000},
    "strong": {COMPILED: 15_000, STABLE_BASELINES3: 600, CLEANRL_STYLE: 800, TORCH_STACKED: 500},
    "deep": {COMPILED: 5000, STABLE_BASELINES3: 400, CLEANRL_STYLE: 600, TORCH_STACKED: 400},
}
"""What each does in a round: about a second or two, so that all of them meet the same moods."""
WHOLE: Final = {"basic": 50_000, "strong": 10_000}
"""Iterations of each training on two threads, by workload."""


class Figures(NamedTuple):
    """What was measured.

    Attributes:
        rates: By workload and contender [iterations/s].
        threads: Two trainings on two threads, by workload.
        copies: Two processes with a training each, by workload.
        evaluation: [s] round by round, no rates.
    """

    rates: Mapping[str, Mapping[str, Measured]]
    threads: Mapping[str, Measured]
    copies: Mapping[str, Measured]
    evaluation: Measured

    def as_json(self) -> dict[str, Any]:
        """Returns the medians by the names that are promised for build/bench.json."""
        return {
            workload: {name: round(rate.median, 1) for name, rate in contenders.items()}
            for workload, contenders in self.rates.items()
        }

    def table(self) -> list[str]:
        """Returns the lines to print."""
        lines = [f"{'training, iterations/s':34}{'median':>10}{'lowest':>10}{'highest':>10}"]
        lines[0] += "   elsewhere"
        for workload, contenders in self.rates.items():
            for name, measured in contenders.items():
                lines.append(_row(f"{workload}: {WORDS[name]}", measured, _range(workload, name)))
        for workload in self.threads:
            lines.append(_row(f"{workload}: two threads (wall clock)", self.threads[workload]))
            lines.append(_row(f"{workload}: two copies (wall clock)", self.copies[workload]))
        return lines

    def comparisons(self) -> list[str]:
        """Returns the ratios, each the median of the rounds' own, with the lowest and highest."""
        lines = []
        for workload, peers in self.rates.items():
            for name in peers:
                if name == COMPILED:
                    continue
                times = self._times(workload, name)
                goal = GOALS[workload].get(name)
                aims = f"gate {goal.gate:g}, stretch {goal.stretch:g}; " if goal else ""
                ends = f"{min(times.rates):.1f} to {max(times.rates):.1f}"
                lines.append(f"{workload}: {times.median:.1f} x {WORDS[name]} ({aims}{ends})")
        for workload in self.threads:
            share = self._share(workload)
            lines.append(
                f"{workload}: two threads {share:.2f} x two copies at the same time"
                f" (gate {COPIES_GATE})"
            )
        lines.append(
            f"{self.evaluation.median:.2f} s of one core for an evaluation of strong, {RUNS} runs"
            f" of {FRAMES:,} frames (gate {EVALUATION_GATE})"
        )
        return lines

    def failures(self) -> list[str]:
        """Returns what was missed: gates, and peers that were slowed down."""
        missed = [
            f"{workload}: fewer than {goal.gate:g} x {WORDS[name]}"
            for workload, goals in GOALS.items()
            for name, goal in goals.items()
            if self._times(workload, name).median < goal.gate
        ]
        missed += [
            f"{workload}: {WORDS[name]} below its range ({_range(workload, name)}):"
            " a slowed peer is no peer"
            for workload, ranges in ELSEWHERE.items()
            for name, (lowest, _) in ranges.items()
            if self.rates[workload][name].median < lowest * (1 - NOISE)
        ]
        missed += [
            f"{workload}: two threads below the gate"
            for workload in self.threads
            if self._share(workload) < COPIES_GATE
        ]
        if self.evaluation.median > EVALUATION_GATE:
            missed.append("an evaluation takes longer than the gate")
        return missed

    def _times(self, workload: str, name: str) -> Measured:
        return self.rates[workload][COMPILED].ratios(self.rates[workload][name])

    def _share(self, workload: str) -> float:
        return self.threads[workload].ratios(self.copies[workload]).median


def _range(workload: str, name: str) -> str:
    ends = ELSEWHERE[workload].get(name, ())
    return " to ".join(f"{end:,.0f}" for end in dict.fromkeys(ends))


def _row(name: str, measured: Measured, elsewhere: str = "") -> str:
    ends = f"{min(measured.rates):10,.0f}{max(measured.rates):10,.0f}"
    return f"{name:34}{measured.median:10,.0f}{ends}   {elsewhere}".rstrip()


def run(*, rounds: int) -> Figures:
    """Measures everything; takes about 25 seconds a round."""
    with Copies(2, {name: _whole(name) for name in WHOLE}) as copies:
        contenders = {
            f"{workload} {name}": contender
            for workload in WORKLOADS
            for name, contender in _trainers(workload).items()
        }
        for name in WHOLE:
            contenders[f"{name} threads"] = Contender(
                "iterations/s", _both(name), time.perf_counter
            )
            contenders[f"{name} copies"] = Contender(
                "iterations/s", partial(copies.work, name), time.perf_counter
            )
        evaluation = Evaluation(WORKLOADS["strong"], updates=UPDATES["strong"][COMPILED])
        contenders["evaluation"] = Contender("frames/s", evaluation.work)
        measured = measure(contenders, rounds=rounds)
    frames = RUNS * FRAMES
    return Figures(
        rates={
            workload: {name: measured[f"{workload} {name}"] for name in WORDS}
            for workload in WORKLOADS
        },
        threads={name: measured[f"{name} threads"] for name in WHOLE},
        copies={name: measured[f"{name} copies"] for name in WHOLE},
        evaluation=Measured("s", [frames / rate for rate in measured["evaluation"].rates]),
    )


def _trainers(workload: str) -> dict[str, Contender]:
    config, updates = WORKLOADS[workload], UPDATES[workload]
    compiled = Compiled(config, updates=updates[COMPILED])
    stacked = TorchStacked(config, updates=updates[TORCH_STACKED])
    works = {
        STABLE_BASELINES3: StableBaselines3(config, updates=updates[STABLE_BASELINES3]).work,
        CLEANRL_STYLE: CleanRLStyle(config, updates=updates[CLEANRL_STYLE]).work,
    }
    # These two begin anew in each round, and keep the time of what counts themselves.
    return {
        COMPILED: Contender("iterations/s", compiled.work, lambda: compiled.seconds),
        **{name: Contender("iterations/s", work) for name, work in works.items()},
        TORCH_STACKED: Contender("iterations/s", stacked.work, lambda: stacked.seconds),
    }


def _whole(workload: str) -> Callable[[], int]:
    return partial(whole_training, WORKLOADS[workload], iterations=WHOLE[workload])


def _both(workload: str) -> Callable[[], int]:
    return partial(side_by_side, WORKLOADS[workload], (0, 0), iterations=WHOLE[workload])
