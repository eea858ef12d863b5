"""The joint bootstrap once more, one run at a time, with whole numbers and lists alone."""

import statistics
from fractions import Fraction

import numpy as np

LAST_WORD = {"trainings": 1, "roads": 2}


def stream(seed, entrant, purpose):
    """The documented stream of random numbers: Philox by key and last word of the counter."""
    philox = np.random.Philox(key=seed + (entrant << 64), counter=LAST_WORD[purpose] << 192)
    return np.random.Generator(philox)


def replicate_scores(entrants, *, seed, replicates):
    """The score [mph] of every entrant (seed, table of mph) in every replicate."""
    scores = []
    for name, table in entrants:
        trainings, runs = len(table), len(table[0])
        own = stream(seed, name, "trainings").integers(
            0, trainings, (replicates, trainings), dtype=np.int16
        )
        everyones = stream(seed, 0, "roads")
        line = []
        for drawn in own.tolist():
            roads = everyones.integers(0, runs, (trainings, trainings, runs)).tolist()
            sample = []
            for place, training in enumerate(drawn):
                time = drawn[:place].count(training)
                sample += [Fraction(str(table[training][run])) for run in roads[training][time]]
            line.append(statistics.median(sample))
        scores.append(line)
    return scores


def rank_of(score, scores):
    return 1 + sum(other > score for other in scores)


def chances_to_be_first(resampled):
    chances = [Fraction(0)] * len(resampled)
    for column in zip(*resampled, strict=True):
        winners = [at for at, score in enumerate(column) if score == max(column)]
        for at in winners:
            chances[at] += Fraction(1, len(winners) * len(resampled[0]))
    return [float(chance) for chance in chances]


def rank_interval(place, resampled):
    columns = list(zip(*resampled, strict=True))
    drawn = sorted(rank_of(column[place], column) for column in columns)
    spare = int(Fraction(25, 1000) * (len(drawn) - 1))  # as many are left out at either end
    return drawn[spare], drawn[-1 - spare]


def groups(scores, resampled):
    """Down the board, entrant by entrant."""
    found, leader, number = {}, None, 0
    for at in sorted(range(len(scores)), key=lambda at: -scores[at]):
        if leader is None or tells_apart(leader, at, scores, resampled):
            leader, number = at, number + 1
        found[at] = number
    return [found[at] for at in range(len(scores))]


def tells_apart(leader, other, scores, resampled):
    pairs = zip(resampled[leader], resampled[other], strict=True)
    error = statistics.stdev(float(mine - theirs) for mine, theirs in pairs)
    gap = float(scores[leader] - scores[other])
    if not error:
        return gap > 0
    return 2 * (1 - statistics.NormalDist().cdf(gap / error)) < 0.05
