"""Gathers what a submission's values mean here, and what is to be said of the rest."""

import math
from dataclasses import dataclass, field
from typing import Any

from tree_sitter import Node

from grader.document import Document, Path, Place
from grader.errors import Problem, shown
from grader.netjs.numerals import UnclearError
from grader.netjs.syntax import place, problem, refuse
from grader.netjs.values import number_of


@dataclass
class Meaning:
    """Our fields, gathered from a submission.

    Attributes:
        document: The fields with their places, to be checked like any configuration.
        notes: What was given another meaning or none, each with its place.
    """

    document: Document = field(default_factory=lambda: Document(value={"trainer": {}}))
    notes: list[Problem] = field(default_factory=list)

    def put(self, path: Path, value: Any, node: Node) -> None:
        """Sets a field."""
        whole = self.document.value
        for part in path[:-1]:
            whole = whole[part]
        whole[path[-1]] = value
        self.document.places[path] = Place(*place(node))

    def note(self, node: Node, message: str) -> None:
        """Says what a reader should know."""
        self.notes.append(problem(node, message))

    def note_at(self, path: Path, message: str) -> None:
        """Says it of a field."""
        place = self.document.places[path]
        self.notes.append(Problem("", message, place.line, place.column))


def number(name: str, value: Any, node: Node) -> float:
    """A finite number.

    Raises:
        ConfigError: It is none.
    """
    try:
        given = number_of(value)
    except UnclearError:
        refuse(node, f"{name} must be a number, not {shown(value)}")
    if not math.isfinite(given):
        refuse(node, f"{name} must be a finite number, not {shown(value)}")
    return given


def whole(name: str, value: Any, node: Node) -> int:
    """A whole number.

    Raises:
        ConfigError: It is none.
    """
    given = number(name, value, node)
    if not given.is_integer():
        refuse(node, f"{name} must be a whole number, not {given:g}; Math.floor makes one")
    return int(given)
