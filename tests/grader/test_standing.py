"""Ranks, their intervals, chances to be first and tie groups: against plain Python and by hand."""

import statistics
from fractions import Fraction
from itertools import product

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from grader.joint_bootstrap import Entrant, in_hundredths, resampled
from grader.standing import standing, tie_groups
from tests.grader import plain_standing as plain

SOME = 30
"""Replicates where every one is checked [1]."""


def entrants_of(tables):
    return [Entrant(seed, in_hundredths(table)) for seed, table in enumerate(tables, start=7)]


def random_tables(random, shapes, *, spread=2.0):
    return [
        np.round(random.normal(50, 3, shape) + random.normal(0, spread, (shape[0], 1)), 2).tolist()
        for shape in shapes
    ]


SHAPES = st.tuples(st.integers(1, 4), st.integers(1, 5))
SPEEDS = st.integers(0, 8000).map(lambda hundredths: hundredths / 100)
NEAR = st.integers(6500, 6504).map(lambda hundredths: hundredths / 100)


@st.composite
def boards(draw):
    """Up to six entrants, of one shape or of several; of speeds far apart or with many ties."""
    shape, speeds = draw(SHAPES), draw(st.sampled_from([SPEEDS, NEAR]))
    shapes = draw(st.lists(st.just(shape) if draw(st.booleans()) else SHAPES, max_size=6))
    return [
        draw(st.lists(st.lists(speeds, min_size=r, max_size=r), min_size=t, max_size=t))
        for t, r in shapes
    ]


@settings(max_examples=50)
@given(boards(), st.integers(0, 2**64 - 1), st.integers(1, 50))
def test_everything_agrees_with_plain_python(tables, seed, chunk):
    entrants = entrants_of(tables)
    named = [(entrant.seed, table) for entrant, table in zip(entrants, tables, strict=True)]
    drawn = plain.replicate_scores(named, seed=seed, replicates=SOME)
    found = resampled(entrants, seed=seed, replicates=SOME, chunk=chunk)
    assert found.tolist() == [[200 * score for score in line] for line in drawn]

    scores = [
        statistics.median(Fraction(str(speed)) for row in table for speed in row)
        for table in tables
    ]
    place = standing(entrants, seed=seed, replicates=SOME, chunk=chunk)
    assert place.rank.tolist() == [plain.rank_of(score, scores) for score in scores]
    intervals = [plain.rank_interval(at, drawn) for at in range(len(tables))]
    assert list(zip(place.low.tolist(), place.high.tolist(), strict=True)) == intervals
    np.testing.assert_allclose(place.first, plain.chances_to_be_first(drawn), atol=1e-12)
    assert place.group.tolist() == plain.groups(scores, drawn)


def test_chances_are_those_of_all_possible_draws():
    # one run each, so that nothing but the two trainings is drawn: 4 x 4 cases, equally likely
    tables = [[[60.0], [66.0]], [[62.0], [64.0]]]
    won = [
        (sum(mine) > sum(theirs)) + (sum(mine) == sum(theirs)) / 2
        for mine in product((60, 66), repeat=2)
        for theirs in product((62, 64), repeat=2)
    ]
    first = standing(entrants_of(tables), seed=1, replicates=20_000).first
    assert first[0] == pytest.approx(sum(won) / 16, abs=0.015)  # four standard errors
    assert first.sum() == pytest.approx(1)


def test_all_drive_the_same_drawn_runs():
    # faster by 0.01 on every road: whatever roads are drawn, it stays in front
    slow = np.random.default_rng(1).integers(5000, 7500, (1, 40)) / 100
    place = standing(entrants_of([slow, slow + 0.01]), seed=2)
    assert place.rank.tolist() == place.low.tolist() == place.high.tolist() == [2, 1]
    assert place.first.tolist() == [0, 1]
    assert place.group.tolist() == [2, 1]


def test_trainings_are_drawn_by_each_for_itself():
    # the same, but for the luck of three trainings: now either may be in front
    slow = np.random.default_rng(1).integers(5000, 7500, (3, 40)) / 100
    slow += np.array([[-4], [0], [4]])
    place = standing(entrants_of([slow, slow + 0.01]), seed=2)
    assert (place.low.tolist(), place.high.tolist()) == ([1, 1], [2, 2])
    assert 0.3 < place.first[0] < 0.7
    assert place.group.tolist() == [1, 1]


