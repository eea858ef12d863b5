"""How much of a training is random: epsilon over its decisions, drawn.

`static/leaderboard/how/learning.js` draws the same as the sliders move; change both.
"""

from functools import cache
from typing import NamedTuple

from grader.fields import FieldNote
from grader.schedule import epsilon_at, mean_epsilon
from grader.schema import NetworkConfig
from leaderboard.charts.axis import Axis, Tick
from leaderboard.config_fields import notes

SLIDERS = {
    "training_iterations": (1_000, 100_000, 1_000),
    "learning_steps_burnin": (0, 20_000, 500),
    "learning_steps_total": (1_000, 100_000, 1_000),
    "epsilon_min": (0, 0.5, 0.01),
}
"""Least, most and step: round numbers, not all that is allowed."""


class Slider(NamedTuple):
    name: str
    note: FieldNote
    value: float
    least: float
    most: float
    step: float


class Exploring(NamedTuple):
    points: str
    says: str
    last: int
    corners: list[tuple[float, float]]
    heights: list[Tick]
    sliders: tuple[Slider, ...]


@cache
def exploring() -> Exploring:
    """Of the defaults, at which the sliders begin."""
    config = NetworkConfig()
    last = config.training_iterations
    return Exploring(
        points=curve(config),
        says=_says(config),
        last=last,
        corners=corners(config),
        heights=Axis(0, 1, 0.5).heights,
        sliders=tuple(
            Slider(name, notes()[name], getattr(config, name), *bounds)
            for name, bounds in SLIDERS.items()
        ),
    )


def corners(config: NetworkConfig) -> list[tuple[float, float]]:
    """Where epsilon bends, and its ends: which decision, and its share of random ones."""
    burnin, total = config.learning_steps_burnin, config.learning_steps_total
    last = config.training_iterations
    bends = [1, burnin, burnin + (1 - config.epsilon_min) * (total - burnin), last]
    ages = [min(last, max(1, age)) for age in bends]
    return [(age, epsilon_at(config, age)) for age in ages]


def curve(config: NetworkConfig) -> str:
    """Stretched over all decisions of the training."""
    last = config.training_iterations
    return " ".join(
        f"{1000 * age / last:.1f},{1000 * (1 - share):.1f}" for age, share in corners(config)
    )


def _says(config: NetworkConfig) -> str:
    share, last = mean_epsilon(config), config.training_iterations
    count = 100 * round(share * last / 100)
    return f"About {count:,} of {last:,} decisions are random, {100 * share:.0f} %."
