"""One road driven by the compiled code a frame at a time, to be held against another."""

import numpy as np

from simulator.compiled import compiled
from simulator.driving import Stretch, drive_all, start_runs, start_sessions
from simulator.kernels import NOBODY, derive
from simulator.rules import Rules
from simulator.state import CAMERA, TOTAL, TRAVELLED, Roads, new_roads
from simulator.traffic import View
from tests.simulator.oracle import Decide, Oracle


class CompiledRoad:
    """One road, or in a ruleset of sessions one session."""

    def __init__(self, rules: Rules, seed: int, other_agents: int, view: View) -> None:
        self.quirks = rules.quirks
        self.agents = other_agents + 1
        self.view = view
        self.roads = new_roads(1)
        self.roads.seed[:] = seed
        self.observations = np.full((1, view.size), np.nan)
        self.rewards = np.full(1, np.nan)
        start_sessions(self.roads)

    def reset(self) -> None:
        start_runs(self.roads, self.agents, self.quirks, 0, 1)

    def put(self, cars: list[list[float]], camera: float) -> None:
        """Sets the cars to a state that another road is in."""
        roads = self.roads
        roads.x, roads.y, roads.lane, roads.throttle, roads.follow = np.array(cars).T
        roads.sums[0, CAMERA] = camera
        derive_all(roads)

    def drive(self, *, decided: int, action: int, first: int, last: int, deciding: int) -> None:
        stretch = Stretch(self.quirks, self.agents, decided, first, last, deciding, self.view)
        actions = np.array([action])
        drive_all(self.roads, actions, stretch, self.observations, self.rewards, 0, 1)

    def drive_frame(self, frame: int) -> None:
        """Drives a frame in which nobody decides."""
        self.drive(decided=NOBODY, action=0, first=frame, last=frame + 1, deciding=NOBODY)

    def look(self, frame: int, car: int) -> tuple[list[float], float]:
        """Drives a frame up to a car's decision; returns what it sees, and the ego's reward."""
        self.drive(decided=NOBODY, action=0, first=frame, last=frame, deciding=car)
        return self.observations[0].tolist(), float(self.rewards[0])

    def act(self, frame: int, car: int, action: int) -> None:
        """Carries out that decision and drives the frame to its end."""
        self.drive(decided=car, action=action, first=frame + 1, last=frame + 1, deciding=NOBODY)

    def cars(self) -> list[list[float]]:
        parts = ("x", "y", "lane", "throttle", "follow")
        return np.stack([self.roads[part][0] for part in parts], axis=1).tolist()

    def sums(self) -> list[float]:
        return self.roads.sums[0, [CAMERA, TRAVELLED, TOTAL]].tolist()

    def behaviour(self) -> int:
        return int(self.roads.behaviour[0])


@compiled
def derive_all(roads: Roads) -> None:
    for index in range(roads.shape[0]):
        derive(roads[index])


def cars_of(oracle: Oracle) -> list[list[float]]:
    return [[car.x, car.y, car.lane, car.a, car.c] for car in oracle.cars]


def drive_both(road: CompiledRoad, oracle: Oracle, decide: Decide, frames: int) -> None:
    """Drives from the frame the oracle is at, and compares every frame and every decision."""

    def decide_both(car: int, observation: list[float], reward: float | None) -> int:
        seen, rewarded = road.look(frame, car)
        # Cars after the one that decides haven't acted yet, whoever's decision they carry out.
        assert road.cars() == cars_of(oracle)
        assert seen == observation
        if reward is not None:
            assert rewarded == reward
        action = decide(car, observation, reward)
        road.act(frame, car, action)
        decisions.append(frame)
        return action

    decisions: list[int] = []
    for frame in range(oracle.frame, oracle.frame + frames):
        oracle.drive_frame(decide_both)
        if frame not in decisions:
            road.drive_frame(frame)
        assert road.cars() == cars_of(oracle)
        assert road.sums() == [oracle.camera, oracle.travelled, oracle.total]
        if oracle.original:
            assert road.behaviour() == oracle.draws.behaviour.state
