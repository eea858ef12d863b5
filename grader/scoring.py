"""From the average speeds of runs to a score and its interval; numpy only."""

from collections.abc import Sequence
from typing import NamedTuple

import numpy as np
import numpy.typing as npt

LEVEL = 0.95
"""Nominal coverage of an interval [1]."""
RESAMPLES = 10_000
"""Bootstrap replicates [1] (Efron and Tibshirani advise 1,000 and more for percentiles)."""
CHUNK = 500_000
"""Most run averages resampled at a time [1]: 8 bytes each, a few arrays of them."""

Floats = npt.NDArray[np.float64]


class Score(NamedTuple):
    """What a board shows of an evaluation, all in mph."""

    score: float
    upper_median: float
    interval: tuple[float, float]


def score(runs: Sequence[Sequence[float]] | Floats, *, seed: int) -> Score:
    """Scores an evaluation.

    Args:
        runs: T lists of R average speeds [mph], one list for each training. Runs of one and the
            same network, as a scripted driver's, belong into a single list.
        seed: Of the bootstrap's resamples, see ``seeds.bootstrap_seed``.

    Raises:
        ValueError: There is no run, the lists differ in length, or a speed is not finite.
    """
    speeds = np.array(runs, dtype=np.float64)
    if speeds.ndim != 2 or not speeds.size:  # noqa: PLR2004
        raise ValueError("runs must be T lists of R speeds")
    if not np.isfinite(speeds).all():
        raise ValueError("a run's average speed must be a finite number")
    return Score(median(speeds), upper_median(speeds), interval(speeds, seed=seed))


def median(speeds: Floats) -> float:
    """The middle speed, or the mean of the two middle ones."""
    return float(np.median(speeds))


def upper_median(speeds: Floats) -> float:
    """Element [n // 2] of the n sorted speeds, as the original competition took it."""
    return float(np.sort(speeds, axis=None)[speeds.size // 2])


def best_median_worst(runs: Sequence[float]) -> tuple[int, int, int]:
    """The places of a training's best run, its (upper) median and its worst.

    Equal runs are ordered by their places, the earlier the better; of fewer than three some are the
    same.
    """
    order = sorted(range(len(runs)), key=lambda run: (runs[run], -run))
    return order[-1], order[len(order) // 2], order[0]


def interval(speeds: Floats, *, seed: int) -> tuple[float, float]:
    """The 95 % interval of the score.

    Args:
        speeds: Average speeds, shape [T, R].
        seed: Of the resamples.
    """
    if len(speeds) == 1:
        return order_statistic_interval(speeds[0])
    return cluster_bootstrap_interval(speeds, seed=seed)


def cluster_bootstrap_interval(
    speeds: Floats, *, seed: int, resamples: int = RESAMPLES
) -> tuple[float, float]:
    """Percentiles of the median over resampled trainings and, within each, resampled runs.

    Resampling trainings first carries the luck of training into the interval, which resampling
    the runs alone would leave out.
    """
    trainings, runs = speeds.shape
    generator = np.random.Generator(np.random.Philox(seed))
    at_a_time = max(1, CHUNK // speeds.size)
    medians = np.empty(resamples)
    for first in range(0, resamples, at_a_time):
        count = min(at_a_time, resamples - first)
        chosen = generator.integers(0, trainings, (count, trainings, 1), dtype=np.uint32)
        driven = generator.integers(0, runs, (count, trainings, runs), dtype=np.uint32)
        driven += chosen * np.uint32(runs)
        sample = speeds.ravel()[driven.reshape(count, -1)]
        medians[first : first + count] = _medians(sample)
    low, high = np.quantile(medians, [(1 - LEVEL) / 2, (1 + LEVEL) / 2])
    return float(low), float(high)


def _medians(sample: Floats) -> Floats:
    """Median of each row; sorts ``sample`` partly, in place."""
    middle = sample.shape[1] // 2
    sample.partition(middle, axis=1)
    upper: Floats = sample[:, middle]
    if sample.shape[1] % 2:
        return upper
    # the lower middle one is the greatest of those left of the upper
    lower: Floats = sample[:, :middle].max(axis=1)
    return (lower + upper) / 2


def order_statistic_interval(speeds: Floats) -> tuple[float, float]:
    """The narrowest pair of sorted speeds, equally far from both ends, that holds the median.

    The number of speeds below the true median is binomial(n, 1/2), whatever their distribution;
    the pair (k-th smallest, k-th greatest) misses it with probability 2 P(count < k). With fewer
    than 6 speeds even the widest pair is not certain enough, and is given all the same.
    """
    ordered = np.sort(speeds)
    count = len(ordered)
    # exact integers: ways to have fewer than k below, against 2.5 % of all 2**n ways
    ways, below, k = 1, 1, 0
    while 40 * below <= 2**count:
        k += 1
        ways = ways * (count - k + 1) // k
        below += ways
    k = max(k, 1)
    return float(ordered[k - 1]), float(ordered[count - k])
