"""The egos' side of the traffic: from one of their decisions to the next."""

from collections.abc import Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

from simulator.last_look import last_look
from simulator.picture import scene, shapes
from simulator.policies import Moment, Policy, by_name
from simulator.raster import pixels
from simulator.road import FRAMES_PER_DECISION, REWARD_SCALE, REWARD_ZERO
from simulator.state import TRAVELLED
from simulator.traffic import Traffic, View

Observations = NDArray[np.float64]


class Rides:
    """Traffic in which only the egos' decisions are asked for; the others follow a driver."""

    def __init__(
        self, roads: int, view: View, *, other_agents: int, others: str | Policy, frames: int
    ) -> None:
        self.view = view.checked()
        self._others = by_name(others) if isinstance(others, str) else others
        # The roads are looked at once for all: through the smallest view that holds both.
        seen_by = [self.view, self._others.view] if other_agents else [self.view]
        wide = View(*map(max, zip(*seen_by, strict=True)))
        self._traffic = Traffic(roads, view=wide, other_agents=other_agents, frames=frames)

    @property
    def ended(self) -> bool:
        """Whether all frames are driven."""
        return self._traffic.finished

    def reset(self, seeds: Sequence[int] | NDArray[Any]) -> Observations:
        """Starts these runs; returns what the egos see [B, view.size]."""
        self._traffic.reset(seeds)
        return _cut(self._traffic.observations, self._traffic.view, self.view)

    def step(self, actions: Sequence[Any] | NDArray[Any]) -> tuple[Observations, NDArray[Any]]:
        """Carries out the egos' decisions; returns what they see then, and their rewards [B]."""
        traffic, others = self._traffic, self._others
        decided = traffic.frame
        traffic.step(actions)
        while not traffic.finished and traffic.agent != 0:
            seen = _cut(traffic.observations, traffic.view, others.view)
            traffic.step(others.act(seen, Moment(traffic.seeds, traffic.frame, traffic.agent)))
        if not traffic.finished:
            return _cut(traffic.observations, traffic.view, self.view), traffic.rewards.copy()
        # The decision's own frame was counted before it; no decision comes after these.
        zero = REWARD_ZERO * (traffic.frame - decided - 1) / FRAMES_PER_DECISION
        rewards = (traffic.roads.sums[:, TRAVELLED] - zero) / REWARD_SCALE
        return _cut(last_look(traffic), traffic.view, self.view), rewards

    def facts(self) -> dict[str, NDArray[Any]]:
        """Returns what a step tells beside its result, [B] each."""
        traffic = self._traffic
        return {
            "seed": traffic.seeds.copy(),
            "frame": np.full(len(traffic.seeds), traffic.frame),
            "average_mph": traffic.average_mph(),
        }

    def picture(self, road: int) -> NDArray[np.uint8]:
        """Returns a picture of one road, with what its ego sees."""
        return pixels(shapes(scene(self._traffic, road)._replace(view=self.view)))


def _cut(observations: Observations, wide: View, narrow: View) -> Observations:
    """Returns the part [B, narrow.size] of wider observations [B, wide.size], copied."""
    cells = observations.reshape(len(observations), -1, wide.width)
    ahead, beside = wide.patches_ahead, wide.lanes_side
    rows = slice(ahead - narrow.patches_ahead, ahead + narrow.patches_behind)
    lanes = slice(beside - narrow.lanes_side, beside + narrow.lanes_side + 1)
    return cells[:, rows, lanes].reshape(len(observations), narrow.size).copy()
