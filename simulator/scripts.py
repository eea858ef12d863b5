"""What the scripted drivers decide, compiled, so that a whole evaluation is one call."""

from typing import Final, NamedTuple

import numpy as np
from numpy.typing import NDArray

from simulator.compiled import compiled, inlined
from simulator.draws import ACTION, draw
from simulator.road import ACCELERATE, ACTIONS, CAR_ROWS, LEFT, RIGHT
from simulator.view import View, bounded

# Kinds of drivers.
CONSTANT: Final = 0  # number: the action that it always takes
AT_RANDOM: Final = 1
SEEKS_GAPS: Final = 2  # number: free cells ahead from which on it stays in its lane

GAP_VIEW: Final = View(lanes_side=3, patches_ahead=50, patches_behind=10)
CLEAR_AHEAD: Final = 6  # [rows] that a neighbouring lane must have free ahead of the front
CLEAR_BEHIND: Final = CAR_ROWS  # [rows] from the front backward: alongside

_WIDTH: Final = GAP_VIEW.width
_OWN: Final = GAP_VIEW.lanes_side
_FRONT: Final = GAP_VIEW.patches_ahead


class Script(NamedTuple):
    """A scripted driver."""

    kind: int
    number: int

    def checked(self, view: View) -> "Script":
        """Returns the same script in plain ints, for a driver that looks through a view.

        Raises:
            ValueError: a part is out of bounds, or it doesn't fit the view.
        """
        kind = bounded("kind", self.kind, CONSTANT, SEEKS_GAPS)
        if kind == CONSTANT:
            return Script(kind, bounded("action", self.number, 0, ACTIONS - 1))
        if kind == SEEKS_GAPS and view != GAP_VIEW:
            raise ValueError(f"a gap seeker looks through {tuple(GAP_VIEW)}, not {tuple(view)}.")
        return Script(kind, bounded("threshold", self.number, 0, GAP_VIEW.patches_ahead))


@inlined
def free_cells(seen: NDArray[np.float64], column: int) -> int:
    """Returns how many cells in a row are empty ahead of the front in a column of GAP_VIEW."""
    count = 0
    while count < _FRONT and seen[_WIDTH * (_FRONT - 1 - count) + column] == 1.0:
        count += 1
    return count


@inlined
def free_beside(seen: NDArray[np.float64], column: int) -> int:
    """Returns the same of a neighbouring column, or -1 if a car can't change to it."""
    for row in range(_FRONT - CLEAR_AHEAD, _FRONT + CLEAR_BEHIND):
        if seen[_WIDTH * row + column] != 1.0:
            return -1
    return free_cells(seen, column)


@inlined
def seek_gap(seen: NDArray[np.float64], threshold: int) -> int:
    """Returns what the gap seeker does about what it sees."""
    ahead = free_cells(seen, _OWN)
    if ahead >= threshold:
        return ACCELERATE
    left = free_beside(seen, _OWN - 1)
    right = free_beside(seen, _OWN + 1)
    if left >= right and left > ahead:
        return LEFT
    return RIGHT if right > ahead else ACCELERATE


@inlined
def follow_script(
    script: Script, seen: NDArray[np.float64], seed: np.uint64, frame: int, car: int
) -> int:
    """Returns the action of a driver that sees this, in this frame of the run with this seed."""
    if script.kind == SEEKS_GAPS:
        return seek_gap(seen, script.number)
    if script.kind == AT_RANDOM:
        return int(ACTIONS * draw(seed, frame, car, ACTION))
    return script.number


@compiled
def follow_script_each(  # noqa: PLR0917 - compiled code has no keywords
    script: Script,
    observations: NDArray[np.float64],
    seeds: NDArray[np.uint64],
    frame: int,
    car: int,
    actions: NDArray[np.int64],
) -> None:
    """Writes the action [B] for each observation [B, view.size]."""
    for run in range(actions.shape[0]):
        actions[run] = follow_script(script, observations[run], seeds[run], frame, car)
