"""Leaves out the lanes of a trained network's view that no car can ever have beside it.

There are seven lanes, so the seventh to the side and those beyond are off the road wherever the car
is. The network sees 0 there: whatever its weights are, they add 0 to each sum.
"""

from typing import Final

import numpy as np

from grader.netjs.notes import Meaning
from grader.netjs.weights import Layer

FARTHEST: Final = 6
"""Lanes to one side that a car can have at most [1]."""


def without_lanes_beyond(meaning: Meaning, weights: list[Layer]) -> list[Layer]:
    """The layers without the weights of those lanes, which the meaning then has no more, either.

    With a temporal window they stay: what was done counts as much there as there are inputs, so
    the network would be another one.
    """
    fields = meaning.document.value
    lanes, rows = fields["lanes_side"], fields["patches_ahead"] + fields["patches_behind"]
    inputs = len(weights[0].matrix) - 1
    if lanes <= FARTHEST or fields["temporal_window"] or inputs != (2 * lanes + 1) * rows:
        return weights
    seen = np.zeros((rows, 2 * lanes + 1), np.bool_)
    seen[:, lanes - FARTHEST : lanes + FARTHEST + 1] = True
    fields["lanes_side"] = FARTHEST
    meaning.note_at(
        ("lanes_side",),
        f"more than {FARTHEST} lanes to a side are never on the road: the network saw 0 there, "
        "and those weights are left out",
    )
    first = weights[0]
    return [first._replace(matrix=first.matrix[[*seen.ravel(), True]]), *weights[1:]]
