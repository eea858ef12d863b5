"""Scores and intervals against sums done by hand and by brute force."""

from time import process_time

import numpy as np
import pytest

from grader.scoring import (
    cluster_bootstrap_interval,
    order_statistic_interval,
    score,
)


@pytest.mark.parametrize(
    ("runs", "median", "upper"),
    [
        ([[3, 1, 2]], 2, 2),
        ([[4, 1], [2, 3]], 2.5, 3),
        ([[5]], 5, 5),
        ([[1, 1], [9, 1]], 1, 1),
        ([[10, 9], [9.5, 8], [0, 70]], 9.25, 9.5),
    ],
)
def test_the_score_is_the_middle_of_all_runs(runs, median, upper):
    result = score(runs, seed=0)
    assert (result.score, result.upper_median) == (median, upper)
    assert result.interval[0] <= median <= result.interval[1]


@pytest.mark.parametrize("runs", [[], [[]], [1.0, 2.0], [[1.0, float("nan")]], [[float("inf")]]])
def test_what_is_no_table_of_speeds_is_refused(runs):
    with pytest.raises(ValueError, match=r"runs|speed"):
        score(runs, seed=0)


@pytest.mark.parametrize(("trainings", "runs"), [(5, 20), (3, 7)])
def test_the_bootstrap_agrees_with_a_plain_one(trainings, runs):
    random = np.random.default_rng(1)
    speeds = random.normal(66, 4, (trainings, runs)) + random.normal(0, 2, (trainings, 1))
    plain = []
    for _ in range(6000):
        sample = []
        for training in random.integers(0, trainings, trainings):
            sample += [speeds[training][run] for run in random.integers(0, runs, runs)]
        plain.append(np.median(sample))
    expected = np.quantile(plain, [0.025, 0.975])
    # two independent bootstraps of this size differ by about 0.05
    np.testing.assert_allclose(cluster_bootstrap_interval(speeds, seed=3), expected, atol=0.3)


def test_an_interval_repeats_with_its_seed_and_changes_with_another():
    speeds = np.random.default_rng(2).normal(66, 5, (5, 100))
    again = [cluster_bootstrap_interval(speeds, seed=seed) for seed in (1, 1, 2)]
    assert again[0] == again[1] != again[2]


def test_the_luck_of_training_widens_the_interval():
    random = np.random.default_rng(3)
    even = random.normal(66, 5, (5, 100))
    uneven = even + np.array([[-6], [-3], [0], [3], [6]])
    low, high = cluster_bootstrap_interval(even, seed=0)
    wide_low, wide_high = cluster_bootstrap_interval(uneven, seed=0)
    assert wide_high - wide_low > 3 * (high - low)


@pytest.mark.parametrize(
    ("count", "places"),
    # tables of the sign test, as in Conover, Practical Nonparametric Statistics
    [(1, (0, 0)), (5, (0, 4)), (6, (0, 5)), (9, (1, 7)), (20, (5, 14)), (100, (39, 60))],
)
def test_a_single_network_has_the_exact_interval_of_its_median(count, places):
    speeds = np.arange(count, dtype=float)
    assert order_statistic_interval(np.random.default_rng(0).permutation(speeds)) == places
    assert score([speeds], seed=0).interval == places


def test_the_exact_interval_covers_the_median_as_often_as_it_says():
    speeds = np.random.default_rng(4).exponential(1, (4000, 30))
    covered = [low <= np.log(2) <= high for low, high in map(order_statistic_interval, speeds)]
    assert 0.95 <= np.mean(covered) < 0.975


def test_scoring_an_evaluation_is_quick():
    speeds = np.random.default_rng(5).normal(66, 5, (5, 100))
    score(speeds, seed=0)
    start = process_time()
    score(speeds, seed=0)
    assert process_time() - start < 0.5
