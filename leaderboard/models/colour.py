"""The colours that a car may have: all of them bright, because cars are drawn on asphalt."""

from django.db import models


class Colour(models.TextChoices):
    """Each is a class of the stylesheet, `car-…`, and has 3:1 or more against the road."""

    ORANGE = "orange"
    RED = "red"
    PINK = "pink"
    MAGENTA = "magenta"
    VIOLET = "violet"
    BLUE = "blue"
    CYAN = "cyan"
    TEAL = "teal"
    GREEN = "green"
    LIME = "lime"
    YELLOW = "yellow"
    WHITE = "white"


def colour_of(number: int, chosen: str) -> Colour:
    """Of a participant's car: the chosen one, or one to begin with."""
    return Colour(chosen) if chosen else list(Colour)[number % len(Colour)]
