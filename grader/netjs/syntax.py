"""A submission's JavaScript as a tree, and the places of what is wrong in it."""

import sys
from collections.abc import Iterator
from typing import NoReturn

import tree_sitter_javascript
from tree_sitter import Language, Node, Parser

from grader.errors import ConfigError, Problem, shown

LANGUAGE = Language(tree_sitter_javascript.language())
IGNORED = frozenset({"comment", "html_comment", "empty_statement", "hash_bang_line"})
"""Nodes that mean nothing."""
LONGEST_NAME = 40
"""Longest name that stands in a message as it is [characters]."""
MAX_DEPTH = 100
"""Deepest nesting followed [levels]."""


def tree_of(code: str) -> Node:
    """The root of the code's tree.

    Raises:
        ConfigError: It is no JavaScript; says where reading stopped.
    """
    code = code.replace("\u2028", "\n").replace("\u2029", "\n")  # which end a comment as well
    root = Parser(LANGUAGE).parse(code.encode("utf-8", "surrogatepass")).root_node
    if root.has_error:
        broken = _first_error(root)
        if broken.is_missing:
            refuse(broken, f"this is no JavaScript: {broken.type!r} is missing here")
        if text(broken).startswith(("<<<<<<<", "=======", ">>>>>>>")):
            refuse(broken, "two versions were merged here and not settled: keep one of the two")
        refuse(broken, f"this is no JavaScript that can be read: {quoted(broken)}")
    if "\\" in code:
        _plain_names(root)
    return root


def _plain_names(root: Node) -> None:
    """Refuses names that are spelled with escapes: they would be taken for others."""
    for node in all_in(root):
        if "identifier" in node.type and "\\" in text(node):
            refuse(node, f"write the letters themselves in a name, not {quoted(node)}")


def _first_error(root: Node) -> Node:
    node = root
    while not (node.is_error or node.is_missing):
        node = next((child for child in node.children if child.has_error), node.children[-1])
    return node


def place(node: Node) -> tuple[int, int]:
    """Line and column where a node begins, both from 1; the column in characters."""
    row, column = node.start_point
    whole = node
    while whole.parent is not None:
        whole = whole.parent
    before = (whole.text or b"")[node.start_byte - whole.start_byte - column :][:column]
    return row + 1, len(before.decode("utf-8", "replace")) + 1


def problem(node: Node, message: str) -> Problem:
    """Something to be said about a place."""
    return Problem("", message, *place(node))


def refuse(node: Node, message: str) -> NoReturn:
    """Ends the reading.

    Raises:
        ConfigError: Always.
    """
    raise ConfigError(problem(node, message))


def text(node: Node) -> str:
    """The source of a node."""
    return (node.text or b"").decode("utf-8", "replace")


def quoted(node: Node) -> str:
    """The source of a node, short enough for a message."""
    return shown(" ".join(text(node).split()))


def spelled(name: str) -> str:
    """A name for a message: as it is if it is a short one, else quoted."""
    return name if name.isidentifier() and len(name) <= LONGEST_NAME else shown(name)


def named(node: Node) -> list[Node]:
    """The children that mean something."""
    return [child for child in node.named_children if child.type not in IGNORED]


def all_in(node: Node) -> Iterator[Node]:
    """A node and all within it."""
    waiting = [node]
    while waiting:
        part = waiting.pop()
        yield part
        waiting.extend(part.named_children)


def field(node: Node, name: str) -> Node:
    """A child that the grammar promises."""
    child = node.child_by_field_name(name)
    return refuse(node, f"{name} is missing in {quoted(node)}") if child is None else child


OCTAL = frozenset("01234567")
_ESCAPES = {"n": "\n", "t": "\t", "r": "\r", "b": "\b", "f": "\f", "v": "\v", "0": "\0", "\n": ""}


def unescaped(node: Node) -> str:
    """What an escape sequence stands for."""
    source = text(node)[1:]
    if source[:1] in OCTAL and source != "0":
        return chr(int(source, 8)) if set(source) <= OCTAL else refuse(node, "no such character")
    digits = source[1:].strip("{}")
    if source[:1] in {"x", "u"}:
        number = int(digits, 16) if digits.isalnum() and len(digits) < 7 else -1  # noqa: PLR2004
        return chr(number) if 0 <= number <= sys.maxunicode else refuse(node, "no such character")
    return _ESCAPES.get(source, source)


def string(node: Node) -> str:
    """The text that a literal without substitutions stands for."""
    return "".join(
        unescaped(child) if child.type == "escape_sequence" else text(child)
        for child in node.named_children
    )
