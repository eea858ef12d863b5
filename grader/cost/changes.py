"""What to say to a configuration that costs too much: who contributes most, what would fit."""

from collections.abc import Callable
from typing import Any, Final, NamedTuple

from grader.config import validate
from grader.cost.estimating import Cost, Share, estimate
from grader.cost.memory import MEGABYTE
from grader.cost.words import described, spelled
from grader.engines import COMPILED
from grader.errors import ConfigError
from grader.protocol import Protocol
from grader.schema import NetworkConfig

MOST_NAMED: Final = 3
"""Contributors, and changes, that a refusal names [1]."""
LEAST_NAMED: Final = 0.05
"""Share below which a contributor is not worth naming [1]."""
GENTLE: Final = 0.1
"""Share of a number that a change must leave to be proposed by itself [1]."""
DIGITS: Final = 2
"""Of a proposed number [1]: round ones are easier to take over."""

NBSP: Final = "\N{NO-BREAK SPACE}"

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

FIRST: Final[tuple[Path, ...]] = (("training_iterations",), ("trainer", "batch_size"))
"""Those that every network has and that leave it the network it is."""


class Change(NamedTuple):
    """Fields and the values with which a configuration fits."""

    fields: tuple[tuple[Path, int], ...]

    def __str__(self) -> str:
        return " and ".join(f"{_named(path)} {value:,}" for path, value in self.fields)

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


class Number(NamedTuple):
    """A number of a configuration: where it stands, the least it may be, what it is."""

    path: Path
    least: int
    now: int

    def changed(self, value: int) -> Change:
        """Returns the change to another value."""
        return Change(((self.path, value),))


class Refusal(NamedTuple):
    """Why a configuration is not graded.

    Attributes:
        reason: What it takes, and what it may.
        largest: Who contributes most, with their shares.
        changes: Each of them alone would do.
    """

    reason: str
    largest: tuple[str, ...]
    changes: tuple[Change, ...]

    def __str__(self) -> str:
        return f"{self.reason} Most of it: {'; '.join(self.largest)}. {self.advice}"

    @property
    def advice(self) -> str:
        """What would fit, in a sentence."""
        if not self.changes:
            return "No lower number in it would make it fit."
        return f"It fits with {', or '.join(map(str, self.changes))}."


def refusal(
    config: NetworkConfig,
    protocol: Protocol,
    *,
    seconds: float,
    memory: float,
    engine: str = COMPILED,
    trained: bool = False,
) -> Refusal | None:
    """Says why a grading is refused and what would be taken, or None if it fits.

    Args:
        config: What would be trained.
        protocol: How often, and how far it would be driven.
        seconds: The budget [reference core-seconds].
        memory: The most that it may need [bytes].
        engine: Which one would train, see ``engines``.
        trained: Whether it is only driven.
    """

    def fits(cost: Cost) -> bool:
        return cost.seconds <= seconds and cost.bytes <= memory

    cost = estimate(config, protocol, engine=engine, trained=trained)
    if fits(cost):
        return None
    if cost.seconds > seconds:
        parts = cost.parts
        reason = (
            f"Grading this takes an estimated {spelled(cost.seconds)} reference core-seconds; "
            f"the budget is {spelled(seconds)}."
        )
    else:
        parts = cost.memory
        reason = (
            f"Grading this takes an estimated {cost.bytes / MEGABYTE:,.0f} MB of memory; "
            f"the most is {memory / MEGABYTE:,.0f} MB."
        )
    # the weights of a trained network are of its sizes
    changes = (
        ()
        if trained
        else changes_that_fit(
            config, lambda changed: fits(estimate(changed, protocol, engine=engine))
        )
    )
    return Refusal(reason, largest(parts, config, protocol), changes)


def changes_that_fit(config: NetworkConfig, fits: Fits) -> tuple[Change, ...]:
    """Returns changes of one number each, the gentlest first; else of two together."""
    found = []
    for number in _numbers(config):
        value = _most(config, fits, number.changed, number.least, number.now)
        if value is not None:
            found.append((value / number.now, number.changed(value)))
    found.sort(key=lambda it: -it[0])
    gentle = [change for kept, change in found if kept >= GENTLE]
    if gentle:
        return tuple(gentle[:MOST_NAMED])
    few = _together(config, fits, [it for it in _numbers(config) if it.path in FIRST])
    many = () if few or found else _together(config, fits, _numbers(config))
    return (*few, *many, *(change for _, change in found[:1]))


def _together(config: NetworkConfig, fits: Fits, numbers: list[Number]) -> tuple[Change, ...]:
    """Returns one change of all these numbers by the same share."""

    def shrunk(thousandths: int) -> Change:
        return Change(
            tuple(
                (it.path, max(it.least, _rounded(it.now * thousandths // 1000))) for it in numbers
            )
        )

    share = _most(config, fits, shrunk, 0, 1000)
    return () if share is None else (shrunk(share),)


def _numbers(config: NetworkConfig) -> list[Number]:
    """Returns every number that costs and may be lowered."""
    values = config.model_dump()
    found = [Number(path, least, _at(values, path)) for path, least in LEAST.items()]
    found += [
        Number(("layers", index, "units"), 1, layer.units)
        for index, layer in enumerate(config.layers)
    ]
    # learning must begin, so the memory stays larger than the threshold
    floor = config.start_learn_threshold + 1
    found = [it._replace(least=floor) if it.path == ("replay_size",) else it for it in found]
    return [it for it in found if it.now > it.least]


def _at(values: Any, path: Path) -> int:
    for step in path:
        values = values[step]
    return int(values)


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


def largest(parts: tuple[Share, ...], config: NetworkConfig, protocol: Protocol) -> tuple[str, ...]:
    """Returns who contributes most, in words, each with its share."""
    named = [it for it in parts[:MOST_NAMED] if it.share >= LEAST_NAMED]
    return tuple(
        f"{described(it.part, config, protocol)}: {100 * it.share:.0f}{NBSP}%" for it in named
    )


def _named(path: Path) -> str:
    name = ""
    for step in path:
        name += f"[{step}]" if isinstance(step, int) else f".{step}"
    return name.removeprefix(".")
