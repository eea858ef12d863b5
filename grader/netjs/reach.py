"""What a submission's names reach, found without following it."""

from typing import Any

from tree_sitter import Node

from grader.netjs import syntax
from grader.netjs.objects import Function, Record
from grader.netjs.syntax import text

GIVING = {
    **dict.fromkeys(
        ("variable_declarator", "function_declaration", "function_expression", "class_declaration"),
        "name",
    ),
    **dict.fromkeys(("arrow_function", "catch_clause"), "parameter"),
    "assignment_expression": "left",
}
"""What gives a name a meaning, and the field that the name stands in."""
NAMES = frozenset({"identifier", "shorthand_property_identifier_pattern"})


def root_of(node: Node) -> Node:
    """What a chain of fields, items and calls begins with."""
    while node.type in {"member_expression", "subscript_expression", "call_expression"}:
        node = syntax.field(node, "function" if node.type == "call_expression" else "object")
    return node


def functions_in(value: Any) -> list[Node]:
    """The functions that are a value, or in it."""
    found: list[Node] = []
    waiting, seen = [value], {id(value)}
    while waiting:
        part = waiting.pop()
        if isinstance(part, Function):
            found.append(part.node)
        elif isinstance(part, (Record, list)):
            inner = part.values() if isinstance(part, Record) else part
            fresh = {id(item): item for item in inner if id(item) not in seen}
            seen |= fresh.keys()
            waiting.extend(fresh.values())
    return found


def names_in(root: Node) -> set[str]:
    """All names that a submission gives to something of its own, wherever."""
    found: set[str] = set()
    for node in syntax.all_in(root):
        given = node.child_by_field_name(GIVING[node.type]) if node.type in GIVING else None
        patterns = node.named_children if node.type == "formal_parameters" else [given]
        for pattern in patterns:
            if pattern is not None:
                found |= _names_of(pattern)
    return found


def _names_of(pattern: Node) -> set[str]:
    """The names that a declaration or an assignment takes a value apart into."""
    if pattern.type in NAMES:
        return {text(pattern)}
    if not pattern.type.endswith("pattern"):
        return set()
    return {text(node) for node in syntax.all_in(pattern) if node.type in NAMES}
