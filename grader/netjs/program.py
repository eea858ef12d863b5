"""Follows a submission's statements from top to bottom, without running any of it.

What a constant's expression can hold is computed; what would need a program to run, a loop, a
condition, a call of a function, is refused where it stands.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from tree_sitter import Node

from grader.netjs import syntax
from grader.netjs.functions import CONSTANTS, CONVERSIONS, call_math, convert
from grader.netjs.syntax import named, quoted, refuse, string, text
from grader.netjs.values import (
    BINARY,
    UNARY,
    UNDEFINED,
    UnclearError,
    add,
    number_literal,
    number_of,
    text_of,
    truth,
)

MAX_ITEMS = 1_000
"""Longest array made [1]; a real submission has about ten layers."""
SILENT = frozenset({"draw_net", "draw_stats", "alert", "console"})
"""Functions that only show something."""
BUILT_IN = frozenset({"Math", "console", "deepqlearn", "convnetjs", "undefined", "NaN", "Infinity"})
"""Names that a submission finds and may not give away."""
PAGE = {
    "lanesSide": 0.0,
    "patchesAhead": 1.0,
    "patchesBehind": 0.0,
    "otherAgents": 0.0,
    "trainIterations": 10_000.0,
}
"""Variables that the page had, and what they began with."""
WORDS = {"true": True, "false": False, "null": None, "undefined": UNDEFINED}


@dataclass(frozen=True, eq=False)
class Function:
    """A function that was written down; it is never called."""

    node: Node


class Record(dict[str, Any]):
    """An object, which knows where its fields were set."""

    def __init__(self, fields: Mapping[str, Any], places: Mapping[str, Node], node: Node) -> None:
        super().__init__(fields)
        self.places, self.node = dict(places), node

    def place(self, key: str) -> Node:
        """Where a field was set, or else the object begins."""
        return self.places.get(key, self.node)

    def snapshot(self) -> "Record":
        """A copy, that later changes do not reach."""
        return Record(self, self.places, self.node)


@dataclass(eq=False)
class Brain:
    """What the constructor of the original's Q-learning was given, at that moment.

    Attributes:
        node: Where it was called.
        states: Numbers in one observation.
        actions: How many there are.
        options: Its third argument, copied.
        layers: The options' layer_defs, copied one by one; None if there were none.
        trainer: The options' tdtrainer_options, copied; None if there were none.
        changed: Fields set on it afterwards.
    """

    node: Node
    states: Any
    actions: Any
    options: Record
    layers: list[Any] | None
    trainer: Record | None
    changed: Record


class Program:
    """The names that a submission has given, and where."""

    def __init__(self, root: Node) -> None:
        """Follows all statements.

        Raises:
            ConfigError: One of them cannot be understood.
        """
        self.values: dict[str, Any] = dict(PAGE)
        self.places: dict[str, Node] = {}
        self.root = root
        self._constants: set[str] = set()
        self._depth = 0
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
        return refuse(node, f"{name} has no value here: nothing above sets it")

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
        if node.type == "identifier" and text(node) not in self.values:
            return "undefined"
        value = self._value(node)
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
        if isinstance(whole, Record):
            return whole.get(key, UNDEFINED)
        if isinstance(whole, Brain):
            return whole.changed.get(key, whole.options.get(key, UNDEFINED))
        if isinstance(whole, (list, str)):
            if key == "length":
                return float(len(whole))
            if key.isdecimal():
                return whole[int(key)] if int(key) < len(whole) else UNDEFINED
        raise UnclearError(f"there is no field {key[:40]!r} to be read")

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


def brain_of(node: Node, arguments: list[Any]) -> Brain:
    """The Brain with its options as they are now: later changes of them change nothing."""
    states, actions, options = (*arguments, *[UNDEFINED] * 3)[:3]
    if options is UNDEFINED or options is None:
        options = Record({}, {}, node)
    if not isinstance(options, Record):
        raise UnclearError("the Brain's options must be an object")
    trainer = options.get("tdtrainer_options")
    return Brain(
        node=node,
        states=states,
        actions=actions,
        options=options.snapshot(),
        layers=_layers_of(options),
        trainer=trainer.snapshot() if isinstance(trainer, Record) else None,
        changed=Record({}, {}, node),
    )


def _layers_of(options: Record) -> list[Any] | None:
    layers = options.get("layer_defs", UNDEFINED)
    if layers is UNDEFINED or layers is None:
        return None
    if not isinstance(layers, list):
        refuse(options.place("layer_defs"), "layer_defs must be an array of layers")
    return [layer.snapshot() if isinstance(layer, Record) else layer for layer in layers]
