"""A range of values with round ends, and places on it."""

import math
from collections.abc import Iterable
from dataclasses import dataclass
from typing import NamedTuple

TICKS = 6
"""Most steps of an axis [1]."""
NEARLY = 1e-9
"""Of a step [1]: what binary fractions may be off."""
SMALL = 1e-4
"""What is less is written with an exponent [1]."""


class Tick(NamedTuple):
    """`when` is the moment of a label that says a time of day, for the reader's own clock."""

    at: str
    label: str
    when: str = ""

    @property
    def anchor(self) -> str:
        """How its label keeps inside the plot."""
        return {"0.00%": "start", "100.00%": "end"}.get(self.at, "middle")


class Bar(NamedTuple):
    """A score with its interval, in percent of an axis."""

    at: str
    start: str
    width: str


@dataclass(frozen=True, slots=True)
class Axis:
    low: float
    high: float
    step: float

    @classmethod
    def around(cls, values: Iterable[float | None], *, ticks: int = TICKS) -> "Axis":
        """The narrowest axis with round ends that holds every value there is."""
        known = [value for value in values if value is not None and math.isfinite(value)]
        low, high = (min(known), max(known)) if known else (0.0, 1.0)
        step = _round_step((high - low) or 1.0, ticks)
        first, last = math.floor(low / step + NEARLY), math.ceil(high / step - NEARLY)
        return cls(first * step, max(last, first + 1) * step, step)

    @classmethod
    def up_to(cls, high: float, *, ticks: int) -> "Axis":
        """From 0 to a value that need not be round; the steps are."""
        return cls(0.0, high, _round_step(high, ticks))

    def share(self, value: float) -> float:
        return (value - self.low) / (self.high - self.low)

    def side(self, value: float) -> str:
        """Beyond which end a value lies; empty: it is on the axis."""
        return "below" if value < self.low else "above" if value > self.high else ""

    def at(self, value: float) -> str:
        return _percent(self.share(value))

    def bar(self, value: float, low: float | None, high: float | None) -> Bar:
        start = self.share(value if low is None else low)
        end = self.share(value if high is None else high)
        return Bar(self.at(value), _percent(start), _percent(end - start))

    @property
    def ticks(self) -> list[Tick]:
        """From left to right."""
        return [Tick(_percent(self.share(value)), label_of(value)) for value in self.values()]

    @property
    def heights(self) -> list[Tick]:
        """From the bottom up, counted from the top."""
        return [Tick(_percent(1 - self.share(value)), label_of(value)) for value in self.values()]

    def values(self) -> list[float]:
        count = math.floor((self.high - self.low) / self.step + NEARLY)
        return [self.low + index * self.step for index in range(count + 1)]


def _round_step(span: float, ticks: int) -> float:
    magnitude = 10.0 ** math.floor(math.log10(span / ticks))
    return next(
        factor * magnitude for factor in (1, 2, 5, 10, 20) if span / (factor * magnitude) <= ticks
    )


def _percent(share: float) -> str:
    return f"{100 * min(1.0, max(0.0, share)):.2f}%"


def label_of(value: float) -> str:
    if 0 < value < SMALL:
        return f"{value:g}".replace("e-0", "e-")
    value = round(value, 6)
    if value < 0:
        return "\N{MINUS SIGN}" + label_of(-value)
    for unit, name in ((1_000_000, "M"), (1_000, "k")):
        if abs(value) >= unit:
            return f"{value / unit:g}{name}"
    return f"{value:g}"


def brief(value: float) -> str:
    """The same to three digits, for ranges."""
    return label_of(float(f"{value:.3g}"))