def test_the_same_network_handed_in_twice_always_ties():
    (table,) = random_tables(np.random.default_rng(3), [(5, 20)])
    twin = Entrant(9, in_hundredths(table))
    place = standing([twin, twin], seed=0, replicates=SOME)
    assert place.rank.tolist() == place.high.tolist() == place.group.tolist() == [1, 1]
    assert place.first.tolist() == [0.5, 0.5]


@pytest.mark.parametrize("shape", [(1, 1), (1, 7), (5, 100)])
def test_one_alone_is_first_for_sure(shape):
    place = standing(entrants_of(random_tables(np.random.default_rng(4), [shape])), seed=0)
    assert [column.tolist() for column in place] == [[1], [1], [1], [1.0], [1]]


def test_nobody_has_an_empty_standing():
    assert [len(column) for column in standing([], seed=0)] == [0] * 5


def test_where_all_speeds_are_equal_all_are_first():
    place = standing(entrants_of([[[65.0] * 3] * 2] * 4), seed=0)
    assert place.rank.tolist() == place.low.tolist() == place.high.tolist() == [1] * 4
    assert place.first.tolist() == [0.25] * 4
    assert place.group.tolist() == [1] * 4


def test_a_group_ends_at_the_first_that_is_told_from_its_leader_whoever_comes_after():
    # replicates spread by 1 around the scores 100, 99, 90, 89: the third is told from the first
    noise = np.array([[1, -1, 1, -1], [1, 1, -1, -1], [1, -1, -1, 1], [-1, 1, 1, -1]])
    scores = np.array([99, 90, 100, 89], dtype=np.int16)
    medians = (scores[:, None] + noise).astype(np.int16)
    assert tie_groups(scores, medians).tolist() == [1, 2, 1, 2]


def test_groups_longer_than_a_block_are_one_group():
    tables = random_tables(np.random.default_rng(5), [(2, 3)] * 150, spread=4)
    entrants = entrants_of(tables)
    place = standing(entrants, seed=0, replicates=200)
    named = [(entrant.seed, table) for entrant, table in zip(entrants, tables, strict=True)]
    drawn = plain.replicate_scores(named, seed=0, replicates=200)
    scores = [statistics.median(speed for row in table for speed in row) for table in tables]
    assert np.bincount(place.group).max() > 64
    assert place.group.tolist() == plain.groups(scores, drawn)


@pytest.fixture(scope="module")
def crowd():
    shapes = [(3, 20)] * 25 + [(1, 20)] * 4 + [(3, 10)] * 4
    return entrants_of(random_tables(np.random.default_rng(6), shapes))


def test_no_result_depends_on_where_an_entrant_stands(crowd):
    order = np.random.default_rng(7).permutation(len(crowd))
    there = standing(crowd, seed=5, replicates=100)
    moved = standing([crowd[at] for at in order], seed=5, replicates=100)
    for column, other in zip(there, moved, strict=True):
        np.testing.assert_array_equal(column[order], other)


@pytest.mark.parametrize("chunk", [1, 60, 137, 10_000])
def test_no_result_depends_on_how_many_are_resampled_at_a_time(crowd, chunk):
    whole = standing(crowd, seed=5, replicates=100)
    for column, other in zip(
        whole, standing(crowd, seed=5, replicates=100, chunk=chunk), strict=True
    ):
        np.testing.assert_array_equal(column, other)


def test_another_seed_draws_otherwise(crowd):
    drawn = [resampled(crowd, seed=seed, replicates=20).tolist() for seed in (5, 5, 6)]
    assert drawn[0] == drawn[1] != drawn[2]


def test_who_is_added_changes_no_others_draws(crowd):
    few, all_of_them = (resampled(some, seed=5, replicates=20) for some in (crowd[:9], crowd))
    np.testing.assert_array_equal(few, all_of_them[:9])


def test_it_ends_where_it_is_told_to(crowd):
    class GivenUpError(Exception):
        pass

    def give_up():
        raise GivenUpError

    with pytest.raises(GivenUpError):
        standing(crowd, seed=5, pause=give_up)


@pytest.mark.parametrize(
    "speeds", [[], [[]], [65.0], [[float("nan")]], [[80.01]], [[-0.01]], [[float("inf")]]]
)
def test_what_is_no_table_of_speeds_is_refused(speeds):
    with pytest.raises(ValueError, match=r"runs|speed"):
        in_hundredths(speeds)


def test_hundredths_are_those_that_are_written():
    assert in_hundredths([[65.29, 0.0, 80.0, 57.99]]).tolist() == [[6529, 0, 8000, 5799]]
