"""What costs are made of: so many of something, each at a price, for the part it belongs to."""

from collections.abc import Iterable, Mapping
from typing import Final, NamedTuple

ROAD: Final = "the road"
DECIDING: Final = "deciding"
LEARNING: Final = "learning from experiences"
WEIGHTS: Final = "changing the weights"
AGENTS: Final = "other agents"
RUNS: Final = "driving the runs"
START: Final = "starting"
PARTS: Final = (ROAD, DECIDING, LEARNING, WEIGHTS, AGENTS, RUNS, START)
"""The contributors to a cost, as they are named to people."""


class Item(NamedTuple):
    """So many of something.

    Attributes:
        part: Which contributor it belongs to.
        price: The name of its price.
        count: How many [1].
    """

    part: str
    price: str
    count: float  # type: ignore[assignment]  # hides tuple.count, which nobody misses here


class Stages(NamedTuple):
    """What each step of a grading is made of.

    Attributes:
        once: Before the first decision of a training, or of a stack of them.
        filling: A decision, whether it brings an update or not.
        learning: What an update takes besides.
        driving: A frame of one run.
    """

    once: list[Item]
    filling: list[Item]
    learning: list[Item]
    driving: list[Item]


def priced(items: Iterable[Item], prices: Mapping[str, float]) -> float:
    """Returns what items take together, for prices in reference core-seconds [s]."""
    return sum(item.count * prices[item.price] for item in items)


def times(count: float, items: Iterable[Item]) -> list[Item]:
    """Returns so many times as many of each."""
    return [item._replace(count=count * item.count) for item in items]
