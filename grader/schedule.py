"""The plan of a training: its episodes, and its share of random decisions."""

from grader.schema import NetworkConfig

FRAMES_PER_EPISODE = 100_000
"""About how long the original drove in training before it placed the cars anew [frames]."""
FRAMES_PER_DECISION = 30
"""As in simulator.road, which this module need not load [frames]."""

MEAN_OVER = 100
"""Stretches of a training that a mean is taken over [1]."""


def epsilon_at(config: NetworkConfig, age: float) -> float:
    """Share of random decisions at the learning decision ``age``, counted from 1.

    1 through the burn-in, then down in a straight line to ``epsilon_min``.
    """
    burnin, total = config.learning_steps_burnin, config.learning_steps_total
    return min(1.0, max(config.epsilon_min, 1 - (age - burnin) / (total - burnin)))


def mean_epsilon(config: NetworkConfig) -> float:
    """Share of random decisions in a whole training, by the middle of each of its stretches."""
    stretches = max(1, min(MEAN_OVER, config.training_iterations))
    ages = (config.training_iterations * (place + 0.5) / stretches for place in range(stretches))
    return sum(epsilon_at(config, age + 0.5) for age in ages) / stretches


def episode_lengths(config: NetworkConfig) -> tuple[int, int]:
    """Episodes of a training, and frames of each, as the original cut them.

    With F = 30 iterations: ceil(F / 100000 + 1) episodes of ceil(F / (F / 100000 + 1)) frames. They
    hold at least as many decisions as are trained; the last ends early.
    """
    frames = FRAMES_PER_DECISION * config.training_iterations
    # whole-number arithmetic: F / (F / L + 1) = F L / (F + L)
    episodes = -(-(frames + FRAMES_PER_EPISODE) // FRAMES_PER_EPISODE)
    return episodes, -(-frames * FRAMES_PER_EPISODE // (frames + FRAMES_PER_EPISODE))
