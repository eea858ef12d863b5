"""A fixed drive and the hash of all it did: what must stay the same on every machine, for ever.

python -m tests.simulator.scenario
"""

import hashlib

import numpy as np

from simulator.draws import ACTION, uniforms
from simulator.road import ACTIONS
from simulator.traffic import Traffic, View

SEEDS = (0, 1, 2**32, 2**63, 2**64 - 1)


def state_hash(other_agents: int) -> str:
    """Drives 300 frames of random actions; returns a hash of all states, observations, rewards."""
    traffic = Traffic(len(SEEDS), view=View(2, 20, 6), other_agents=other_agents, frames=300)
    traffic.reset(SEEDS)
    seen = hashlib.sha256()
    while not traffic.finished:
        roads = traffic.roads
        cars = (roads.x, roads.y, roads.lane, roads.throttle, roads.follow)
        for part in (*cars, traffic.observations, traffic.rewards, traffic.average_mph()):
            seen.update(part.astype("<f8").tobytes())
        numbers = uniforms(SEEDS, frame=traffic.frame, car=traffic.agent, purpose=ACTION)
        traffic.step((numbers * ACTIONS).astype(np.int64))
    seen.update(traffic.average_mph().astype("<f8").tobytes())
    return seen.hexdigest()


def draws_hash() -> str:
    """Returns a hash of draws over seeds, frames, cars and purposes."""
    seen = hashlib.sha256()
    for purpose in range(8):
        for car in (0, 1, 2, 3, 4, 19):
            for frame in (0, 1, 1999, 2**32 - 1):
                numbers = uniforms(SEEDS, frame=frame, car=car, purpose=purpose)
                seen.update(numbers.astype("<f8").tobytes())
    return seen.hexdigest()


if __name__ == "__main__":
    print(draws_hash(), state_hash(0), state_hash(10))
