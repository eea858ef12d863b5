"""JavaScript's values and operators, as far as a submission's constants need them.

Numbers are floats, strings str, null None; arrays and objects are lists and dicts. Whatever would
need JavaScript's rarer conversions is refused rather than guessed.
"""

import math
from collections.abc import Callable
from typing import Any, Final

from grader.netjs.numerals import UnclearError, number_in, number_text

MAX_TEXT = 10_000
"""Longest text made by joining others [characters]."""


class Undefined:
    """JavaScript's undefined: the value of what was never set."""

    def __repr__(self) -> str:
        return "undefined"

    def __bool__(self) -> bool:
        return False


UNDEFINED: Final = Undefined()


def text_of(value: Any) -> str:
    """A value as JavaScript joins it to a text.

    Raises:
        UnclearError: It is no text, number or truth value.
    """
    if isinstance(value, str):
        return value
    if value is UNDEFINED:
        return "undefined"
    if value is None or isinstance(value, bool):
        return {True: "true", False: "false", None: "null"}[value]
    if isinstance(value, float):
        if value != value or math.isinf(value):  # noqa: PLR0124 - NaN
            return "NaN" if value != value else "Infinity" if value > 0 else "-Infinity"  # noqa: PLR0124
        return number_text(value)
    raise UnclearError("only texts and numbers can be joined to a text")


def number_of(value: Any) -> float:
    """A value as JavaScript reckons with it.

    Raises:
        UnclearError: It is an array, an object or a function.
    """
    if isinstance(value, float):
        return value
    if value is None or isinstance(value, bool):
        return float(bool(value))
    if value is UNDEFINED:
        return math.nan
    if isinstance(value, str):
        return number_in(value)
    raise UnclearError("only numbers can be reckoned with")


def index_of(key: str) -> int | None:
    """The item of an array that a key means: "7", but not "07" or "-1"."""
    plain = key.isascii() and key.isdigit() and len(key) < 10 and (key == "0" or key[0] != "0")  # noqa: PLR2004
    return int(key) if plain else None


def length_of(text: str) -> int:
    """A text's length as JavaScript counts it: in units of 16 bits."""
    return len(text) if text.isascii() else len(text.encode("utf-16-le", "surrogatepass")) // 2


def unit_of(text: str, index: int) -> str:
    """One unit of a text, which may be half a character."""
    if text.isascii():
        return text[index]
    data = text.encode("utf-16-le", "surrogatepass")
    return data[2 * index : 2 * index + 2].decode("utf-16-le", "surrogatepass")


def int32(value: Any) -> int:
    """A value as the operators on bits see it: a whole number of 32 bits."""
    number = number_of(value)
    if not math.isfinite(number):
        return 0
    return (int(number) + 2**31) % 2**32 - 2**31


def add(one: Any, other: Any) -> Any:
    """The sum of numbers, or texts joined."""
    if isinstance(one, str) or isinstance(other, str):
        joined = text_of(one) + text_of(other)
        if len(joined) > MAX_TEXT:
            raise UnclearError(f"a text of more than {MAX_TEXT:,} characters")
        return joined
    return number_of(one) + number_of(other)


def divide(one: float, other: float) -> float:
    """A quotient; by zero infinite, or NaN."""
    if other:
        return one / other
    if not one or one != one:  # noqa: PLR0124 - NaN
        return math.nan
    return math.copysign(math.inf, one) * math.copysign(1.0, other)


def remainder(one: float, other: float) -> float:
    """What a division leaves, with the sign of the dividend."""
    if not other or not math.isfinite(one):
        return math.nan
    return math.fmod(one, other)


def power(one: float, other: float) -> float:
    """A power; too great ones are infinite, impossible ones NaN."""
    if other != other or (abs(one) == 1 and math.isinf(other)):  # noqa: PLR0124 - NaN
        return math.nan
    if -math.inf < one < 0 and math.isfinite(other) and not other.is_integer():
        return math.nan
    try:
        return float(one**other)
    except (OverflowError, ZeroDivisionError):
        odd = other % 2 == 1
        return math.copysign(math.inf, one) if odd else math.inf


def same(one: Any, other: Any) -> bool:
    """Whether two values are strictly equal."""
    if isinstance(one, (list, dict)) or isinstance(other, (list, dict)):
        return one is other
    return type(one) is type(other) and bool(one == other)


def alike(one: Any, other: Any) -> bool:
    """Whether two values are loosely equal."""
    nothing = (None, UNDEFINED)
    if one in nothing or other in nothing:
        return one in nothing and other in nothing
    if type(one) is type(other):
        return same(one, other)
    return number_of(one) == number_of(other)


def truth(value: Any) -> bool:
    """Whether JavaScript takes a value for true."""
    if isinstance(value, float):
        return not (value == 0 or value != value)  # noqa: PLR0124 - NaN
    if isinstance(value, (list, dict)):
        return True
    return bool(value)


def _compared(operation: Callable[[Any, Any], bool]) -> Callable[[Any, Any], bool]:
    """Texts are compared by their letters, all else as numbers."""

    def compare(one: Any, other: Any) -> bool:
        if isinstance(one, str) and isinstance(other, str):
            return operation(*(text.encode("utf-16-be", "surrogatepass") for text in (one, other)))
        return operation(number_of(one), number_of(other))

    return compare


def _reckoned(operation: Callable[[float, float], Any]) -> Callable[[Any, Any], Any]:
    return lambda one, other: operation(number_of(one), number_of(other))


def _on_bits(operation: Callable[[int, int], int]) -> Callable[[Any, Any], float]:
    return lambda one, other: float(int32(float(operation(int32(one), int32(other)))))


BINARY: Final[dict[str, Callable[[Any, Any], Any]]] = {
    "+": add,
    "-": _reckoned(lambda a, b: a - b),
    "*": _reckoned(lambda a, b: a * b),
    "/": _reckoned(divide),
    "%": _reckoned(remainder),
    "**": _reckoned(power),
    "<": _compared(lambda a, b: a < b),
    "<=": _compared(lambda a, b: a <= b),
    ">": _compared(lambda a, b: a > b),
    ">=": _compared(lambda a, b: a >= b),
    "===": same,
    "!==": lambda a, b: not same(a, b),
    "==": alike,
    "!=": lambda a, b: not alike(a, b),
    "|": _on_bits(lambda a, b: a | b),
    "&": _on_bits(lambda a, b: a & b),
    "^": _on_bits(lambda a, b: a ^ b),
    "<<": _on_bits(lambda a, b: a << (b & 31)),
    ">>": _on_bits(lambda a, b: a >> (b & 31)),
    ">>>": lambda a, b: float((int32(a) % 2**32) >> (int32(b) & 31)),
}
"""What stands between two values."""

UNARY: Final[dict[str, Callable[[Any], Any]]] = {
    "-": lambda a: -number_of(a),
    "+": number_of,
    "!": lambda a: not truth(a),
    "~": lambda a: float(~int32(a)),
    "void": lambda _: UNDEFINED,
}
"""What stands before a value."""
