"""The vectors of compiled code against numpy, number by number."""

import os
import subprocess
import sys
from pathlib import Path

import numpy as np
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays

from simulator import vectors
from simulator.compiled import compiled
from tests.simulator.examples import examples

NUMBERS = arrays(np.float64, 8, elements=st.floats(-1e6, 1e6))
KEYS = arrays(np.uint16, 64, elements=st.integers(0, 2**16 - 1))


@compiled
def reckon(one: np.ndarray, other: np.ndarray, results: np.ndarray, whole: np.ndarray) -> bool:
    a = vectors.four(one, 2)
    b = vectors.four(other, 4)
    vectors.put_four(results[0], 1, a + b)
    vectors.put_four(results[1], 1, a - b)
    vectors.put_four(results[2], 1, a * b)
    vectors.put_four(results[3], 1, a / b)
    vectors.put_four(results[4], 1, vectors.lesser(a, b))
    vectors.put_four(results[5], 1, vectors.greater(a, b))
    vectors.put_four(results[6], 1, vectors.floors(a))
    vectors.put_four(results[7], 1, vectors.all_four(one[0]))
    vectors.put_whole(whole, 1, vectors.floors(a))
    return vectors.any_below(a, b)


@examples(100)
@given(one=NUMBERS, other=NUMBERS)
def test_four_numbers_are_reckoned_with_like_one(one: np.ndarray, other: np.ndarray) -> None:
    results = np.zeros((8, 8))
    whole = np.zeros(8, np.uint16)
    below = reckon(one, other, results, whole)
    a, b = one[2:6], other[4:8]
    with np.errstate(all="ignore"):
        expected = [a + b, a - b, a * b, a / b, np.minimum(a, b), np.maximum(a, b), np.floor(a)]
    np.testing.assert_array_equal(results[:7, 1:5], expected)
    assert (results[7, 1:5] == one[0]).all()
    assert (results[:, [0, 5, 6, 7]] == 0.0).all()
    assert whole.tolist() == [0, *(np.floor(a).astype(np.int64) % 2**16).tolist(), 0, 0, 0]
    assert below == (a < b).any()


@compiled
def compare(keys: np.ndarray, start: int, key: int, span: int) -> int:
    return vectors.near(keys, start, key, span)


@examples(100)
@given(keys=KEYS, start=st.integers(0, 32), key=st.integers(0, 2**16 - 1), span=st.integers(0, 99))
def test_keys_up_to_a_distance_below_are_found(
    keys: np.ndarray, start: int, key: int, span: int
) -> None:
    keys[start + 3] = np.uint16(key % 2**16)
    keys[start + 31] = np.uint16((key - span + 1) % 2**16)
    expected = [(key - int(other)) % 2**16 < span for other in keys[start : start + 32]]
    found = int(compare(keys, start, key, span))
    assert [bool(found >> slot & 1) for slot in range(64)] == expected + [False] * 32


@compiled
def add(into: np.ndarray, one: np.ndarray, other: np.ndarray, start: int) -> None:
    vectors.add_keys(into, one, other, start)


@examples(50)
@given(one=KEYS, other=KEYS, start=st.integers(0, 32))
def test_keys_are_added_modulo_a_word(one: np.ndarray, other: np.ndarray, start: int) -> None:
    into = np.zeros(64, np.uint16)
    add(into, one, other, start)
    places = slice(start, start + 32)
    assert (into[places] == one[places] + other[places]).all()
    assert into.sum() == into[places].sum()


@compiled
def bit_and_floor(bits: np.uint64, number: float) -> tuple[int, int]:
    return vectors.lowest_bit(bits), vectors.whole_below(number)


@examples(100)
@given(bits=st.integers(1, 2**64 - 1), number=st.floats(-(2.0**31), 2.0**31 - 1))
def test_the_lowest_bit_and_the_whole_number_below(bits: int, number: float) -> None:
    lowest = (bits & -bits).bit_length() - 1
    assert bit_and_floor(np.uint64(bits), number) == (lowest, int(np.floor(number)))


OUT_OF_BOUNDS = """
import numpy
from simulator.compiled import compiled
from simulator.state import new_roads
from simulator import vectors

@compiled
def plain(road, place):
    return road.x[place]

@compiled
def four(road, place):
    vectors.put_four(road.x, place, vectors.all_four(1.0))

@compiled
def near(road, place):
    return vectors.near(road.key, place, 5, 3)

@compiled
def add(road, place):
    vectors.add_keys(road.key, road.base, road.row, place)

for access, last in ((plain, 19), (four, 16), (near, 32), (add, 32)):
    road = new_roads(1)[0]
    access(road, last)
    try:
        access(road, last + 1)
    except IndexError:
        print(access.__name__)
"""


def test_with_bounds_checking_on_an_index_out_of_bounds_is_an_error(tmp_path: Path) -> None:
    script = tmp_path / "out_of_bounds.py"
    script.write_text(OUT_OF_BOUNDS)
    noticed = subprocess.run(
        [sys.executable, script],
        env=os.environ
        | {
            "NUMBA_BOUNDSCHECK": "1",
            "NUMBA_CACHE_DIR": str(tmp_path),
            "PYTHONPATH": str(Path(__file__).parents[2]),
        },
        capture_output=True,
        text=True,
        check=True,
    ).stdout.splitlines()
    assert [line for line in noticed if not line.startswith("debug")] == [
        "plain",
        "four",
        "near",
        "add",
    ]
