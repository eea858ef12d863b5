"""Roads in any state at all: cars on top of each other, on the edges of cells, between lanes."""

from dataclasses import dataclass

import numpy as np
from hypothesis import strategies as st

from tests.simulator.oracle import Oracle

# Cars stay between the places at which they are replaced.
_anywhere = st.floats(-68.0, 768.0, allow_subnormal=False)
_on_a_row = st.integers(-6, 76).map(lambda row: 10.0 * row)
_beside_an_edge = st.tuples(_on_a_row, st.sampled_from([-np.inf, np.inf])).map(
    lambda pair: next_to(*pair)
)
# Few rows make many cars cover each other.
_crowded = st.floats(300.0, 360.0)
_off_the_lane = st.one_of(
    st.just(0.0), st.floats(-20.0, 20.0), st.integers(-30, 30).map(lambda n: n * 20 / 30)
)
# In two columns, so that there can be more of them than are usually searched.
_between_lanes = st.floats(-13.0, -5.0)
_throttles = st.one_of(
    st.sampled_from([0.0, 1.0, 1.7, 2.0, 0.02, 2.0 - 0.02, 1.4e-15, -1.5e-15]),
    st.floats(0.001, 2.0),
)
_speeds = st.one_of(st.sampled_from([0.0, 0.5, 1.0, 2.0, 4.0]), st.floats(0.0, 4.0))


def next_to(edge: float, toward: float) -> float:
    """The next number to an edge; for 0 one that isn't so small that nothing can lead to it."""
    return float(np.nextafter(edge, toward)) if edge else float(np.sign(toward)) * 1e-300


@dataclass
class Crowd:
    """Where the cars are and what they do: x, y, lane, throttle and follow limit of each."""

    places: list[tuple[float, float, int, float, float]]
    camera: float

    def put(self, oracle: Oracle) -> None:
        """Sets a road to this state."""
        oracle.camera = self.camera
        for car, (off, y, lane, throttle, speed) in zip(oracle.cars, self.places, strict=True):
            car.lane, car.y = lane, y
            car.x = min(max(20.0 * lane + 4 + off, 4.0), 124.0)
            if car.controlled:
                # In the original no steps lead to 0, nor are they cut off there.
                car.a = throttle + 1.3e-15 if oracle.original else max(0.0, throttle)
            car.c = min(2.0, speed / car.a) if car.a > 0 else 0.5

    def cars(self, oracle: Oracle) -> list[list[float]]:
        return [[car.x, car.y, car.lane, car.a, car.c] for car in oracle.cars]


def crowds() -> st.SearchStrategy[Crowd]:
    ys = st.one_of(_anywhere, _on_a_row, _beside_an_edge, _crowded)
    places = st.one_of(
        st.lists(
            st.tuples(off, ys, st.integers(0, 6), _throttles, _speeds), min_size=20, max_size=20
        )
        for off in (_off_the_lane, _off_the_lane, _between_lanes)
    )
    return st.builds(Crowd, places=places, camera=st.floats(0.0, 4.0))
