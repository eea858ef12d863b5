"""Vectors of sixteen against numpy, number by number."""

import numpy as np
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays

from grader.compiled import vectors as v
from simulator.compiled import compiled
from tests.simulator.examples import examples

NUMBERS = arrays(np.float32, 48, elements=st.floats(-1e6, 1e6, width=32))


@compiled
def reckon(given: np.ndarray, results: np.ndarray) -> None:
    a, b, c = v.load(given, 0), v.load(given, 16), v.load(given, 32)
    v.store(results[0], 0, a + b)
    v.store(results[1], 0, a - b)
    v.store(results[2], 0, a * b)
    v.store(results[3], 0, a / b)
    v.store(results[4], 0, v.fma(a, b, c))
    v.store(results[5], 0, v.roots(a * a))
    v.store(results[6], 0, v.floors(a))
    v.store(results[7], 0, v.where_less(a, b, c, a))
    v.store(results[8], 0, v.splat(given[3]))


@examples(100)
@given(numbers=NUMBERS)
def test_each_number_is_rounded_once(numbers: np.ndarray) -> None:
    results = np.zeros((9, 16), np.float32)
    reckon(numbers, results)
    a, b, c = numbers.reshape(3, 16)
    exact = a.astype(np.longdouble) * b + c
    with np.errstate(all="ignore"):
        expected = [a + b, a - b, a * b, a / b, exact.astype(np.float32), np.sqrt(a * a)]
    expected += [np.floor(a), np.where(a < b, c, a), np.full(16, a[3])]
    np.testing.assert_array_equal(results, np.array(expected))


@compiled
def powers(exponents: np.ndarray, results: np.ndarray) -> None:
    v.store(results, 0, v.power_of_two(v.load(exponents, 0)))


def test_powers_of_two_are_exact() -> None:
    for first in range(-126, 112):
        exponents = np.arange(first, first + 16, dtype=np.float32)
        results = np.zeros(16, np.float32)
        powers(exponents, results)
        assert results.tolist() == (2.0 ** exponents.astype(np.float64)).tolist()


@compiled
def sums(n: np.ndarray) -> tuple[tuple[float, ...], tuple[float, ...]]:
    a, b, c, d, e = (v.load(n, 0), v.load(n, 16), v.load(n, 32), v.load(n, 48), v.load(n, 64))
    return v.five_totals(a, b, c, d, e), (
        v.total(a),
        v.total(b),
        v.total(c),
        v.total(d),
        v.total(e),
    )


@examples(100)
@given(numbers=arrays(np.float32, 80, elements=st.floats(-1e6, 1e6, width=32)))
def test_sums_are_made_by_halves(numbers: np.ndarray) -> None:
    rows = numbers.reshape(5, 16)
    while rows.shape[1] > 1:
        half = rows.shape[1] // 2
        rows = rows[:, :half] + rows[:, half:]
    together, alone = sums(numbers)
    assert list(together) == list(alone) == rows[:, 0].tolist()
