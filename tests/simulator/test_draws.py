"""The generator: published vectors, the frozen map of draws, and what a draw depends on."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from simulator import draws
from simulator.compiled import compiled
from tests.simulator.random_numbers import keyed_uniform, philox

SEEDS = st.integers(0, 2**64 - 1)
WORDS = st.integers(0, 2**32 - 1)

# Counter, key and output of philox4x32 with 10 rounds: Random123, kat_vectors.
KNOWN_ANSWERS = [
    (
        "00000000 00000000 00000000 00000000",
        "00000000 00000000",
        "6627e8d5 e169c58d bc57ac4c 9b00dbd8",
    ),
    (
        "ffffffff ffffffff ffffffff ffffffff",
        "ffffffff ffffffff",
        "408f276d 41c83b0e a20bc7c6 6d5451fd",
    ),
    (
        "243f6a88 85a308d3 13198a2e 03707344",
        "a4093822 299f31d0",
        "d16cfe09 94fdcceb 5001e420 24126ea1",
    ),
]


def words(text: str) -> tuple[int, ...]:
    return tuple(int(word, 16) for word in text.split())


@compiled
def compiled_philox(counter: np.ndarray, seed: np.uint64) -> tuple:
    return draws.philox(counter[0], counter[1], counter[2], counter[3], seed)


@pytest.mark.parametrize(("counter", "key", "answer"), KNOWN_ANSWERS)
def test_the_generator_gives_the_published_answers(counter: str, key: str, answer: str) -> None:
    low, high = words(key)
    ours = compiled_philox(np.array(words(counter), np.uint64), np.uint64(low | high << 32))
    assert tuple(int(word) for word in ours) == words(answer)
    assert philox(words(counter), words(key)) == words(answer)


@settings(deadline=None)
@given(seed=SEEDS, frame=WORDS, car=WORDS, purpose=WORDS)
def test_a_draw_is_the_one_of_its_seed_frame_car_and_purpose(
    seed: int, frame: int, car: int, purpose: int
) -> None:
    ours = draws.uniforms([seed], frame=frame, car=car, purpose=purpose)
    assert ours.tolist() == [keyed_uniform(seed, frame, car, purpose)]


@settings(deadline=None)
@given(seed=SEEDS, first=st.integers(0, 2**31), least=WORDS)
def test_rare_draws_found_together_are_those_taken_alone(seed: int, first: int, least: int) -> None:
    rare = np.ones(32, np.uint64)
    find_together(np.uint64(seed), first, draws.CHANGE, least, rare)
    for frame in (0, 17, 31):
        alone = [keyed_uniform(seed, first + frame, car, draws.CHANGE) for car in range(20)]
        passed = [number >= (least + 0.5) / 2**32 for number in alone]
        assert int(rare[frame]) == sum(1 << car for car in range(20) if passed[car])


@compiled
def find_together(seed: np.uint64, first: int, purpose: int, least: int, rare: np.ndarray) -> None:
    draws.find_rare(seed, first, purpose, least, rare)


def test_the_purposes_keep_their_numbers() -> None:
    names = [
        "PLACE",
        "THROTTLE",
        "RESPAWN_LANE",
        "RESPAWN_THROTTLE",
        "CHANGE",
        "DIRECTION",
        "EXPLORE",
        "ACTION",
    ]
    assert [getattr(draws, name) for name in names] == list(range(8))


def test_a_draw_is_never_zero_or_one() -> None:
    assert draws.unit.py_func(0) == 2.0**-33
    assert draws.unit.py_func(2**32 - 1) == 1 - 2.0**-33


def test_a_draw_does_not_depend_on_its_neighbours() -> None:
    seeds = [7, 2**40, 3]
    together = draws.uniforms(seeds, frame=5, car=1, purpose=draws.EXPLORE)
    alone = [draws.uniforms([seed], frame=5, car=1, purpose=draws.EXPLORE)[0] for seed in seeds]
    assert together.tolist() == alone


def test_draws_are_spread_evenly() -> None:
    numbers = draws.uniforms(range(100_000), frame=3, car=2, purpose=draws.ACTION)
    counts = np.bincount((numbers * 20).astype(int), minlength=20)
    # Chi-square with 19 degrees of freedom: above 43.8 once in a thousand.
    assert ((counts - 5000) ** 2 / 5000).sum() < 43.8


@pytest.mark.parametrize("word", ["frame", "car", "purpose"])
@pytest.mark.parametrize("wrong", [-1, 2**32])
def test_a_word_of_the_counter_out_of_bounds_is_named(word: str, wrong: int) -> None:
    counter = {"frame": 0, "car": 0, "purpose": 0} | {word: wrong}
    with pytest.raises(ValueError, match=f"{word} is {wrong}; it must be 0 to 4294967295"):
        draws.uniforms([1], **counter)
