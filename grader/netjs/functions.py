"""The functions that a submission may call: those of Math, and conversions to a number."""

import math
import re
from collections.abc import Callable
from typing import Any, Final

from grader.netjs.numerals import SPACES, UnclearError, number_in
from grader.netjs.values import UNDEFINED, int32, number_of, power, text_of

CONSTANTS: Final = {
    "PI": math.pi,
    "E": math.e,
    "LN2": math.log(2),
    "LN10": math.log(10),
    "LOG2E": 1 / math.log(2),
    "LOG10E": 1 / math.log(10),
    "SQRT2": math.sqrt(2),
    "SQRT1_2": math.sqrt(0.5),
}
"""Of Math [1]."""


def whole(operation: Callable[[float], float]) -> Callable[[float], float]:
    """Keeps what has no whole number near it, as JavaScript does."""
    return lambda x: float(operation(x)) if math.isfinite(x) else x


def partial(operation: Callable[[float], float]) -> Callable[[float], float]:
    """Gives NaN where a function has no value, and infinity where it is too great."""

    def call(x: float) -> float:
        try:
            return operation(x)
        except ValueError:
            return math.nan
        except OverflowError:
            return math.inf

    return call


def logarithm(operation: Callable[[float], float]) -> Callable[[float], float]:
    """A logarithm, of 0 as well."""
    return lambda x: -math.inf if x == 0 else partial(operation)(x)


def extreme(operation: Callable[..., float], least: float) -> Callable[..., float]:
    """The least or greatest of any number of numbers; NaN if one is."""

    def call(*numbers: float) -> float:
        if any(number != number for number in numbers):  # noqa: PLR0124 - NaN
            return math.nan
        return operation([least, *numbers])

    return call


ONE: Final[dict[str, Callable[[float], float]]] = {
    "abs": abs,
    "ceil": whole(math.ceil),
    "floor": whole(math.floor),
    "trunc": whole(math.trunc),
    "round": whole(lambda x: math.floor(x) + (x - math.floor(x) >= 0.5)),  # noqa: PLR2004
    "sign": lambda x: x if x == 0 or x != x else math.copysign(1.0, x),  # noqa: PLR0124
    "sqrt": partial(math.sqrt),
    "cbrt": math.cbrt,
    "exp": partial(math.exp),
    "log": logarithm(math.log),
    "log2": logarithm(math.log2),
    "log10": logarithm(math.log10),
    "log1p": partial(math.log1p),
    "sin": partial(math.sin),
    "cos": partial(math.cos),
    "tan": partial(math.tan),
    "atan": math.atan,
    "tanh": math.tanh,
}
"""Functions of Math that take one number."""

SEVERAL: Final[dict[str, Callable[..., float]]] = {
    "max": extreme(max, -math.inf),
    "min": extreme(min, math.inf),
    "hypot": math.hypot,
}
"""Functions of Math that take any number of numbers."""

MAX_DIGITS = 1_024
"""Most digits of a number to any base that a float can hold [1]."""
_WHOLE = re.compile(r"([+-]?)(0[xX])?(.*)", re.DOTALL)
_DECIMAL = re.compile(r"[+-]?(?:Infinity|(?:[0-9]+\.?[0-9]*|\.[0-9]+)(?:[eE][+-]?[0-9]+)?)")
_DIGITS = "0123456789abcdefghijklmnopqrstuvwxyz"


def parse_whole(value: Any = UNDEFINED, radix: Any = UNDEFINED, *_: Any) -> float:
    """The whole number that a text begins with, or NaN.

    >>> parse_whole("12px"), parse_whole("0x1F"), parse_whole("-101", 2.0), parse_whole("7", 1.0)
    (12.0, 31.0, -5.0, nan)
    """
    base = int32(radix)
    found = _WHOLE.fullmatch(text_of(value).lstrip(SPACES))
    sign, hexadecimal, rest = found.groups("") if found else ("", "", "")
    if base not in {0, 16}:
        hexadecimal, rest = "", hexadecimal + rest
    base = base or (16 if hexadecimal else 10)
    allowed = _DIGITS[:base] if 2 <= base <= len(_DIGITS) else ""  # noqa: PLR2004
    lower = rest.lower()
    digits = lower[: len(lower) - len(lower.lstrip(allowed))] if allowed else ""
    if not digits:
        return math.nan
    digits = digits.lstrip("0") or "0"
    if base == 10 or len(digits) > MAX_DIGITS:  # noqa: PLR2004
        number = float(digits) if base == 10 else math.inf  # noqa: PLR2004
    else:
        number = float(int(digits, base))
    return -number if sign == "-" else number


def parse_decimal(value: Any = UNDEFINED, *_: Any) -> float:
    """The number that a text begins with, or NaN."""
    found = _DECIMAL.match(text_of(value).lstrip(SPACES))
    return number_in(found.group()) if found else math.nan


CONVERSIONS: Final[dict[str, Callable[..., Any]]] = {
    "Number": lambda value=0.0, *_: number_of(value),
    "parseFloat": parse_decimal,
    "parseInt": parse_whole,
    "String": lambda value="", *_: text_of(value),
}
"""Functions that make a number of something."""


def call_math(name: str, values: list[Any]) -> float:
    """Calls a function of Math.

    Raises:
        UnclearError: There is no such function here.
    """
    if name == "random":
        raise UnclearError(
            "Math.random() is another number every time, so that the network would be, too; "
            "write the number itself"
        )
    numbers = [number_of(value) for value in values]
    if name in ONE:
        return ONE[name](numbers[0] if numbers else math.nan)
    if name in SEVERAL:
        return SEVERAL[name](*numbers)
    if name == "pow":
        base, exponent = (*numbers, math.nan, math.nan)[:2]
        return power(base, exponent)
    raise UnclearError(f"Math.{name[:40]} is not known here; write its value")


def convert(name: str, values: list[Any]) -> Any:
    """Calls a conversion, as ``parseInt("12")``."""
    try:
        return CONVERSIONS[name](*values)
    except OverflowError:
        return math.inf
