"""Our own functions against mpmath, which knows as many digits as it is asked for."""

import mpmath
import numpy as np
import pytest

from grader.compiled import functions as f
from grader.compiled import vectors as v
from simulator.compiled import compiled


@compiled
def of_vectors(x: np.ndarray, results: np.ndarray) -> None:
    for place in range(0, x.size, 16):
        numbers = v.load(x, place)
        v.store(results[0], place, f.exp(numbers))
        v.store(results[1], place, f.tanh(numbers))
        v.store(results[2], place, f.sigmoid(numbers))


@compiled
def of_numbers(x: np.ndarray, results: np.ndarray) -> None:
    for place in range(x.size):
        results[0, place] = f.logarithm(x[place])
        results[1, place] = f.cosine_of_turns(x[place])
        results[2, place] = f.normal(x[place], x[x.size - 1 - place])


def units_of_the_last_place(found: np.ndarray, exact: list[mpmath.mpf]) -> float:
    spacing = [float(np.spacing(abs(found.dtype.type(e)))) for e in exact]
    return max(
        float(abs(mpmath.mpf(float(a)) - e)) / s
        for a, e, s in zip(found, exact, spacing, strict=True)
    )


@pytest.mark.parametrize(
    ("row", "function", "within"),
    [(0, mpmath.exp, 1.0), (1, mpmath.tanh, 5.0), (2, lambda x: 1 / (1 + mpmath.exp(-x)), 3.0)],
    ids=["exp", "tanh", "sigmoid"],
)
def test_vector_functions_are_right_to_the_last_places(row, function, within):
    random = np.random.default_rng(1)
    x = np.concatenate(
        [random.uniform(-80, 80, 1600), random.uniform(-1, 1, 1600), random.normal(0, 0.01, 800)]
    ).astype(np.float32)
    results = np.zeros((3, x.size), np.float32)
    of_vectors(x, results)
    exact = [function(mpmath.mpf(float(number))) for number in x]
    assert units_of_the_last_place(results[row], exact) <= within


def test_functions_at_their_ends():
    x = np.array([0.0, -0.0, 1e-30, -1e-30, 87, -87, 1e9, -1e9, 100, -100, 20, -20, 1, -1, 2, -2])
    results = np.zeros((3, 16), np.float32)
    of_vectors(x.astype(np.float32), results)
    assert np.isfinite(results).all()
    assert results[0, :2].tolist() == [1, 1]
    assert results[1, :4].tolist() == [0, 0, np.float32(1e-30), np.float32(-1e-30)]
    assert results[1, 6:8].tolist() == [1, -1]
    assert results[2, [0, 6]].tolist() == [0.5, 1]
    assert results[2, 7] < 1e-37


def test_logarithm_cosine_and_normal_draw_in_double_precision():
    random = np.random.default_rng(2)
    x = np.concatenate(
        [random.random(2000), 2.0 ** -np.arange(1, 34), 1 - 2.0 ** -np.arange(2, 34)]
    )
    results = np.zeros((3, x.size))
    of_numbers(x, results)
    logs = [mpmath.log(mpmath.mpf(float(number))) for number in x]
    worst = max(
        abs(float((mpmath.mpf(float(a)) - e) / e)) for a, e in zip(results[0], logs, strict=True)
    )
    assert worst < 2e-15
    cosines = [float(mpmath.cos(2 * mpmath.pi * mpmath.mpf(float(number)))) for number in x]
    np.testing.assert_allclose(results[1], cosines, rtol=0, atol=3e-15)
    turns = [mpmath.mpf(float(number)) for number in x[::-1]]
    normals = [
        float(mpmath.sqrt(-2 * log) * mpmath.cos(2 * mpmath.pi * turn))
        for log, turn in zip(logs, turns, strict=True)
    ]
    np.testing.assert_allclose(results[2], normals, rtol=0, atol=1e-14)
