"""Gives names, fields and items their values, as a submission's assignments do.

JavaScript looks a target up once, before the value: ``a[i++] = i`` sets a[0] to 1.
"""

from typing import Any, NamedTuple

from tree_sitter import Node

from grader.netjs import syntax
from grader.netjs.expressions import MAX_ITEMS, Expressions
from grader.netjs.found import BUILT_IN, SILENT
from grader.netjs.functions import CONVERSIONS
from grader.netjs.numerals import UnclearError
from grader.netjs.objects import FIXED, INHERITED, Brain, Function, Record
from grader.netjs.syntax import named, quoted, refuse, text
from grader.netjs.values import BINARY, UNDEFINED, index_of, number_of, text_of, truth


class Target(NamedTuple):
    """What is to be set.

    Attributes:
        node: Where it stands.
        owner: The object, array or Brain, if it is a part of one.
        key: The name, field or index.
    """

    node: Node
    owner: Any
    key: str


class Known(NamedTuple):
    """What a name means, where it was set, and whether for good."""

    value: Any
    place: Node | None
    constant: bool


class Assigning(Expressions):
    """The names that a submission has given, and where."""

    def __init__(self) -> None:
        super().__init__()
        self.places: dict[str, Node] = {}
        self.constants: set[str] = set()

    def name(self, node: Node, value: Any) -> None:
        """Gives a name a value.

        Raises:
            ConfigError: It belongs to the page, or is a constant.
        """
        name = text(node)
        if name in BUILT_IN or name in CONVERSIONS or name in SILENT:
            refuse(node, f"{name} belongs to the page and can't be given another meaning")
        if name in self.constants:
            refuse(node, f"{name} is a constant and can't be set again")
        self.values[name], self.places[name] = value, node

    def take(self, name: str) -> Known | None:
        """Forgets what a name means, and gives it."""
        if name not in self.values:
            return None
        known = Known(self.values.pop(name), self.places.pop(name, None), name in self.constants)
        self.constants.discard(name)
        return known

    def give_back(self, name: str, known: Known | None) -> None:
        """Gives a name the meaning again that it had."""
        self.take(name)
        if known is not None:
            self.values[name] = known.value
            if known.place is not None:
                self.places[name] = known.place
            if known.constant:
                self.constants.add(name)

    def _assignment_expression(self, node: Node) -> Any:
        target = self._target(syntax.field(node, "left"))
        value = self._value(syntax.field(node, "right"))
        self._set(target, value)
        return value

    def _augmented_assignment_expression(self, node: Node) -> Any:
        sign = text(syntax.field(node, "operator"))[:-1]
        target, right = self._target(syntax.field(node, "left")), syntax.field(node, "right")
        before = self._read(target)
        if sign in {"&&", "||", "??"}:
            given = (
                before is not None and before is not UNDEFINED if sign == "??" else truth(before)
            )
            if given != (sign == "&&"):
                return before
            value = self._value(right)
        elif sign in BINARY:
            value = BINARY[sign](before, self._value(right))
        else:
            raise UnclearError(f"{sign}= is not known here")
        self._set(target, value)
        return value

    def _update_expression(self, node: Node) -> float:
        target = self._target(syntax.field(node, "argument"))
        before = number_of(self._read(target))
        step = 1.0 if text(syntax.field(node, "operator")) == "++" else -1.0
        self._set(target, before + step)
        return before + step if text(node).startswith(("++", "--")) else before

    def _target(self, node: Node) -> Target:
        if node.type == "parenthesized_expression":
            return self._target(named(node)[0])
        if node.type == "identifier":
            return Target(node, None, text(node))
        if node.type not in {"member_expression", "subscript_expression"}:
            refuse(node, f"write one name for one value, not {quoted(node)}")
        owner = syntax.field(node, "object")
        if text(owner) in BUILT_IN:
            refuse(node, f"{text(owner)} belongs to the page and can't be changed")
        whole = self._value(owner)
        if node.type == "member_expression":
            return Target(node, whole, text(syntax.field(node, "property")))
        return Target(node, whole, text_of(self._value(syntax.field(node, "index"))))

    def _read(self, target: Target) -> Any:
        if target.node.type == "identifier":
            return self._identifier(target.node)
        return self._get(target.owner, target.key)

    def _set(self, target: Target, value: Any) -> None:
        """Sets a name, a field of an object, an item of an array, or an option of the Brain."""
        node, whole, key = target
        if node.type == "identifier":
            self.name(node, value)
            return
        if isinstance(whole, Brain) and (isinstance(value, Function) or key in FIXED):
            refuse(node, f"the original's own {key[:40]!r} can't be replaced")
        record = whole.changed if isinstance(whole, Brain) else whole
        if isinstance(record, Record) and key not in INHERITED:
            record[key], record.places[key] = value, node
            return
        index = index_of(key)
        if not isinstance(whole, list) or index is None or not index <= len(whole) < MAX_ITEMS:
            raise UnclearError(f"there is no field {key[:40]!r} to be set")
        whole[index:] = [value, *whole[index + 1 :]]
