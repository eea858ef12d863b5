"""What to say to a configuration that costs too much: who contributes most, what would fit."""

from collections.abc import Callable
from functools import partial
from typing import Any, Final, NamedTuple

from grader.config import validate
from grader.cost.estimating import Cost, Share, estimate
from grader.cost.memory import MEGABYTE
from grader.errors import ConfigError
from grader.protocol import Protocol
from grader.schema import NetworkConfig

MOST_NAMED: Final = 3
"""Contributors, and changes, that a refusal names [1]."""
LEAST_NAMED: Final = 0.05
"""Share below which a contributor is not worth naming [1]."""
DIGITS: Final = 2
"""Of a proposed number [1]: round ones are easier to take over."""

Path = tuple[str | int, ...]
Fits = Callable[[NetworkConfig], bool]

LEAST: Final[dict[Path, int]] = {
    ("training_iterations",): 1,
    ("trainer", "batch_size"): 1,
    ("other_agents",): 0,
    ("temporal_window",): 0,
    ("replay_size",): 1,
    ("lanes_side",): 0,
    ("patches_ahead",): 1,
    ("patches_behind",): 0,
}
"""Whole numbers that cost, and the least that each may be; layers' units are found as they come."""


class Change(NamedTuple):
    """Fields and the values with which a configuration fits."""

    fields: tuple[tuple[Path, int], ...]

    def __str__(self) -> str:
        return " with ".join(f"{_named(path)} {value:,}" for path, value in self.fields)

    def made_in(self, config: NetworkConfig) -> NetworkConfig:
        """Returns the changed configuration.

        Raises:
            ConfigError: It is none.
        """
        values = config.model_dump(mode="json")
        for path, value in self.fields:
            *way, last = path
            place: Any = values
            for step in way:
                place = place[step]
            place[last] = value
        return validate(values)


class Refusal(NamedTuple):
    """Why a configuration is not graded.

    Attributes:
        reason: What it takes, and what it may.
        largest: Who contributes most.
        changes: Each of them alone would do.
    """

    reason: str
    largest: tuple[Share, ...]
    changes: tuple[Change, ...]

    def __str__(self) -> str:
        largest = "; ".join(f"{it.part} {it.share:.0%}" for it in self.largest)
        said = f"{self.reason} Largest: {largest}."
        if not self.changes:
            return f"{said} No change of its numbers would make it fit."
        return f"{said} It fits with {', or '.join(map(str, self.changes))}."


def refusal(
    config: NetworkConfig,
    protocol: Protocol,
    *,
    seconds: float,
    memory: float,
    engine: str | None = None,
) -> Refusal | None:
    """Says why a grading is refused and what would be taken, or None if it fits.

    Args:
        config: What would be trained.
        protocol: How often, and how far it would be driven.
        seconds: The budget [reference core-seconds].
        memory: The most that it may need [bytes].
        engine: Which one would train; None: the suited one.
    """

    def fits(changed: NetworkConfig) -> bool:
        cost = estimate(changed, protocol, engine=engine)
        return cost.seconds <= seconds and cost.bytes <= memory

    cost = estimate(config, protocol, engine=engine)
    if fits(config):
        return None
    if cost.seconds > seconds:
        reason = (
            f"Grading this takes an estimated {cost.seconds:,.0f} reference core-seconds; "
            f"the budget is {seconds:,.0f}."
        )
        return Refusal(reason, _largest(cost.parts), changes_that_fit(config, fits))
    reason = (
        f"Grading this takes an estimated {cost.bytes / MEGABYTE:,.0f} MB of memory; "
        f"the most is {memory / MEGABYTE:,.0f} MB."
    )
    return Refusal(reason, _largest(cost.memory), changes_that_fit(config, fits))


def changes_that_fit(config: NetworkConfig, fits: Fits) -> tuple[Change, ...]:
    """Returns changes of one field each, the gentlest first; if none is enough, of all together."""
    found = []
    for path, least, now in _numbers(config):
        value = _most(config, fits, partial(_changed, path), least, now)
        if value is not None:
            found.append((value / now, Change(((path, value),))))
    found.sort(key=lambda it: -it[0])
    if found:
        return tuple(change for _, change in found[:MOST_NAMED])
    return _together(config, fits)


def _changed(path: Path, value: int) -> Change:
    return Change(((path, value),))


def _together(config: NetworkConfig, fits: Fits) -> tuple[Change, ...]:
    """Returns one change of every number by the same share."""
    numbers = list(_numbers(config))

    def shrunk(thousandths: int) -> Change:
        shares = [
            (path, max(least, _rounded(now * thousandths // 1000))) for path, least, now in numbers
        ]
        return Change(tuple(shares))

    share = _most(config, fits, shrunk, 0, 1000)
    return () if share is None else (shrunk(share),)


def _numbers(config: NetworkConfig) -> list[tuple[Path, int, int]]:
    """Returns the path, the least and the present value of every number that may be lowered."""
    found: list[tuple[Path, int, int]] = []
    for path, least in LEAST.items():
        now: Any = config
        for step in path:
            now = getattr(now, str(step))
        # learning must begin: a threshold keeps the memory larger than it
        floor = config.start_learn_threshold + 1 if path == ("replay_size",) else least
        found.append((path, floor, now))
    for index, layer in enumerate(config.layers):
        found.append((("layers", index, "units"), 1, layer.units))
    return [it for it in found if it[2] > it[1]]


def _most(
    config: NetworkConfig, fits: Fits, change: Callable[[int], Change], least: int, now: int
) -> int | None:
    """Returns the most below ``now`` that fits, rounded down to a few digits; None: nothing does.

    By halving. Whatever the cost does in between, what is returned was tried.
    """

    def works(value: int) -> bool:
        try:
            return fits(change(value).made_in(config))
        except ConfigError:
            return False

    if not works(least):
        return None
    low, high = least, now
    while high - low > 1:
        middle = (low + high) // 2
        low, high = (middle, high) if works(middle) else (low, middle)
    rounded = max(least, _rounded(low))
    return rounded if works(rounded) else low


def _rounded(value: int) -> int:
    """Down to a few digits: 237,912 becomes 230,000."""
    unit: int = 10 ** max(0, len(str(value)) - DIGITS)
    return value - value % unit


def _largest(parts: tuple[Share, ...]) -> tuple[Share, ...]:
    return tuple(it for it in parts[:MOST_NAMED] if it.share >= LEAST_NAMED)


def _named(path: Path) -> str:
    name = ""
    for step in path:
        name += f"[{step}]" if isinstance(step, int) else f".{step}"
    return name.removeprefix(".")


__all__ = ["Change", "Cost", "Refusal", "changes_that_fit", "refusal"]
