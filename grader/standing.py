"""Where entrants stand, and how surely: ranks, rank intervals, chances to be first, tie groups."""

import math
from collections.abc import Callable, Sequence
from statistics import NormalDist
from typing import NamedTuple

import numpy as np
import numpy.typing as npt

from grader.joint_bootstrap import CHUNK, Entrant, Speeds, resampled, twice_median

LEVEL = 0.95
"""Nominal coverage of a rank interval, and 1 - the p below which a difference counts [1]."""
REPLICATES = 1000
"""Of the joint bootstrap [1]."""
SIGNIFICANT = NormalDist().inv_cdf((1 + LEVEL) / 2)
"""A difference from which p is below 1 - LEVEL [standard errors]."""
BLOCK = 64
"""Entrants compared with a group's leader at a time [1]."""

Ints = npt.NDArray[np.int32]
Floats = npt.NDArray[np.float64]


class Standing(NamedTuple):
    """One number for each entrant, in the order in which they were given.

    Attributes:
        rank: 1 + entrants with a strictly higher score.
        low: Where the interval of the rank begins: the better end.
        high: Where it ends.
        first: Share of the replicates in which it was first [1]. Where several were, each has an
            equal part of that replicate; so all of them add up to 1.
        group: Its tie group, 1 at the top.
    """

    rank: Ints
    low: Ints
    high: Ints
    first: Floats
    group: Ints


def standing(
    entrants: Sequence[Entrant],
    *,
    seed: int,
    replicates: int = REPLICATES,
    chunk: int = CHUNK,
    pause: Callable[[], None] = lambda: None,
) -> Standing:
    """Ranks all entrants of one board, and tells how far that is luck.

    Args:
        entrants: In the board's order: of equal scores the earlier submission first. Only tie
            groups depend on it, and only where equal scores stand at a group's end.
        seed: Of the joint bootstrap, see ``seeds.standing_seed``.
        replicates: How often everyone is resampled, 2 or more.
        chunk: Run averages resampled at a time; no result depends on it.
        pause: Called about once a second. What it raises ends the work.
    """
    scores = np.array([twice_median(it.runs.reshape(1, -1).copy())[0] for it in entrants], np.int16)
    medians = resampled(entrants, seed=seed, replicates=replicates, chunk=chunk, pause=pause)
    drawn, first = _drawn_ranks(medians)
    low, high = _ends(drawn)
    return Standing(ranks(scores), low, high, first, tie_groups(scores, medians))


def ranks(scores: Speeds) -> Ints:
    """1 + how many are strictly higher: equal scores share a rank."""
    not_higher = np.searchsorted(np.sort(scores), scores, side="right")
    return (1 + len(scores) - not_higher).astype(np.int32)


def tie_groups(scores: Speeds, medians: Speeds) -> Ints:
    """Groups of entrants that cannot be told from the first of the group, numbered from 1.

    Args:
        scores: Shape [entrants].
        medians: The same resampled, shape [entrants, replicates].
    """
    order = np.argsort(-scores, kind="stable")
    groups = np.empty(len(scores), dtype=np.int32)
    start, number = 0, 0
    while start < len(order):
        number += 1
        end = start + _not_told_apart(scores[order[start:]], medians, order[start:])
        groups[order[start:end]] = number
        start = end
    return groups


def _not_told_apart(scores: Speeds, medians: Speeds, order: npt.NDArray[np.intp]) -> int:
    """How many, the leader among them, come before the first significant difference to it."""
    for start in range(0, len(order), BLOCK):
        block = order[start : start + BLOCK]
        behind = scores[0] - scores[start : start + BLOCK]
        errors = (medians[order[0]] - medians[block]).std(axis=1, ddof=1)
        told = behind > SIGNIFICANT * errors
        if told.any():
            return start + int(told.argmax())
    return len(order)


def _drawn_ranks(medians: Speeds) -> tuple[Ints, Floats]:
    """The ranks in every replicate, shape [entrants, replicates], and shares of first places."""
    drawn = np.empty(medians.shape, dtype=np.int32)
    first = np.zeros(len(medians))
    for replicate in range(medians.shape[1]):
        place = ranks(medians[:, replicate])
        drawn[:, replicate] = place
        best = place == 1
        first += best / max(1, best.sum())
    return drawn, first / medians.shape[1]


def _ends(drawn: Ints) -> tuple[Ints, Ints]:
    """The ranks from the 2.5th to the 97.5th percentile, each rounded outwards; sorts ``drawn``."""
    last = drawn.shape[1] - 1
    low, high = math.floor((1 - LEVEL) / 2 * last), math.ceil((1 + LEVEL) / 2 * last)
    drawn.partition([low, high], axis=1)
    return drawn[:, low].copy(), drawn[:, high].copy()
