"""A grade, or a configuration that was only checked, as text for a terminal."""

import numpy as np

from grader.bar import spoken
from grader.cost import MEGABYTE, Cost
from grader.grade import Grade
from grader.schema import NetworkConfig
from grader.seeds import to_hex

LEAST_NAMED = 0.05
"""Share below which a contributor is not worth a word [1]."""


def graded(grade: Grade, name: str) -> str:
    """The table of trainings, the runs in short, and the score."""
    head = (
        f"{'training':>8}  {'seed':16}  {'median':>7}  {'slowest':>7}  {'fastest':>7}  {'time':>7}"
    )
    rows = [
        f"{training.index + 1:>8}  {to_hex(training.seed)}  {training.median:>7.2f}"
        f"  {min(training.runs):>7.2f}  {max(training.runs):>7.2f}  {training.seconds:>5.1f} s"
        for training in grade.trainings
    ]
    runs = np.concatenate([training.runs for training in grade.trainings])
    low, *quartiles, high = np.quantile(runs, [0, 0.25, 0.5, 0.75, 1])
    spread = "  ".join(f"{speed:.2f}" for speed in (low, *quartiles, high))
    protocol, (first, last) = grade.protocol, grade.score.interval
    score = f"score {grade.score.score:.2f} mph, 95 % interval {first:.2f} to {last:.2f}"
    return "\n".join(
        [
            name,
            "",
            head,
            *rows,
            "",
            f"{len(runs)} runs of {protocol.frames} frames, rules {protocol.rules!r} [mph]:",
            f"least, quartiles, most: {spread}",
            "",
            f"{score}  (upper median {grade.score.upper_median:.2f}; {spoken(grade.seconds)})",
        ]
    )


def checked(config: NetworkConfig, cost: Cost, *, trained: bool = False) -> str:
    """What a valid configuration is, and what grading it would take."""
    kind = "a trained network, which is driven as it is" if trained else "to be trained"
    memory = f"{cost.bytes / MEGABYTE:,.0f} MB, {cost.side_by_side} trainings side by side"
    named = [part for part in cost.parts if part.share >= LEAST_NAMED]
    largest = ", ".join(f"{part.part} {part.share:.0%}" for part in named)
    return "\n".join(
        [
            config.phrase,
            f"{config.num_inputs:,} inputs, {config.parameters:,} weights and biases; {kind}",
            f"config hash {config.config_hash}",
            f"grading takes an estimated {cost.seconds:,.1f} reference core-seconds and {memory}",
            f"of these seconds {largest}",
        ]
    )
