"""The original's random numbers, compiled, against plain integers."""

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from simulator import streams
from simulator.compiled import compiled
from tests.simulator.examples import examples
from tests.simulator.random_numbers import Lehmer

STATES = st.integers(1, 2**31 - 2)


@compiled
def compiled_seeded(seed: np.uint64) -> int:
    return streams.seeded(seed)


@compiled
def compiled_jumped(state: int, draws: int) -> int:
    return streams.jumped(state, draws)


@compiled
def compiled_any_above(state: int, draws: int, least: int) -> bool:
    return streams.any_above(state, draws, least)


@examples(100)
@given(seed=st.one_of(st.integers(0, 2**64 - 1), st.integers(0, 9).map((2**31 - 1).__mul__)))
def test_any_seed_starts_a_stream(seed: int) -> None:
    assert compiled_seeded(np.uint64(seed)) == Lehmer(seed).state


@examples(100)
@given(state=STATES, draws=st.integers(0, 20), least=STATES)
def test_a_jump_is_so_many_draws(state: int, draws: int, least: int) -> None:
    stream = Lehmer(state)
    states = [stream.state]
    for _ in range(draws):
        drawn = stream.draw()
        states.append(stream.state)
        assert streams.stream_unit.py_func(stream.state) == drawn
    assert compiled_jumped(state, draws) == states[-1]
    assert compiled_any_above(state, draws, least) == any(later > least for later in states[1:])
