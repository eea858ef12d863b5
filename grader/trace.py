"""What a run did, decision by decision, in a hash: two runs with the same one drove the same way.

An average speed says how a run ended, and others may end alike. A trace is the first half of the
SHA-256 of a run's actions, one byte each, in the order in which they were decided: by frame, every
controlled car's among them.
"""

import hashlib
from collections.abc import Sequence
from typing import NamedTuple

import numpy as np
import numpy.typing as npt

DIGITS = 32
"""Of a trace [hexadecimal digits]: 128 bits, by which nobody finds two runs alike."""

Actions = npt.NDArray[np.uint8]


class Driven(NamedTuple):
    """Some runs driven to their end.

    Attributes:
        speeds: Average speeds [mph], shape [R].
        actions: All decisions of each run in order, 0 to 4, shape [R, D].
    """

    speeds: npt.NDArray[np.float64]
    actions: Actions

    @property
    def traces(self) -> tuple[str, ...]:
        """The trace of each run, 32 hexadecimal digits."""
        return tuple(map(trace, self.actions))


def joined(parts: Sequence[Driven]) -> Driven:
    """Runs that were driven in parts, as one."""
    speeds, actions = zip(*parts, strict=True)
    return Driven(np.concatenate(speeds), np.concatenate(actions))


def trace(actions: Actions) -> str:
    """The trace of one run's decisions, shape [D]."""
    return hashlib.sha256(actions.tobytes()).hexdigest()[:DIGITS]
