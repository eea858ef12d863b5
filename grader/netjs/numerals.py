"""Numbers as JavaScript writes and reads them."""

import math
import re
from decimal import Decimal
from typing import Final

SPACES = " \t\n\r\v\f\u00a0\ufeff\u2028\u2029"
INFINITE: Final = {"Infinity": math.inf, "+Infinity": math.inf, "-Infinity": -math.inf}
_DECIMAL = re.compile(r"[+-]?(?:[0-9]+\.?[0-9]*|\.[0-9]+)(?:[eE][+-]?[0-9]+)?")


class UnclearError(ValueError):
    """An operation that is not understood; its text goes on the place where it stands."""


def number_text(value: float) -> str:
    """A finite number as JavaScript writes it: without a point if whole, with few exponents.

    >>> [number_text(x) for x in (2.0, -0.5, -1e-07, 0.00001, 1.5e16, 1e21, 1.5e300)]
    ['2', '-0.5', '-1e-7', '0.00001', '15000000000000000', '1e+21', '1.5e+300']
    """
    if value == 0:
        return "0"
    if 1e-6 <= abs(value) < 1e21:  # noqa: PLR2004 - JavaScript's own bounds
        return f"{Decimal(repr(value)):f}".removesuffix(".0")
    return re.sub(r"e([+-])0+", r"e\1", repr(value))


def number_in(text: str) -> float:
    """The number that a text spells, or NaN.

    >>> number_in(" 0x10 "), number_in("1e3"), number_in("")
    (16.0, 1000.0, 0.0)
    """
    text = text.strip(SPACES)
    bases = {"0x": 16, "0o": 8, "0b": 2}
    try:
        if text[:2].lower() in bases and text[2:].isalnum():
            return float(int(text[2:], bases[text[:2].lower()]))
        if text in INFINITE:
            return INFINITE[text]
        return float(text) if _DECIMAL.fullmatch(text) else math.nan if text else 0.0
    except OverflowError:
        return math.inf
    except ValueError:
        return math.nan


def number_literal(text: str) -> float:
    """The number that source code spells, as 5e4, .5, 0x1F, 1_000 or 017.

    Raises:
        UnclearError: It is no number that a submission needs, as 10n.
    """
    text = text.replace("_", "")
    if len(text) > 1 and text.isdigit() and text[0] == "0":
        return float(int(text, 8 if set(text) <= set("01234567") else 10))
    value = number_in(text)
    if value != value:  # noqa: PLR0124 - NaN
        raise UnclearError(f"{text[:40]} is no number")
    return value
