"""Driving by the original's rules, one run after the other: every engine does it alike."""

from typing import Final

from grader.cost.items import RUNS, Item
from grader.schedule import FRAMES_PER_DECISION
from grader.schema import NetworkConfig

PRICES: Final = {
    # a frame, what another controlled car adds to it; a product of two fractions of eight bytes
    "sequence_frame": 1.24e-07,
    "sequence_agent_frame": 1.61e-08,
    "sequence_product": 9.0e-11,
}
"""Of one of each [reference s]."""


def driving(config: NetworkConfig) -> list[Item]:
    """Returns what a frame of one run is made of."""
    decisions = (config.other_agents + 1) / FRAMES_PER_DECISION
    return [
        Item(RUNS, "sequence_frame", 1),
        Item(RUNS, "sequence_agent_frame", config.other_agents),
        Item(RUNS, "sequence_product", decisions * config.parameters),
    ]
