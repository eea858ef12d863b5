"""Matrices in blocks: right, and each row the same alone and among others."""

import numpy as np
import pytest

from grader.compiled.dense import add_rows, multiply, turn
from grader.compiled.layout import aligned


@pytest.mark.parametrize("rows", [1, 2, 7, 8, 9, 16, 19])
@pytest.mark.parametrize(("depth", "vectors"), [(1, 1), (5, 3), (33, 4), (16, 9)])
def test_a_product_is_right_and_a_row_has_the_same_bits_alone(rows, depth, vectors):
    random = np.random.default_rng(rows * depth)
    columns = 16 * vectors
    a, b, c, begin = (
        aligned(*shape)
        for shape in ((rows, depth), (depth, columns), (rows, columns), (1, columns))
    )
    for array in (a, b, begin):
        array[:] = random.standard_normal(array.shape)
    flat = [array.ravel() for array in (a, b, c, begin)]

    def product(first: int, count: int) -> None:
        multiply(
            *(count, depth, columns, flat[0], first * depth, depth, 1, flat[1], 0, columns),
            *(flat[2], first * columns, columns, flat[3], 0, 0),
        )

    product(0, rows)
    exact = begin.astype(np.float64) + a.astype(np.float64) @ b
    np.testing.assert_allclose(c, exact, atol=1e-6 * depth)
    together = c.copy()
    c[:] = 0
    for row in range(rows):
        product(row, 1)
    assert np.array_equal(c, together)


def test_a_product_of_a_matrix_on_its_side_is_added_to_what_is_there():
    random = np.random.default_rng(1)
    a, b, c = aligned(12, 9), aligned(12, 32), aligned(9, 32)
    for array in (a, b, c):
        array[:] = random.standard_normal(array.shape)
    exact = c.astype(np.float64) + a.T.astype(np.float64) @ b
    flat = c.ravel()
    multiply(9, 12, 32, a.ravel(), 0, 1, 9, b.ravel(), 0, 32, flat, 0, 32, flat, 0, 32)
    np.testing.assert_allclose(c, exact, atol=1e-5)


def test_turning_and_adding_up():
    a = aligned(3, 16)
    a[:] = np.arange(48).reshape(3, 16)
    turned = aligned(16, 16)
    turn(3, 5, a.ravel(), 0, 16, turned.ravel(), 16)
    assert np.array_equal(turned[:5, :3], a[:, :5].T)
    total = aligned(16)
    add_rows(total, 0, a.ravel(), 3, 16, 16)
    assert np.array_equal(total, a.sum(axis=0))
