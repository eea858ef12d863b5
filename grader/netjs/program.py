"""Follows a submission's statements from top to bottom, without running any of it.

What a constant's expression can hold is computed; what would need a program to run, a loop, a
condition, a call of a function, is refused where it stands.
"""

from typing import Any

from tree_sitter import Node

from grader.netjs import syntax
from grader.netjs.expressions import MAX_ITEMS, Expressions
from grader.netjs.functions import CONVERSIONS, call_math, convert
from grader.netjs.objects import Brain, Function, Record, brain_of
from grader.netjs.syntax import named, quoted, refuse, text
from grader.netjs.values import BINARY, UNDEFINED, UnclearError, number_of, text_of

SILENT = frozenset({"draw_net", "draw_stats", "alert", "console"})
"""Functions that only show something."""
BUILT_IN = frozenset({"Math", "console", "deepqlearn", "convnetjs", "undefined", "NaN", "Infinity"})
"""Names that a submission finds and may not give away."""


class Program(Expressions):
    """The names that a submission has given, and where."""

    def __init__(self, root: Node) -> None:
        """Follows all statements.

        Raises:
            ConfigError: One of them cannot be understood.
        """
        super().__init__()
        self.places: dict[str, Node] = {}
        self.root = root
        self._constants: set[str] = set()
        for statement in named(root):
            self._follow(statement)

    def _follow(self, node: Node) -> None:
        kind = node.type
        if kind == "expression_statement":
            for expression in named(node):
                self._value(expression)
        elif kind in {"lexical_declaration", "variable_declaration"}:
            constant = text(node).startswith("const")
            for declarator in named(node):
                self._declare(declarator, constant=constant)
        elif kind == "function_declaration":
            name = syntax.field(node, "name")
            self._name(name, Function(node))
        elif kind == "statement_block":
            for statement in named(node):
                self._follow(statement)
        else:
            spoken = kind.removesuffix("_statement").removesuffix("_declaration").replace("_", " ")
            refuse(node, f"only constants are understood here, no {spoken!r}: {quoted(node)}")

    def _declare(self, declarator: Node, *, constant: bool) -> None:
        name = syntax.field(declarator, "name")
        value = declarator.child_by_field_name("value")
        if name.type != "identifier":
            refuse(name, f"write one name for one value, not {quoted(name)}")
        if value is None and text(name) in self.values:
            return
        self._name(name, UNDEFINED if value is None else self._value(value))
        if constant:
            self._constants.add(text(name))

    def _name(self, node: Node, value: Any) -> None:
        name = text(node)
        if name in BUILT_IN or name in CONVERSIONS or name in SILENT:
            refuse(node, f"{name} belongs to the page and can't be given another meaning")
        if name in self._constants:
            refuse(node, f"{name} is a constant and can't be set again")
        self.values[name], self.places[name] = value, node

    def _assignment_expression(self, node: Node) -> Any:
        value = self._value(syntax.field(node, "right"))
        self._assign(syntax.field(node, "left"), value)
        return value

    def _augmented_assignment_expression(self, node: Node) -> Any:
        sign, target = text(syntax.field(node, "operator"))[:-1], syntax.field(node, "left")
        if sign not in BINARY:
            raise UnclearError(f"{sign}= is not known here")
        value = BINARY[sign](self._value(target), self._value(syntax.field(node, "right")))
        self._assign(target, value)
        return value

    def _update_expression(self, node: Node) -> float:
        target = syntax.field(node, "argument")
        before = number_of(self._value(target))
        step = 1.0 if text(syntax.field(node, "operator")) == "++" else -1.0
        self._assign(target, before + step)
        return before if text(node).startswith(text(target)) else before + step

    def _assign(self, target: Node, value: Any) -> None:
        if target.type == "parenthesized_expression":
            self._assign(named(target)[0], value)
        elif target.type == "identifier":
            self._name(target, value)
        elif target.type in {"member_expression", "subscript_expression"}:
            self._set(target, value)
        else:
            refuse(target, f"write one name for one value, not {quoted(target)}")

    def _set(self, target: Node, value: Any) -> None:
        """Sets a field of an object, an item of an array, or an option of the Brain."""
        owner = syntax.field(target, "object")
        if text(owner) in BUILT_IN:
            refuse(target, f"{text(owner)} belongs to the page and can't be changed")
        whole = self._value(owner)
        if target.type == "member_expression":
            key = text(syntax.field(target, "property"))
        else:
            key = text_of(self._value(syntax.field(target, "index")))
        if isinstance(whole, Brain) and isinstance(value, Function):
            refuse(target, f"the original's own {key[:40]!r} can't be replaced")
        record = whole.changed if isinstance(whole, Brain) else whole
        if isinstance(record, Record):
            record[key], record.places[key] = value, target
        elif isinstance(whole, list) and key.isdecimal() and int(key) <= len(whole) < MAX_ITEMS:
            whole[int(key) :] = [value, *whole[int(key) + 1 :]]
        else:
            raise UnclearError(f"there is no field {key[:40]!r} to be set")

    def _new_expression(self, node: Node) -> Any:
        name, arguments = text(syntax.field(node, "constructor")), self._arguments(node)
        if name == "deepqlearn.Brain":
            return brain_of(node, arguments)
        if name in {"Array", "Object"} and not arguments:
            return [] if name == "Array" else Record({}, {}, node)
        raise UnclearError("only a deepqlearn.Brain can be made here")

    def _arguments(self, node: Node) -> list[Any]:
        given = node.child_by_field_name("arguments")
        items: list[Any] = []
        for argument in named(given) if given is not None else []:
            self._extend(items, argument)
        return items

    def _call_expression(self, node: Node) -> Any:
        called = syntax.field(node, "function")
        if called.type == "member_expression":
            owner, name = syntax.field(called, "object"), text(syntax.field(called, "property"))
            if text(owner) in SILENT:
                return UNDEFINED
            if text(owner) == "Math":
                return call_math(name, self._arguments(node))
            whole = self._value(owner)
            if name == "push" and isinstance(whole, list):
                return self._push(whole, node)
        elif text(called) in SILENT:
            return UNDEFINED
        elif text(called) in CONVERSIONS:
            return convert(text(called), self._arguments(node))
        return refuse(
            node,
            f"only Math's functions and push can be called here, not {quoted(called)}; "
            "write the value itself",
        )

    def _push(self, whole: list[Any], node: Node) -> float:
        more = self._arguments(node)
        if len(whole) + len(more) > MAX_ITEMS:
            raise UnclearError(f"an array of more than {MAX_ITEMS:,} items")
        whole.extend(more)
        return float(len(whole))
