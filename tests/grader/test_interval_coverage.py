"""How often intervals hold the truth, in short; the script itself makes the tables of the docs.

Bounds are three standard errors and more from what 1,000 samples showed. With fixed seeds the
figures are always the same: the bounds leave room for other seeds, not for another method.
"""

import numpy as np
import pytest

from scripts import interval_coverage as coverage

QUICK = {"samples": 200, "resamples": 400}


@pytest.mark.parametrize(
    ("spread", "least", "most"),
    [(0.3, 0.93, 1.0), (0.8, 0.89, 1.0), (4.0, 0.76, 0.94)],
)
def test_the_cluster_bootstrap_covers_the_less_the_more_trainings_differ(spread, least, most):
    rate = coverage.cluster(spread, **QUICK)
    assert least <= rate.times / rate.of <= most


def test_five_trainings_of_two_modes_promise_too_much():
    rate = coverage.cluster(0.8, slow=coverage.SLOW_SHARE, **QUICK)
    assert 0.59 <= rate.times / rate.of <= 0.85


def test_the_exact_interval_covers_at_least_as_often_as_it_says():
    rate = coverage.order_statistics(100, samples=4000)
    assert 0.95 <= rate.times / rate.of <= 0.985


def test_rank_intervals_hold_the_true_rank():
    near = coverage.rank_intervals(0.5, 0.8, samples=10)
    far = coverage.rank_intervals(2.0, 0.8, samples=10)
    assert near.everyone.times / near.everyone.of >= 0.95
    assert far.everyone.times / far.everyone.of >= 0.95
    assert near.width > 2 * far.width > 0


def test_the_true_score_of_a_network_with_two_modes_is_the_median_of_very_many_runs():
    random = np.random.default_rng(0)
    many = [coverage.network(random, 0.8, slow=coverage.SLOW_SHARE) for _ in range(4000)]
    # a standard error of 0.04: 20,000 trainings are what counts
    assert np.median(many) == pytest.approx(coverage.two_modes_score(0.8), abs=0.16)
