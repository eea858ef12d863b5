"""How often the intervals of scores and ranks hold the truth: the tables in docs/scoring.md.

python scripts/interval_coverage.py [--samples 1000] [--only scores|ranks]

Evaluations are made up whose true score is known: a run's average speed is the score, the luck of
its training, the road's (the same for everyone) and noise, all normal. It takes ten minutes.
"""

import argparse
from collections.abc import Callable
from statistics import NormalDist
from typing import NamedTuple

import numpy as np
import numpy.typing as npt

from grader.joint_bootstrap import Entrant, in_hundredths
from grader.scoring import RESAMPLES, cluster_bootstrap_interval, order_statistic_interval
from grader.standing import standing

Floats = npt.NDArray[np.float64]
TRAININGS, RUNS = 5, 100
CENTRE = 65.0
"""True score of a network with one mode [mph]."""
RUN_SPREAD = 7.0
"""Of one network's runs, as the examples' have it (standard deviation) [mph]."""
ROAD_SHARE = 0.3
"""Of the runs' variance, what two networks on the same road have in common, as measured [1]."""
SPREADS = (0.3, 0.8, 2.0, 4.0)
"""Between the trainings of a network (standard deviation) [mph]."""
SLOW_SHARE, SLOWER = 0.2, 10.0
"""A network with two modes: how many of its trainings are slow, and by how much [1, mph]."""
BOARD, MIDDLE = 20, 50.0
"""Entrants whose ranks are looked at [1], and the middle of their true scores [mph]."""
STEPS = (0.1, 0.5, 2.0)
"""From one entrant's true score to the next one's [mph]."""


class Rate(NamedTuple):
    """How often something came true."""

    times: int
    of: int

    def __str__(self) -> str:
        share = self.times / self.of
        return f"{100 * share:.1f} ± {100 * (share * (1 - share) / self.of) ** 0.5:.1f} %"


def network(random: np.random.Generator, spread: float, *, slow: float = 0.0) -> Floats:
    """An evaluation of a network of the standard protocol: run averages [T, R], in mph."""
    lucky = CENTRE + random.normal(0, spread, (TRAININGS, 1))
    lucky -= SLOWER * (random.random((TRAININGS, 1)) < slow)
    return lucky + random.normal(0, RUN_SPREAD, (TRAININGS, RUNS))


def two_modes_score(spread: float) -> float:
    """The true score of one with two modes: the median of all runs of all trainings [mph]."""
    width = float(np.hypot(spread, RUN_SPREAD))
    fast, slow = NormalDist(CENTRE, width), NormalDist(CENTRE - SLOWER, width)
    low, high = CENTRE - SLOWER, CENTRE
    for _ in range(60):
        middle = (low + high) / 2
        below = SLOW_SHARE * slow.cdf(middle) + (1 - SLOW_SHARE) * fast.cdf(middle)
        low, high = (middle, high) if below < 1 / 2 else (low, middle)
    return low


def covered(
    intervals: Callable[[np.random.Generator, int], tuple[float, float]],
    truth: float,
    *,
    samples: int,
    seed: int,
) -> Rate:
    """How many of the intervals, each of another sample, hold the truth."""
    random = np.random.default_rng(seed)
    ends = [intervals(random, sample) for sample in range(samples)]
    return Rate(sum(low <= truth <= high for low, high in ends), samples)


def cluster(spread: float, *, slow: float = 0.0, samples: int, resamples: int = RESAMPLES) -> Rate:
    """Coverage of the cluster bootstrap."""
    return covered(
        lambda random, seed: cluster_bootstrap_interval(
            network(random, spread, slow=slow), seed=seed, resamples=resamples
        ),
        two_modes_score(spread) if slow else CENTRE,
        samples=samples,
        seed=1,
    )


def order_statistics(runs: int, *, samples: int) -> Rate:
    """Coverage of the exact interval, of runs that crowd at one end."""
    return covered(
        lambda random, _: order_statistic_interval(random.exponential(1.0, runs)),
        float(np.log(2)),
        samples=samples,
        seed=2,
    )


def board(random: np.random.Generator, scores: Floats, spread: float) -> list[Entrant]:
    """One evaluation each of networks with these true scores [mph], on the same roads."""
    roads = random.normal(0, RUN_SPREAD * ROAD_SHARE**0.5, (TRAININGS, RUNS))
    shape = (len(scores), TRAININGS, RUNS)
    speeds = scores[:, None, None] + roads + random.normal(0, spread, (*shape[:2], 1))
    speeds += random.normal(0, RUN_SPREAD * (1 - ROAD_SHARE) ** 0.5, shape)
    tables = np.clip(speeds, 0, 80)
    return [Entrant(seed, in_hundredths(table)) for seed, table in enumerate(tables)]


class RankRates(NamedTuple):
    """How often rank intervals held the true rank, of all entrants and of who stood first."""

    everyone: Rate
    leader: Rate
    width: float


def rank_intervals(step: float, spread: float, *, samples: int) -> RankRates:
    """Coverage of rank intervals among entrants whose true scores lie a step [mph] apart."""
    random = np.random.default_rng(3)
    truth = np.arange(1, BOARD + 1)
    scores = MIDDLE - step * (truth - (BOARD + 1) / 2)
    held, leaders, widths = [], [], []
    for sample in range(samples):
        place = standing(board(random, scores, spread), seed=sample)
        holds = (place.low <= truth) & (truth <= place.high)
        held += holds.tolist()
        leaders += holds[place.rank == 1].tolist()
        widths += (place.high - place.low).tolist()
    return RankRates(
        Rate(sum(held), len(held)), Rate(sum(leaders), len(leaders)), float(np.mean(widths))
    )


def print_scores(samples: int) -> None:
    """The tables of intervals of scores."""
    print("cluster bootstrap, 95 % nominal")
    for spread in SPREADS:
        print(f"| {spread} mph | {cluster(spread, samples=samples)} |", flush=True)
    slow = cluster(0.8, slow=SLOW_SHARE, samples=samples)
    print(f"| two modes | {slow} |\n\norder statistics, T = 1", flush=True)
    for runs in (RUNS, TRAININGS * RUNS):
        print(f"| {runs} runs | {order_statistics(runs, samples=20 * samples)} |", flush=True)


def print_ranks(samples: int) -> None:
    """The table of rank intervals; a fifth of the samples, since each has twenty entrants."""
    print(f"\nrank intervals among {BOARD}: everyone's, the leader's, mean width")
    for step in STEPS:
        for spread in SPREADS:
            found = rank_intervals(step, spread, samples=samples // 5)
            rates = f"{found.everyone} | {found.leader} | {found.width:.1f}"
            print(f"| {step} mph | {spread} mph | {rates} |", flush=True)


def main() -> None:
    """Prints the tables."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--samples", type=int, default=1000)
    parser.add_argument("--only", choices=["scores", "ranks"])
    given = parser.parse_args()
    if given.only != "ranks":
        print_scores(given.samples)
    if given.only != "scores":
        print_ranks(given.samples)


if __name__ == "__main__":
    main()
