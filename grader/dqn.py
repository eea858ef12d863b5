"""Deep Q-learning, several trainings of one configuration side by side; docs/training.md explains.

The algorithm is that of the original competition's trainer (A. Karpathy's ConvNetJS, after Mnih et
al., 2013) with the departures that docs/training.md numbers.
"""

from collections.abc import Sequence
from typing import NamedTuple

import numpy as np
import numpy.typing as npt
import torch

from grader.compiled.chance import ACTION, EXPLORE, SAMPLE, SLOT, episode_seeds, uniform
from grader.curve import Curve
from grader.divergence import diverged
from grader.learner import Learner
from grader.network import Networks, Pass
from grader.progress import TRAINING, OnProgress, Point, Progress, Pulse, unheard
from grader.replay import Replay
from grader.schedule import episode_lengths, epsilon_at
from grader.schema import NUM_ACTIONS, NetworkConfig
from grader.window import Window
from simulator.rules import RULESETS
from simulator.traffic import Traffic, View


class Trained(NamedTuple):
    """What training leaves: T networks and how they came to be."""

    networks: Networks
    curves: list[list[Point]]


def train(  # noqa: C901 - the loop reads best on one page
    config: NetworkConfig,
    seeds: Sequence[int],
    *,
    indices: Sequence[int] | None = None,
    rules: str = "open",
    on_progress: OnProgress = unheard,
) -> Trained:
    """Trains one network for each seed.

    The weights of a training depend on its own seed alone, not on the others beside it.

    Args:
        config: What to train.
        seeds: T training seeds, unsigned 64-bit.
        indices: The trainings' indices within their evaluation, for reports; default 0..T-1.
        rules: Name of the ruleset to drive by.
        on_progress: Called about twice a second for each training.

    Raises:
        DivergedError: Weights of a training are no longer finite.
    """
    names = list(range(len(seeds)) if indices is None else indices)
    networks = Networks(config, len(seeds))
    networks.initialise(seeds)
    learner, replay = Learner(config, networks), Replay(config, len(seeds))
    curve, report = Curve(config, learner.losses.numpy()), Report(config, names, on_progress)
    acting = Pass(networks, rows=1)
    windows = [Window(config, len(seeds), rows=1) for _ in range(1 + config.other_agents)]
    ego = windows[0]
    before = ego.flat.copy()
    taken = np.zeros(len(seeds), dtype=np.int64)
    episodes, frames = episode_lengths(config)
    roads = episode_seeds(seeds, episodes)
    keys = np.array(seeds, np.uint64)
    cars, batch = len(windows), config.trainer.batch_size
    traffic = Traffic(
        len(seeds),
        view=View(config.lanes_side, config.patches_ahead, config.patches_behind),
        other_agents=config.other_agents,
        frames=frames,
        rules=RULESETS[rules],
    )

    iteration, epsilon = 0, 1.0
    for episode in range(episodes):
        traffic.reset(roads[:, episode])
        for window in windows:
            window.reset()
        while not traffic.finished:
            car = traffic.agent
            if car == 0:
                if iteration == config.training_iterations:
                    break
                iteration += 1
                explore = uniform(keys, iteration, EXPLORE, cars)
                anything = (uniform(keys, iteration, ACTION, cars) * NUM_ACTIONS).astype(np.int64)
                before[:] = ego.flat
            windows[car].see(traffic.observations)
            if car == 0 and traffic.has_reward:
                slot = uniform(keys, iteration, SLOT, 1)[:, 0]
                replay.remember(before, taken, traffic.rewards, ego.flat, chance=slot)
                curve.reward(traffic.rewards)
                if replay.length > config.start_learn_threshold:
                    learner.learn(replay.sample(uniform(keys, iteration, SAMPLE, batch)))
                    curve.update()
            if car == 0:
                epsilon = epsilon_at(config, iteration)
            worth = acting.forward(networks.matrices, windows[car].rows)
            actions = choose(worth, epsilon, explore[:, car], anything[:, car])
            windows[car].did(actions)
            if car == 0:
                taken[:] = actions
                if iteration % curve.stretch == 0 or iteration == config.training_iterations:
                    check(networks, names, iteration, config)
                    curve.close(iteration, epsilon)
                report.maybe(iteration, curve)
            traffic.step(actions)
    return Trained(networks, curve.points)


def choose(
    worth: torch.Tensor,
    epsilon: float,
    explore: npt.NDArray[np.float64],
    random_actions: npt.NDArray[np.int64],
) -> npt.NDArray[np.int64]:
    """The action of each road: the best, the first of several, or with epsilon a random one.

    Args:
        worth: Network outputs, any shape [..., 5] of N rows.
        epsilon: Share of random actions.
        explore: Uniform draws, shape [N].
        random_actions: Shape [N].
    """
    best = worth.numpy().argmax(axis=-1).ravel()
    return np.where(explore < epsilon, random_actions, best)


def check(networks: Networks, names: list[int], iteration: int, config: NetworkConfig) -> None:
    """Raises DivergedError for the first training whose weights are not all finite."""
    for index, weights in zip(names, networks.weights, strict=True):
        if not bool(torch.isfinite(weights).all()):
            raise diverged(config, index, iteration)


class Report:
    """Tells the listener of every training how far it is, but not more often than is useful."""

    def __init__(self, config: NetworkConfig, names: list[int], on_progress: OnProgress) -> None:
        self._total, self._names, self._tell = config.training_iterations, names, on_progress
        self._pulse = Pulse()
        self._told = 0

    def maybe(self, iteration: int, curve: Curve) -> None:
        """Reports if it is time to, or all is done."""
        if iteration % 10 and iteration != self._total:
            return
        if self._pulse.due() or iteration == self._total:
            for index, points in zip(self._names, curve.points, strict=True):
                new = tuple(points[self._told :])
                self._tell(Progress(index, TRAINING, iteration, self._total, new))
            self._told = len(curve.points[0])
