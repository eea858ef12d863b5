"""Rank correlations: against plain Python, at the ends, and how often the interval is right."""

import math
from fractions import Fraction

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from grader.association import LEAST, association, ranks

NUMBERS = st.integers(-4, 4).map(float)


def plain_ranks(values):
    """How many are less, and half of those that are equal."""
    return [
        sum(other < it for other in values) + Fraction(1 + sum(other == it for other in values), 2)
        for it in values
    ]


def plain_rho(values, scores):
    mine, theirs = plain_ranks(values), plain_ranks(scores)
    middle = Fraction(len(values) + 1, 2)

    def product(some, others):
        return sum((a - middle) * (b - middle) for a, b in zip(some, others, strict=True))

    below = product(mine, mine) * product(theirs, theirs)
    return float(product(mine, theirs)) / math.sqrt(below) if below else None


@settings(max_examples=100)
@given(st.lists(st.tuples(NUMBERS, NUMBERS), min_size=LEAST, max_size=30))
def test_it_is_that_of_plain_python(pairs):
    values, scores = (np.array(column) for column in zip(*pairs, strict=True))
    assert ranks(values).tolist() == [float(it) for it in plain_ranks(values.tolist())]
    found, expected = association(values, scores), plain_rho(values.tolist(), scores.tolist())
    if expected is None:
        assert found is None
    else:
        assert found.rho == pytest.approx(expected, abs=1e-12)
        assert -1 <= found.low <= found.rho <= found.high <= 1


def test_what_only_rises_or_only_falls_is_at_the_end():
    values = np.arange(20.0)
    for sign in (1, -1):
        found = association(values, sign * np.exp(values))
        assert found.rho == pytest.approx(sign)
        assert found.is_told
        assert found.pairs == 20


def test_few_pairs_say_nothing():
    assert association(np.arange(LEAST - 1.0), np.arange(LEAST - 1.0)) is None


def test_the_interval_holds_the_truth_about_as_often_as_it_says():
    # of normal pairs with correlation r the rank correlation is 6 / pi * asin(r / 2)
    random, correlation, held = np.random.default_rng(2), 0.6, 0
    truth = 6 / math.pi * math.asin(correlation / 2)
    for _ in range(400):
        values, noise = random.normal(size=(2, 60))
        scores = correlation * values + math.sqrt(1 - correlation**2) * noise
        found = association(values, scores)
        held += found.low <= truth <= found.high
    assert 365 <= held <= 393  # 95 % of 400, three standard errors either way
