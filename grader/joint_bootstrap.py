"""Resamples the runs of all entrants together: what their scores might have been; numpy only.

Run averages are floored to 0.01 mph, so they are held as whole hundredths, and medians as twice
that: the middle of an even number of runs, the mean of two, stays a whole number.
"""

from collections.abc import Callable, Sequence
from typing import NamedTuple

import numpy as np
import numpy.typing as npt

from simulator.road import MAX_MPH

HUNDREDTHS = 100
"""In a mile an hour [1]."""
CHUNK = 250_000
"""Most run averages resampled at a time [1]: two bytes each and eight for where they come from."""
MOST = 1000
"""Most entrants resampled at a time [1]."""
_TRAININGS, _ROADS = 1, 2
"""What a stream of random numbers is for: the last word of Philox's counter."""

Speeds = npt.NDArray[np.int16]


class Entrant(NamedTuple):
    """What a participant stands on the board with.

    Attributes:
        seed: Of the draws of its trainings, see ``seeds.bootstrap_seed``. The same network handed
            in twice has the same runs and the same seed, so that its two entrants always tie.
        runs: Run averages [0.01 mph], shape [T, R], see ``in_hundredths``. A pretrained network
            has T = 1, and nothing but its runs to resample.
    """

    seed: int
    runs: Speeds


def in_hundredths(speeds: npt.ArrayLike) -> Speeds:
    """Run averages [mph] as whole hundredths; a speed between two is rounded.

    Raises:
        ValueError: They are no table of T x R speeds within 0..80 mph.
    """
    mph = np.asarray(speeds, dtype=np.float64)
    if mph.ndim != 2 or not mph.size:  # noqa: PLR2004
        raise ValueError("runs must be T lists of R speeds")
    if not ((mph >= 0) & (mph <= MAX_MPH)).all():  # NaN compares false
        raise ValueError(f"a run's average speed lies within 0..{MAX_MPH} mph")
    return np.rint(mph * HUNDREDTHS).astype(np.int16)


def twice_median(runs: Speeds) -> Speeds:
    """Twice the median of each row [0.01 mph]; sorts ``runs``, shape [n, runs], partly in place."""
    middle = runs.shape[1] // 2
    runs.partition(middle, axis=1)
    upper = runs[:, middle]
    # the lower middle one is the greatest of those left of the upper
    lower = upper if runs.shape[1] % 2 else runs[:, :middle].max(axis=1)
    total: Speeds = lower + upper
    return total


def resampled(
    entrants: Sequence[Entrant],
    *,
    seed: int,
    replicates: int,
    chunk: int = CHUNK,
    pause: Callable[[], None] = lambda: None,
) -> Speeds:
    """Twice everyone's median in every replicate [0.01 mph], shape [entrants, replicates].

    In each replicate an entrant draws its T trainings anew, with replacement. Which runs a training
    then drives was drawn once for everyone: R with replacement for the first time that training t
    is drawn, other R for the second time, and so on, since whoever trains, run r of training t is
    on the same road. Entrants with another T or R drove other roads; they share no draws of runs.

    Args:
        entrants: In any order: what comes of one does not depend on where it stands.
        seed: Of this bootstrap.
        replicates: How many.
        chunk: Run averages resampled at a time; no result depends on it.
        pause: Called about once a second. What it raises ends the work.
    """
    medians = np.empty((len(entrants), replicates), dtype=np.int16)
    for trainings, runs in sorted({entrant.runs.shape for entrant in entrants}):
        alike = [at for at, it in enumerate(entrants) if it.runs.shape == (trainings, runs)]
        at_a_time = max(1, min(MOST, chunk // (trainings * runs)))
        for first in range(0, len(alike), at_a_time):
            pause()
            places = alike[first : first + at_a_time]
            medians[places] = _resampled_alike([entrants[at] for at in places], seed, replicates)
    return medians


def _resampled_alike(entrants: Sequence[Entrant], seed: int, replicates: int) -> Speeds:
    """The same for entrants with as many trainings and runs."""
    count, (trainings, runs) = len(entrants), entrants[0].runs.shape
    speeds = np.stack([entrant.runs for entrant in entrants]).ravel()
    own = (np.arange(count) * (trainings * runs))[:, None, None]
    drawn = np.stack([_drawn(entrant.seed, seed, replicates, trainings) for entrant in entrants])
    roads = _generator(seed, 0, _ROADS)
    training = (np.arange(trainings) * runs)[:, None, None]
    medians = np.empty((count, replicates), dtype=np.int16)
    for replicate in range(replicates):
        driven = training + roads.integers(0, runs, (trainings, trainings, runs))
        sample = driven.reshape(-1, runs)[drawn[:, replicate]]  # [count, T, R]
        sample += own
        medians[:, replicate] = twice_median(speeds[sample.reshape(count, -1)])
    return medians


def _drawn(entrant: int, seed: int, replicates: int, trainings: int) -> npt.NDArray[np.int16]:
    """Rows of the table of driven runs, shape [replicates, T]: training t for the k-th time."""
    generator = _generator(seed, entrant, _TRAININGS)
    drawn = generator.integers(0, trainings, (replicates, trainings), dtype=np.int16)
    times = np.zeros_like(drawn)
    for place in range(1, trainings):
        times[:, place] = (drawn[:, :place] == drawn[:, place, None]).sum(axis=1)
    return drawn * np.int16(trainings) + times


def _generator(seed: int, entrant: int, purpose: int) -> np.random.Generator:
    key = np.array([seed, entrant], dtype=np.uint64)
    counter = np.array([0, 0, 0, purpose], dtype=np.uint64)
    return np.random.Generator(np.random.Philox(key=key, counter=counter))
