"""By how much one network's score is above another's, and how far that is luck; numpy only."""

from collections.abc import Sequence
from itertools import combinations
from typing import NamedTuple

import numpy as np

from grader.joint_bootstrap import HUNDREDTHS, Entrant, resampled, twice_median

LEVEL = 0.95
"""Nominal coverage of an interval [1]."""
REPLICATES = 1000
"""Of the joint bootstrap [1], as of the ranks: the same draws, wherever both are told."""
LEAST = 200
"""Replicates even where each takes long [1]: the ends of the interval still leave five out."""
MOST_DRAWN = 20_000_000
"""Roads drawn in all [1], a third of a second of one core; 1,000 times 5 x 5 x 100 are 2.5 M."""


class Difference(NamedTuple):
    """Of two scores, in mph.

    Attributes:
        first, second: Which two, by their places.
        gain: The first one's score less the second one's.
        low: Where the 95 % interval of that begins.
        high: Where it ends.
    """

    first: int
    second: int
    gain: float
    low: float
    high: float

    @property
    def is_told(self) -> bool:
        """Whether no difference at all lies outside of the interval."""
        return self.low > 0 or self.high < 0


def score_differences(entrants: Sequence[Entrant], *, seed: int) -> list[Difference]:
    """The differences of all pairs, the earlier less the later.

    Every replicate draws each one's trainings anew and the runs once for all, as for the ranks: the
    luck of training is each network's own, that of the roads is the same for both and cancels.

    Args:
        entrants: As many trainings and runs each, on the same roads.
        seed: Of the joint bootstrap, see ``seeds.standing_seed``.

    Raises:
        ValueError: They differ in trainings or runs, so that they did not drive the same roads.
    """
    shapes = {entrant.runs.shape for entrant in entrants}
    if len(shapes) > 1:
        raise ValueError("only scores of as many trainings and runs can be subtracted")
    replicates = max((replicates_for(*shape) for shape in shapes), default=0)
    medians = resampled(entrants, seed=seed, replicates=replicates).astype(np.float64)
    scores = [float(twice_median(it.runs.reshape(1, -1).copy())[0]) for it in entrants]
    half_hundredths = 2 * HUNDREDTHS
    found = []
    for first, second in combinations(range(len(entrants)), 2):
        gains = medians[first] - medians[second]
        low, high = np.quantile(gains, [(1 - LEVEL) / 2, (1 + LEVEL) / 2]) / half_hundredths
        gain = (scores[first] - scores[second]) / half_hundredths
        found.append(Difference(first, second, gain, float(low), float(high)))
    return found


def replicates_for(trainings: int, runs: int) -> int:
    """How many replicates a page has time for: a replicate draws the runs of T x T trainings."""
    return max(LEAST, min(REPLICATES, MOST_DRAWN // (trainings * trainings * runs)))
