"""The further layers: matrices in full, in blocks that stay in registers.

Every number of a product is summed in the order of the depth, one fused multiplication after the
other, whatever the block: the same bits for a row alone or among others.
"""

from typing import Any, Final

from grader.compiled.layout import Row
from grader.compiled.vectors import WIDTH, fma, load, splat, store
from simulator.compiled import compiled, inlined

ROWS_AT_ONCE: Final = 8  # rows, of one vector of columns: eight sums and a vector in registers
VECTORS_AT_ONCE: Final = 4  # vectors of columns, of one row


@inlined
def eight_rows(
    a: Row, start: int, stride: int, step: int, depth: int, b: Row, column: int, length: int,
    c: Row, place: int, width: int, begin: Row, origin: int, jump: int,
) -> None:  # fmt: skip
    """Computes a vector of columns of eight rows of a product; arguments as in `multiply`."""
    s0 = load(begin, origin)
    s1 = load(begin, origin + jump)
    s2 = load(begin, origin + 2 * jump)
    s3 = load(begin, origin + 3 * jump)
    s4 = load(begin, origin + 4 * jump)
    s5 = load(begin, origin + 5 * jump)
    s6 = load(begin, origin + 6 * jump)
    s7 = load(begin, origin + 7 * jump)
    for k in range(depth):
        row = load(b, column + k * length)
        at = start + k * step
        s0 = fma(splat(a[at]), row, s0)
        s1 = fma(splat(a[at + stride]), row, s1)
        s2 = fma(splat(a[at + 2 * stride]), row, s2)
        s3 = fma(splat(a[at + 3 * stride]), row, s3)
        s4 = fma(splat(a[at + 4 * stride]), row, s4)
        s5 = fma(splat(a[at + 5 * stride]), row, s5)
        s6 = fma(splat(a[at + 6 * stride]), row, s6)
        s7 = fma(splat(a[at + 7 * stride]), row, s7)
    store(c, place, s0)
    store(c, place + width, s1)
    store(c, place + 2 * width, s2)
    store(c, place + 3 * width, s3)
    store(c, place + 4 * width, s4)
    store(c, place + 5 * width, s5)
    store(c, place + 6 * width, s6)
    store(c, place + 7 * width, s7)


@inlined
def four_vectors(
    a: Row, start: int, step: int, depth: int, b: Row, column: int, length: int, c: Row, place: int,
    begin: Row, origin: int,
) -> None:  # fmt: skip
    """Computes four vectors of columns of one row of a product."""
    s0 = load(begin, origin)
    s1 = load(begin, origin + WIDTH)
    s2 = load(begin, origin + 2 * WIDTH)
    s3 = load(begin, origin + 3 * WIDTH)
    for k in range(depth):
        at = column + k * length
        factor = splat(a[start + k * step])
        s0 = fma(factor, load(b, at), s0)
        s1 = fma(factor, load(b, at + WIDTH), s1)
        s2 = fma(factor, load(b, at + 2 * WIDTH), s2)
        s3 = fma(factor, load(b, at + 3 * WIDTH), s3)
    store(c, place, s0)
    store(c, place + WIDTH, s1)
    store(c, place + 2 * WIDTH, s2)
    store(c, place + 3 * WIDTH, s3)


@inlined
def one_vector(
    a: Row, start: int, step: int, depth: int, b: Row, column: int, length: int, begin: Any
) -> Any:
    """Returns one vector of columns of one row of a product."""
    s = begin
    for k in range(depth):
        s = fma(splat(a[start + k * step]), load(b, column + k * length), s)
    return s


@compiled
def multiply(
    rows: int, depth: int, columns: int,
    a: Row, start: int, stride: int, step: int,
    b: Row, first: int, length: int,
    c: Row, place: int, width: int,
    begin: Row, origin: int, jump: int,
) -> None:  # fmt: skip
    """Computes c = begin + a b.

    Args:
        rows: Of a and c.
        depth: Columns of a, rows of b.
        columns: Of b and c, a multiple of sixteen.
        a: Element (i, k) stands at start + i stride + k step.
        start: See a.
        stride: See a.
        step: See a.
        b: Row k begins at first + k length.
        first: See b.
        length: See b.
        c: Written; row i begins at place + i width.
        place: See c.
        width: See c.
        begin: Row i begins at origin + i jump; c itself, or one row for all with jump 0.
        origin: See begin.
        jump: See begin.
    """
    whole = rows - rows % ROWS_AT_ONCE
    for column in range(0, columns, WIDTH):
        for row in range(0, whole, ROWS_AT_ONCE):
            eight_rows(
                a, start + row * stride, stride, step, depth, b, first + column, length,
                c, place + row * width + column, width, begin, origin + row * jump + column, jump,
            )  # fmt: skip
    many = VECTORS_AT_ONCE * WIDTH
    for row in range(whole, rows):
        for column in range(0, columns - columns % many, many):
            four_vectors(
                a, start + row * stride, step, depth, b, first + column, length,
                c, place + row * width + column, begin, origin + row * jump + column,
            )  # fmt: skip
        for column in range(columns - columns % many, columns, WIDTH):
            sums = load(begin, origin + row * jump + column)
            at = start + row * stride
            sums = one_vector(a, at, step, depth, b, first + column, length, sums)
            store(c, place + row * width + column, sums)


@compiled
def turn(rows: int, columns: int, a: Row, first: int, length: int, turned: Row, width: int) -> None:
    """Writes a matrix turned on its side: turned[j width + i] = a[first + i length + j]."""
    for row in range(rows):
        for column in range(columns):
            turned[column * width + row] = a[first + row * length + column]


@compiled
def add_rows(c: Row, place: int, a: Row, rows: int, columns: int, width: int) -> None:
    """Adds up rows of a, one after the other, onto sixteen columns at a time of c."""
    for column in range(0, columns, WIDTH):
        sums = load(c, place + column)
        for row in range(rows):
            sums = sums + load(a, row * width + column)
        store(c, place + column, sums)
