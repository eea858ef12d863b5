"""Gymnasium environments over the traffic: Overtake-v0, one road or many stepped together.

Importing this module registers them.
"""

from collections.abc import Sequence
from typing import Any, Final

import gymnasium
import numpy as np
from gymnasium import spaces
from gymnasium.utils import seeding
from gymnasium.vector import AutoresetMode, VectorEnv
from gymnasium.vector.utils import batch_space
from numpy.typing import NDArray

from simulator.draws import MAX_SEED, checked_seeds
from simulator.policies import Policy
from simulator.rides import Rides
from simulator.road import ACTIONS
from simulator.view import View

ENV_ID: Final = "Overtake-v0"
DEFAULT_VIEW: Final = View(lanes_side=3, patches_ahead=30, patches_behind=10)
DEFAULT_OTHERS: Final = "gap-seeker-10"

Observations = NDArray[np.float64]
RENDER_MODES: Final = ("rgb_array",)
METADATA: Final = {"render_modes": list(RENDER_MODES), "render_fps": 2}  # 60 frames of driving/s
VECTOR_METADATA: Final = {**METADATA, "autoreset_mode": AutoresetMode.NEXT_STEP}


class OvertakeEnv(gymnasium.Env[Observations, np.int64]):
    """One car in the traffic of seven lanes, to be driven as fast as the traffic allows.

    ## Description
    The road of the competition, ruleset `open` of docs/simulator.md: 20 cars on 7 lanes. A safety
    rule keeps cars from hitting each other, so there are no accidents; there is only slow traffic
    to find a way through. One step is one decision: 30 frames of driving.

    ## Action space
    `Discrete(5)`: 0 nothing, 1 accelerate, 2 decelerate, 3 change to the left, 4 to the right. A
    lane change begins if the lane is free beside and ahead of the car, and takes 30 frames;
    otherwise nothing happens.

    ## Observation space
    `Box(0, 1, (view.size,), float64)`: the cells around the car, a row of lanes from left to right,
    the farthest row first; `observation.reshape(-1, view.width)` is the map. 1 is free road, 0 off
    the road, and a car is its speed in px per frame / 100, so 0 to 0.04.

    ## Rewards
    `(px driven in the last 30 frames - 60) / 20` = 0.075 * mph - 3, so -3 standing and 3 at 80 mph.
    The last step drives fewer frames; its reward is `(px - 2 * frames) / 20`.

    ## Starting state
    The ego stands in the middle lane at full throttle; the others are placed at random by the run's
    seed. `reset(seed=n)` drives run n, the one that a grading with seed n drives, and seeds the
    environment's generator; `reset()` draws the next run's seed from that generator.

    ## Episode end
    Nothing ends a run but time: `terminated` is always false, `truncated` is true after `frames`
    frames. 2,000 frames are 67 steps. The last observation shows the road after the last frame.

    ## Info
    `seed` of the run, `frame`, the number of frames driven, and `average_mph`, the mean speed of
    the controlled cars so far: at the end, the run's score.

    ## Arguments
    - `lanes_side` (0 to 6), `patches_ahead` (1 to 70), `patches_behind` (0 to 70): the view.
    - `other_agents` (0 to 10): other controlled cars. In a grading they all drive by the network
      that is graded; here they drive by `others`.
    - `others`: a driver's name, as in `python -m simulator drive`, or a `simulator.policies.Policy`
      of your own: `view` and `act(observations, moment)`, for instance your network as it is now.
    - `frames`: the length of a run.
    - `render_mode`: `"rgb_array"` gives [1400, 320, 3] pictures.

    ## Version history
    - v0: ruleset `open`.
    """

    metadata: dict[str, Any] = METADATA

    def __init__(
        self,
        *,
        lanes_side: int = DEFAULT_VIEW.lanes_side,
        patches_ahead: int = DEFAULT_VIEW.patches_ahead,
        patches_behind: int = DEFAULT_VIEW.patches_behind,
        other_agents: int = 0,
        others: str | Policy = DEFAULT_OTHERS,
        frames: int = 2000,
        render_mode: str | None = None,
    ) -> None:
        self.render_mode = _checked_mode(render_mode)
        view = View(lanes_side, patches_ahead, patches_behind)
        self._rides = Rides(1, view, other_agents=other_agents, others=others, frames=frames)
        self.observation_space = _seen_space(self._rides.view)
        self.action_space = spaces.Discrete(ACTIONS)

    def reset(
        self, *, seed: int | None = None, options: dict[str, Any] | None = None
    ) -> tuple[Observations, dict[str, Any]]:
        """Starts run number `seed`, or one whose seed is drawn; there are no options.

        Raises:
            ValueError: the seed is not 0 to 2**64 - 1.
        """
        # Checked first: Gymnasium refuses seeds in words and with an error of its own.
        given = None if seed is None else checked_seeds([seed])
        super().reset(seed=seed, options=options)
        observations = self._rides.reset(_run_seeds(self.np_random, 1) if given is None else given)
        return observations[0], self._info()

    def step(
        self, action: np.int64 | int
    ) -> tuple[Observations, float, bool, bool, dict[str, Any]]:
        """Carries out one decision and drives on to the next.

        Raises:
            ValueError: the action is not 0 to 4, or the run is at its end.
        """
        observations, rewards = self._rides.step([action])
        return observations[0], float(rewards[0]), False, self._rides.ended, self._info()

    def render(self) -> NDArray[np.uint8] | None:
        """Returns a picture of the road, [1400, 320, 3], if that is the render mode."""
        return None if self.render_mode is None else self._rides.picture(0)

    def _info(self) -> dict[str, Any]:
        return {name: numbers[0].item() for name, numbers in self._rides.facts().items()}


