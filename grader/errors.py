"""What can be wrong with a configuration or a training, said so that a person can mend it."""

from typing import NamedTuple


class Problem(NamedTuple):
    """One thing to mend.

    Attributes:
        field: Where, as in ``trainer.learning_rate`` or ``layers[0].units``; "" is the whole.
        message: What is wrong, with the bound and the value that broke it.
        line: Line of the text, from 1, or None where there is no text.
        column: Column of the line, from 1, or None.
    """

    field: str
    message: str
    line: int | None = None
    column: int | None = None

    def __str__(self) -> str:
        return f"{self.field}: {self.message}" if self.field else self.message

    def located(self, source: str) -> str:
        """This problem as compilers write it: ``source:line: field: message``.

        Of JavaScript with the column, since a line of it may hold much.
        """
        column = self.column if source.lower().endswith(".js") else None
        place = ":".join(str(part) for part in (source, self.line, column) if part)
        return f"{place}: {self}"


class ConfigError(ValueError):
    """A configuration or a protocol that cannot be used.

    Attributes:
        problems: Everything that is wrong with it, in the order of the text.
    """

    def __init__(self, *problems: Problem) -> None:
        super().__init__("; ".join(map(str, problems)))
        self.problems: tuple[Problem, ...] = problems


class DivergedError(ArithmeticError):
    """A training whose weights stopped being finite numbers; no score can come of it.

    Attributes:
        index: The training's index within its evaluation.
        iteration: The iteration at which it was noticed.
    """

    def __init__(self, message: str, *, index: int, iteration: int) -> None:
        super().__init__(message)
        self.index = index
        self.iteration = iteration


def shown(value: object, *, limit: int = 40) -> str:
    """Any value as a short, printable piece of a message, whatever was sent."""
    if isinstance(value, dict):
        return "a mapping"
    if isinstance(value, (list, tuple)):
        return "a list"
    if value is None or isinstance(value, bool):
        return {None: "null", True: "true", False: "false"}[value]
    if isinstance(value, str) and len(value) > limit:
        return f"{value[:limit]!r}..."
    return repr(value)


def field_name(path: tuple[str | int, ...]) -> str:
    """A path into the document as people write it, ``("layers", 0, "units")`` as below.

    >>> field_name(("layers", 0, "units"))
    'layers[0].units'
    """
    name = ""
    for part in path:
        if isinstance(part, int):
            name += f"[{part}]"
        else:
            plain = part if part.isidentifier() and len(part) <= 40 else shown(part)  # noqa: PLR2004
            name += f".{plain}" if name else plain
    return name
