"""The patch of road that a car sees."""

import operator
from typing import NamedTuple

from simulator.road import LANES, ROWS


class View(NamedTuple):
    """A patch of whole lanes and rows around a car.

    Attributes:
        lanes_side: lanes to either side, 0 to 6.
        patches_ahead: rows ahead, 1 to 70.
        patches_behind: rows from the car's front backward, 0 to 70; the first four show the car.
    """

    lanes_side: int
    patches_ahead: int
    patches_behind: int

    @property
    def width(self) -> int:
        """Lanes seen."""
        return 2 * self.lanes_side + 1

    @property
    def size(self) -> int:
        """Numbers in one observation: rows, farthest first, of lanes from left to right."""
        return self.width * (self.patches_ahead + self.patches_behind)

    def checked(self) -> "View":
        """Returns the same view in plain ints.

        Raises:
            ValueError: a part is out of bounds.
        """
        return View(
            bounded("lanes_side", self.lanes_side, 0, LANES - 1),
            bounded("patches_ahead", self.patches_ahead, 1, ROWS),
            bounded("patches_behind", self.patches_behind, 0, ROWS),
        )


def bounded(name: str, number: int, least: int, most: int) -> int:
    """Returns a whole number from least to most as an int.

    Raises:
        ValueError: it isn't one.
    """
    try:
        whole = operator.index(number)
    except TypeError:
        raise ValueError(
            f"{name} is {number!r}; it must be a whole number, {least} to {most}."
        ) from None
    if not least <= whole <= most:
        raise ValueError(f"{name} is {whole}; it must be {least} to {most}.")
    return whole