class OvertakeVectorEnv(VectorEnv[Observations, NDArray[np.int64], NDArray[Any]]):
    """Many roads at once, each an `OvertakeEnv`; `gymnasium.make_vec("Overtake-v0", num_envs=n)`.

    All roads end at the same step and are reset by the next one, which ignores its actions and
    brings no reward (autoreset mode "next step"). `reset(seed=n)` starts runs n, n + 1, ..; a list
    gives a seed for each. `info` has an array for each entry.
    """

    metadata: dict[str, Any] = VECTOR_METADATA

    def __init__(
        self,
        num_envs: int = 1,
        *,
        lanes_side: int = DEFAULT_VIEW.lanes_side,
        patches_ahead: int = DEFAULT_VIEW.patches_ahead,
        patches_behind: int = DEFAULT_VIEW.patches_behind,
        other_agents: int = 0,
        others: str | Policy = DEFAULT_OTHERS,
        frames: int = 2000,
        render_mode: str | None = None,
    ) -> None:
        self.render_mode = _checked_mode(render_mode)
        view = View(lanes_side, patches_ahead, patches_behind)
        self._rides = Rides(num_envs, view, other_agents=other_agents, others=others, frames=frames)
        self.num_envs = num_envs
        self.single_observation_space = _seen_space(self._rides.view)
        self.single_action_space = spaces.Discrete(ACTIONS)
        self.observation_space = batch_space(self.single_observation_space, num_envs)
        self.action_space = batch_space(self.single_action_space, num_envs)

    def reset(
        self,
        *,
        seed: int | Sequence[int] | None = None,
        options: dict[str, Any] | None = None,  # noqa: ARG002 - as Gymnasium calls it
    ) -> tuple[Observations, dict[str, Any]]:
        """Starts a run on every road; there are no options.

        Raises:
            ValueError: a seed is not 0 to 2**64 - 1, or there are not as many as roads.
        """
        if isinstance(seed, int | np.integer):
            seed = [int(seed) + road for road in range(self.num_envs)]
        if seed is None:
            return self._rides.reset(_run_seeds(self.np_random, self.num_envs)), self._infos()
        observations = self._rides.reset(seed)
        self._np_random, self._np_random_seed = seeding.np_random(int(seed[0]))
        return observations, self._infos()

    def step(
        self, actions: NDArray[np.int64]
    ) -> tuple[Observations, NDArray[Any], NDArray[Any], NDArray[Any], dict[str, Any]]:
        """Carries out one decision [num_envs] on each road, or starts the next runs after an end.

        Raises:
            ValueError: actions of another shape, or out of bounds.
        """
        if self._rides.ended:
            observations = self._rides.reset(_run_seeds(self.np_random, self.num_envs))
            rewards = np.zeros(self.num_envs)
        else:
            observations, rewards = self._rides.step(actions)
        never = np.zeros(self.num_envs, np.bool_)
        return observations, rewards, never, never | self._rides.ended, self._infos()

    def render(self) -> tuple[NDArray[np.uint8], ...] | None:
        """Returns a picture of each road, if that is the render mode."""
        if self.render_mode is None:
            return None
        return tuple(self._rides.picture(road) for road in range(self.num_envs))

    def _infos(self) -> dict[str, Any]:
        facts = self._rides.facts()
        everywhere = np.ones(self.num_envs, np.bool_)
        return {**facts, **{f"_{name}": everywhere for name in facts}}


def _run_seeds(generator: np.random.Generator, runs: int) -> NDArray[np.uint64]:
    return generator.integers(0, MAX_SEED, size=runs, dtype=np.uint64, endpoint=True)


def _seen_space(view: View) -> spaces.Space[Observations]:
    # Gymnasium types a box by all numbers that boxes may hold.
    box: spaces.Space[Any] = spaces.Box(0.0, 1.0, (view.size,), np.float64)
    return box


def _checked_mode(mode: str | None) -> str | None:
    if mode not in (None, *RENDER_MODES):
        raise ValueError(f"render_mode is {mode!r}; it must be None or 'rgb_array'.")
    return mode


gymnasium.register(
    ENV_ID,
    entry_point="simulator.gym:OvertakeEnv",
    vector_entry_point="simulator.gym:OvertakeVectorEnv",
)
