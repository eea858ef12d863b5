"""Differences of scores with their intervals: against plain Python, and where they are known."""

import statistics
from itertools import combinations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from grader import difference
from grader.difference import replicates_for, score_differences
from grader.joint_bootstrap import Entrant, in_hundredths
from tests.grader import plain_standing as plain
from tests.grader.test_standing import NEAR, SHAPES, SPEEDS, entrants_of


@st.composite
def alike(draw):
    """Two or three entrants of one shape."""
    trainings, runs = draw(SHAPES)
    speeds = draw(st.sampled_from([SPEEDS, NEAR]))
    table = st.lists(
        st.lists(speeds, min_size=runs, max_size=runs), min_size=trainings, max_size=trainings
    )
    return draw(st.lists(table, min_size=2, max_size=3))


def percentile(ordered, share):
    """Between the two nearest, in proportion."""
    at = share * (len(ordered) - 1)
    below = min(int(at), len(ordered) - 2)
    return ordered[below] + (at - below) * (ordered[below + 1] - ordered[below])


@settings(max_examples=25)
@given(alike(), st.integers(0, 2**64 - 1))
def test_they_are_those_of_plain_python(tables, seed):
    entrants = entrants_of(tables)
    named = [(entrant.seed, table) for entrant, table in zip(entrants, tables, strict=True)]
    replicates = replicates_for(*entrants[0].runs.shape)
    lines = plain.replicate_scores(named, seed=seed, replicates=replicates)
    scores = [statistics.median(mph for row in table for mph in row) for table in tables]
    found = score_differences(entrants, seed=seed)
    assert [it[:2] for it in found] == list(combinations(range(len(tables)), 2))
    for it in found:
        pairs = zip(lines[it.first], lines[it.second], strict=True)
        gains = sorted(float(mine - theirs) for mine, theirs in pairs)
        assert it.gain == pytest.approx(scores[it.first] - scores[it.second], abs=1e-9)
        assert it.low == pytest.approx(percentile(gains, 0.025), abs=1e-9)
        assert it.high == pytest.approx(percentile(gains, 0.975), abs=1e-9)


def random_entrants(shape, *, spread=0.0, seed=1, count=2):
    random = np.random.default_rng(seed)
    tables = [
        (random.normal(60, 3, shape) + random.normal(0, spread, (shape[0], 1))).clip(0, 80)
        for _ in range(count)
    ]
    return [Entrant(at, in_hundredths(table)) for at, table in enumerate(tables)]


def test_the_luck_of_the_roads_cancels():
    # one network each, the second 0.01 mph faster on every road: no draw says otherwise
    (slow,) = random_entrants((1, 60), count=1)
    (found,) = score_differences([Entrant(9, slow.runs + 1), slow], seed=3)
    assert found[2:] == pytest.approx((0.01, 0.01, 0.01))
    assert found.is_told


def test_the_luck_of_training_does_not():
    (calm,) = score_differences(random_entrants((5, 40)), seed=3)
    (wild,) = score_differences(random_entrants((5, 40), spread=3), seed=3)
    assert wild.high - wild.low > 2 * (calm.high - calm.low)


def test_the_same_network_handed_in_twice_differs_by_nothing():
    (one,) = random_entrants((4, 9), count=1)
    (found,) = score_differences([one, one], seed=5)
    assert found[2:] == (0, 0, 0)
    assert not found.is_told


def test_one_less_the_other_is_the_other_less_the_one():
    entrants = random_entrants((3, 20), spread=1)
    (there,), (back,) = (score_differences(some, seed=7) for some in (entrants, entrants[::-1]))
    assert back[2:] == pytest.approx((-there.gain, -there.high, -there.low))


def test_the_interval_holds_a_true_difference_about_as_often_as_it_says():
    held = 0
    for at in range(100):
        random = np.random.default_rng(at)
        roads = random.normal(0, 3, (5, 40))  # the same for both
        tables = [
            middle + roads + random.normal(0, 1, (5, 1)) + random.normal(0, 1, (5, 40))
            for middle in (61.0, 60.0)
        ]
        entrants = [Entrant(n, in_hundredths(table)) for n, table in enumerate(tables)]
        (found,) = score_differences(entrants, seed=at)
        held += found.low <= 1 <= found.high
    assert 80 <= held <= 99


@pytest.mark.parametrize(
    ("trainings", "runs", "replicates"),
    [(1, 1, 1000), (5, 100, 1000), (10, 400, 500), (20, 1000, 200)],
)
def test_what_would_take_long_has_fewer_replicates(trainings, runs, replicates):
    assert replicates_for(trainings, runs) == replicates


def test_other_roads_are_refused_and_nobody_has_no_difference():
    pairs = random_entrants((2, 5), count=1) + random_entrants((2, 6), count=1)
    with pytest.raises(ValueError, match="as many trainings and runs"):
        score_differences(pairs, seed=0)
    assert score_differences([], seed=0) == []
    assert score_differences(random_entrants((2, 5), count=1), seed=0) == []
    assert difference.LEVEL == 0.95
