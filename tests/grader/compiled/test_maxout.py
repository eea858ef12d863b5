"""Maxout's pairs of vectors: who is the greater, and who is blamed."""

import numpy as np

from grader.compiled.activations import greater_of_two, to_the_greater
from grader.compiled.layout import aligned
from simulator.compiled import compiled

NONE = np.nan
INFINITE = np.inf
PAIRS = [(1, 2), (2, 1), (-3, -4), (5, 5), (0, -0.0), (-7, -7), (1e-30, 0), (INFINITE, 1)]
ERRORS = np.array([3, -2, 0.5, 7, -1, 0.25, 1e-30, 4], np.float32)


@compiled
def forward_and_back(hidden: np.ndarray, errors: np.ndarray) -> None:
    greater_of_two(hidden, 0, 16)
    to_the_greater(hidden, 16, errors, 0, 16)


def both(pairs: list[tuple[float, float]]) -> tuple[np.ndarray, np.ndarray]:
    hidden, errors = aligned(32), aligned(32)
    hidden.reshape(2, 16)[:, : len(pairs)] = np.transpose(pairs)
    errors[: len(ERRORS)] = ERRORS
    forward_and_back(hidden, errors)
    return hidden.reshape(2, 16), errors.reshape(2, 16)


def test_the_greater_counts_and_it_alone_learns():
    hidden, errors = both(PAIRS)
    assert hidden[0, :8].tolist() == [max(pair) for pair in np.float32(PAIRS).tolist()]
    second = np.array([other > one for one, other in PAIRS])
    assert errors[1, :8].tolist() == np.where(second, ERRORS, 0).tolist()
    assert errors[0, :8].tolist() == np.where(second, 0, ERRORS).tolist()  # of equal ones the first
    assert not errors[:, 8:].any()


def test_what_is_no_number_stays_none():
    hidden, _ = both([(NONE, 1), (1, NONE), (NONE, NONE), (NONE, INFINITE)])
    assert np.isnan(hidden[0, :4]).all()
    assert not hidden[0, 4:].any()
