"""A text with line numbers, its bad lines marked and what is wrong below each."""

from collections import defaultdict
from collections.abc import Sequence
from typing import NamedTuple

from grader.errors import Problem

WHOLE = 120
"""Most lines shown in full [1]; of a longer text only what surrounds a problem."""
AROUND = 3
"""Lines shown before and after a problem in a longer text [1]."""
WIDEST = 200
"""Most characters of a line shown [1]."""


class Line(NamedTuple):
    number: int
    text: str
    problems: list[Problem]
    follows_gap: bool


def listing(text: str, problems: Sequence[Problem]) -> list[Line]:
    """The lines to show; empty when no problem has a line."""
    lines = text.split("\n")
    wrong: dict[int, list[Problem]] = defaultdict(list)
    for problem in problems:
        if problem.line is not None:
            # a reader may know more kinds of line ends than we show
            wrong[min(problem.line, len(lines))].append(problem)
    if not wrong:
        return []
    shown = range(1, len(lines) + 1)
    chosen = [
        number
        for number in shown
        if len(lines) <= WHOLE or any(abs(number - bad) <= AROUND for bad in wrong)
    ]
    return [
        Line(number, _excerpt(lines[number - 1], wrong.get(number, [])), wrong.get(number, []), gap)
        for number, gap in zip(
            chosen,
            [before + 1 < number for before, number in zip([0, *chosen], chosen, strict=False)],
            strict=True,
        )
    ]


def _excerpt(line: str, problems: list[Problem]) -> str:
    """A line, or of a very long one the part around its first problem."""
    if len(line) <= WIDEST:
        return line
    columns = [problem.column for problem in problems if problem.column is not None]
    start = max(0, min(columns, default=1) - WIDEST // 2)
    end = start + WIDEST
    return f"{'…' * (start > 0)}{line[start:end]}{'…' * (end < len(line))}"
