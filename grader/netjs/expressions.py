"""What an expression of a submission stands for, computed without running any of it."""

from itertools import pairwise
from typing import Any

from tree_sitter import Node

from grader.netjs import syntax
from grader.netjs.found import KINDS, OFFERED, PAGE
from grader.netjs.functions import CONSTANTS
from grader.netjs.numerals import UnclearError, number_literal
from grader.netjs.objects import INHERITED, Brain, Function, Record
from grader.netjs.syntax import named, quoted, refuse, string, text
from grader.netjs.values import (
    BINARY,
    UNARY,
    UNDEFINED,
    add,
    index_of,
    length_of,
    text_of,
    truth,
    unit_of,
)

MAX_ITEMS = 1_000
"""Longest array made [1]; a real submission has about ten layers."""
WORDS = {"true": True, "false": False, "null": None, "undefined": UNDEFINED}


class Expressions:
    """Reads expressions: a method for each kind of node, named after it.

    Attributes:
        values: The names that have been given, and what they stand for.
    """

    def __init__(self) -> None:
        self.values: dict[str, Any] = dict(PAGE)
        self._depth = 0

    def _value(self, node: Node) -> Any:
        """What an expression stands for; assignments in it are carried out."""
        reader = getattr(self, f"_{node.type}", None)
        if reader is None:
            refuse(node, f"this can't be understood without running it: {quoted(node)}")
        if self._depth >= syntax.MAX_DEPTH:
            refuse(node, f"nested deeper than {syntax.MAX_DEPTH} levels")
        self._depth += 1
        try:
            return reader(node)
        except UnclearError as error:
            return refuse(node, f"{error}: {quoted(node)}")
        finally:
            self._depth -= 1

    def _word(self, node: Node) -> Any:
        return WORDS[text(node)]

    _true = _false = _null = _undefined = _word

    def _number(self, node: Node) -> float:
        return number_literal(text(node))

    def _string(self, node: Node) -> str:
        return string(node)

    def _template_string(self, node: Node) -> str:
        whole = ""
        for part in node.named_children:
            if part.type == "template_substitution":
                whole = add(whole, text_of(self._value(named(part)[0])))
            else:
                escaped = part.type == "escape_sequence"
                whole += syntax.unescaped(part) if escaped else text(part)
        return whole

    def _identifier(self, node: Node) -> Any:
        name = text(node)
        if name in self.values:
            return self.values[name]
        if name in {"NaN", "Infinity"}:
            return float(name)
        if name in KINDS or name in OFFERED:
            refuse(node, f"{name[:40]} is not followed here; leave this out, or write its value")
        return refuse(node, f"{name[:40]} has no value here: nothing above sets it")

    def _parenthesized_expression(self, node: Node) -> Any:
        return self._value(named(node)[0])

    def _sequence_expression(self, node: Node) -> Any:
        return [self._value(part) for part in named(node)][-1]

    def _unary_expression(self, node: Node) -> Any:
        sign, operand = text(syntax.field(node, "operator")), syntax.field(node, "argument")
        if sign == "typeof":
            return self._kind_of(operand)
        if sign not in UNARY:
            raise UnclearError(f"{sign} is not known here")
        return UNARY[sign](self._value(operand))

    def _kind_of(self, node: Node) -> str:
        name = text(node)
        for worker in ("self.", "window."):
            # the worker's own name for what hangs on it
            name = name.removeprefix(worker)
        is_name = node.type == "identifier" or name != text(node)
        if is_name and name.isidentifier() and name not in self.values:
            return KINDS.get(name, "undefined")
        value = self.values[name] if is_name and name in self.values else self._value(node)
        kinds = {str: "string", float: "number", bool: "boolean", Function: "function"}
        return "undefined" if value is UNDEFINED else kinds.get(type(value), "object")

    def _binary_expression(self, node: Node) -> Any:
        sign = text(syntax.field(node, "operator"))
        one = self._value(syntax.field(node, "left"))
        right = syntax.field(node, "right")
        if sign == "&&":
            return self._value(right) if truth(one) else one
        if sign == "||":
            return one if truth(one) else self._value(right)
        if sign == "??":
            return self._value(right) if one is None or one is UNDEFINED else one
        if sign not in BINARY:
            raise UnclearError(f"{sign} is not known here")
        return BINARY[sign](one, self._value(right))

    def _ternary_expression(self, node: Node) -> Any:
        condition = truth(self._value(syntax.field(node, "condition")))
        return self._value(syntax.field(node, "consequence" if condition else "alternative"))

    def _array(self, node: Node) -> list[Any]:
        items: list[Any] = []
        signs = [child.type for child in node.children if child.type not in syntax.IGNORED]
        if any(pair in {("[", ","), (",", ",")} for pair in pairwise(signs)):
            raise UnclearError("an array with a hole in it")
        for child in named(node):
            self._extend(items, child)
        return items

    def _extend(self, items: list[Any], node: Node) -> None:
        """Adds an item, or those that three dots spread."""
        if node.type != "spread_element":
            items.append(self._value(node))
        else:
            more = self._value(named(node)[0])
            if not isinstance(more, list):
                raise UnclearError("only an array can be spread into an array")
            items.extend(more)
        if len(items) > MAX_ITEMS:
            raise UnclearError(f"an array of more than {MAX_ITEMS:,} items")

    def _object(self, node: Node) -> Record:
        record = Record({}, {}, node)
        for child in named(node):
            if child.type == "pair":
                key = self._key(syntax.field(child, "key"))
                if key == "__proto__":
                    refuse(child, "an object can't be given another prototype here")
                record[key] = self._value(syntax.field(child, "value"))
                record.places[key] = child
            elif child.type == "shorthand_property_identifier":
                record[text(child)] = self._identifier(child)
                record.places[text(child)] = child
            elif child.type == "spread_element":
                more = self._value(named(child)[0])
                if isinstance(more, Record):
                    record.update(more)
                    record.places.update(more.places)
            else:
                refuse(child, f"only fields with values are understood: {quoted(child)}")
        return record

    def _key(self, node: Node) -> str:
        if node.type == "computed_property_name":
            return text_of(self._value(named(node)[0]))
        return text(node) if node.type == "property_identifier" else text_of(self._value(node))

    def _function(self, node: Node) -> Function:
        return Function(node)

    _function_expression = _arrow_function = _function

    def _member_expression(self, node: Node) -> Any:
        whole, key = syntax.field(node, "object"), text(syntax.field(node, "property"))
        if text(whole) == "Math" and key in CONSTANTS:
            return CONSTANTS[key]
        return self._get(self._value(whole), key)

    def _subscript_expression(self, node: Node) -> Any:
        whole, index = syntax.field(node, "object"), syntax.field(node, "index")
        return self._get(self._value(whole), text_of(self._value(index)))

    def _get(self, whole: Any, key: str) -> Any:
        if isinstance(whole, Record) and key not in INHERITED:
            return whole.get(key, UNDEFINED)
        if isinstance(whole, Brain) and (key in whole.changed or key in whole.options):
            return whole.changed.get(key, whole.options.get(key))
        if isinstance(whole, (list, str)):
            index = index_of(key)
            count = len(whole) if isinstance(whole, list) else length_of(whole)
            if key == "length":
                return float(count)
            if index is not None:
                if index >= count:
                    return UNDEFINED
                return whole[index] if isinstance(whole, list) else unit_of(whole, index)
        raise UnclearError(f"there is no field {key[:40]!r} to be read")
