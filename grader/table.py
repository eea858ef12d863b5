"""A grade as text for a terminal."""

import numpy as np

from grader.bar import spoken
from grader.grade import Grade
from grader.seeds import to_hex


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
