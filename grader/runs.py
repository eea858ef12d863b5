"""Drives trained networks over seeded runs."""

from collections.abc import Callable, Sequence

import numpy as np
import numpy.typing as npt

from grader.dqn import choose
from grader.network import Matrices, Networks, Pass
from grader.protocol import Protocol
from grader.schema import NUM_ACTIONS
from grader.trace import Driven
from grader.window import Window
from simulator.draws import ACTION, EXPLORE, uniforms
from simulator.rules import RULESETS
from simulator.traffic import Traffic, View

OnFrame = Callable[[int], None]


def drive(
    networks: Networks,
    training: int,
    seeds: Sequence[int],
    protocol: Protocol,
    *,
    on_frame: OnFrame,
) -> Driven:
    """Drives one trained network, all runs at once.

    Each training is driven alone, with calls of the same shape whatever it was trained beside, so
    that its speeds have the same bits.

    Args:
        networks: Where the trained network stands.
        training: Its place there.
        seeds: R run seeds, unsigned 64-bit.
        protocol: Ruleset and length of the runs.
        on_frame: Called with the frames driven, at every decision.
    """
    config = networks.config
    matrices: Matrices = networks.of(training)
    acting = Pass(networks, len(seeds), trainings=1)
    windows = [Window(config, 1, rows=len(seeds)) for _ in range(1 + config.other_agents)]
    traffic = Traffic(
        len(seeds),
        view=View(config.lanes_side, config.patches_ahead, config.patches_behind),
        other_agents=config.other_agents,
        frames=protocol.frames,
        rules=RULESETS[protocol.rules],
    )
    traffic.reset(np.array(seeds, dtype=np.uint64))
    decided: list[npt.NDArray[np.uint8]] = []
    while not traffic.finished:
        car = traffic.agent
        windows[car].see(traffic.observations)
        worth = acting.forward(matrices, windows[car].rows)
        actions = choose(
            worth, config.epsilon_test_time, *_chance(traffic, config.epsilon_test_time)
        )
        windows[car].did(actions)
        decided.append(actions.astype(np.uint8))
        traffic.step(actions)
        on_frame(traffic.frame)
    return Driven(traffic.average_mph(), np.stack(decided, axis=1))


def _chance(
    traffic: Traffic, epsilon: float
) -> tuple[npt.NDArray[np.float64], npt.NDArray[np.int64]]:
    """The draws of this decision, from the runs' own seeds: whether to act at random, and how."""
    runs = len(traffic.seeds)
    if not epsilon:
        return np.ones(runs), np.zeros(runs, dtype=np.int64)
    explore, action = (
        uniforms(traffic.seeds, frame=traffic.frame, car=traffic.agent, purpose=purpose)
        for purpose in (EXPLORE, ACTION)
    )
    return explore, (action * NUM_ACTIONS).astype(np.int64)
