"""One step of learning, drawn: a real experience, as a trained network judges it.

`static/leaderboard/how/learning.js` draws the same as the sliders move; change both.
"""

from functools import cache
from typing import NamedTuple

from grader.schema import NetworkConfig
from leaderboard.charts.axis import Axis, Bar
from leaderboard.how.pieces import piece

AXIS = Axis(-6, 6, 2)
"""No worth is more at the usual gamma: 3 / (1 - 0.5)."""
STEP = 37
"""Height of a bar and its name [px]."""
DECISIONS = 20
"""Drawn of what is to come [1]."""


class Part(NamedTuple):
    name: str
    kind: str
    top: int
    start: str
    width: str


class Worth(NamedTuple):
    """`now` is Q of the action taken, `after` Q of all five at the next decision."""

    mph: float
    gamma: float
    now: float
    after: tuple[float, ...]

    @property
    def reward(self) -> float:
        return 0.075 * self.mph - 3

    @property
    def best(self) -> float:
        return max(self.after)

    @property
    def later(self) -> float:
        return self.gamma * self.best

    @property
    def target(self) -> float:
        return self.reward + self.later

    @property
    def parts(self) -> tuple[Part, ...]:
        named = (
            ("Reward", "reward", self.reward),
            ("Gamma \N{MULTIPLICATION SIGN} best Q afterwards", "later", self.later),
            ("Target, their sum", "target", self.target),
            ("Q of the action taken, before the step", "now", self.now),
        )
        return tuple(
            Part(name, kind, 18 + STEP * at, *_bar(value)[1:])
            for at, (name, kind, value) in enumerate(named)
        )

    @property
    def says(self) -> str:
        error = self.now - self.target
        too, way = ("high", "down") if error > 0 else ("low", "up")
        return (
            f"Q is {abs(error):.2f} too {too}: it is moved {way} a little. The loss is half the "
            f"square of that, {error * error / 2:.2f}."
        )

    @property
    def weights(self) -> str:
        """What the rewards of the coming decisions count, as bars."""
        return "".join(
            f"M{50 * at + 4} 110v{-110 * share:.1f}h42v{110 * share:.1f}z"
            for at, share in enumerate(self.shares)
        )

    @property
    def shares(self) -> list[float]:
        return [self.gamma**at for at in range(DECISIONS)]

    @property
    def reach(self) -> str:
        return (
            f"A reward 5 decisions later counts {100 * self.gamma**5:.1f} % of the next one. All "
            f"rewards to come together count as {1 / (1 - self.gamma):.1f} of the next one."
        )


def _bar(value: float) -> Bar:
    return AXIS.bar(value, min(0.0, value), max(0.0, value))


@cache
def worth() -> Worth:
    step = piece("road")["step"]
    return Worth(
        mph=step["mph"],
        gamma=NetworkConfig().gamma,
        now=step["before"][step["action"]],
        after=tuple(step["after"]),
    )
