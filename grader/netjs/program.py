"""Follows a submission's statements from top to bottom, without running any of it.

What a constant's expression can hold is computed, and of a condition's branches the one followed
that it chooses; what would need a program to run, a loop or a call of a function, is refused where
it stands.
"""

import re
from typing import Any

from tree_sitter import Node

from grader.netjs import syntax
from grader.netjs.assigning import Assigning, Known
from grader.netjs.expressions import MAX_ITEMS
from grader.netjs.found import SILENT
from grader.netjs.functions import CONVERSIONS, call_math, convert
from grader.netjs.numerals import UnclearError
from grader.netjs.objects import Function, Record, brain_of
from grader.netjs.syntax import named, quoted, refuse, text
from grader.netjs.values import UNDEFINED, truth

_ONLY_LOOKS = re.compile(
    r"(?:JSON\.\w+|Math\.\w+|Date\.now|Object\.(?:keys|values|entries)|Number|String|"
    r".+\.(?:toString|toFixed|join|slice|toJSON))",
    re.DOTALL,
)
"""Calls that change nothing."""
CHANGING = frozenset(
    {"assignment_expression", "augmented_assignment_expression", "update_expression"}
)
"""Expressions that set something."""


class Program(Assigning):
    """The names that a submission has given, and where."""

    def __init__(self, root: Node) -> None:
        """Follows all statements.

        Raises:
            ConfigError: One of them cannot be understood.
        """
        super().__init__()
        self.root = root
        self._follow_all(named(root))

    def _follow_all(self, statements: list[Node]) -> dict[str, Known | None]:
        """Follows the statements of a block; gives what its own names meant before."""
        before: dict[str, Known | None] = {}
        for name in (name for statement in statements for name in _own_names(statement)):
            if text(name) in before:
                refuse(name, f"{text(name)[:40]} is declared twice")
            # from the block's beginning until it is declared, the name means nothing
            before[text(name)] = self.take(text(name))
        for statement in statements:
            if statement.type == "function_declaration":
                self.name(syntax.field(statement, "name"), Function(statement))
        for statement in statements:
            self._follow(statement)
        return before

    def _follow(self, node: Node) -> None:
        kind = node.type
        if kind == "expression_statement":
            for expression in named(node):
                self._value(expression)
        elif kind in {"lexical_declaration", "variable_declaration"}:
            word = node.children[0].type
            for declarator in named(node):
                self._declare(declarator, word)
        elif kind == "if_statement":
            self._choose(node)
        elif kind == "statement_block":
            for name, known in self._follow_all(named(node)).items():
                self.give_back(name, known)
        elif kind != "function_declaration":
            spoken = kind.removesuffix("_statement").removesuffix("_declaration").replace("_", " ")
            message = f"only constants are understood here, no {spoken!r}: {quoted(node)}"
            refuse(node, f"{message}; write out what it makes")

    def _choose(self, node: Node) -> None:
        """Follows the branch that a condition chooses, and only that one."""
        condition = truth(self._value(syntax.field(node, "condition")))
        branch = node.child_by_field_name("consequence" if condition else "alternative")
        if branch is not None:
            for statement in named(branch) if branch.type == "else_clause" else [branch]:
                self._follow(statement)

    def _declare(self, declarator: Node, word: str) -> None:
        name = syntax.field(declarator, "name")
        value = declarator.child_by_field_name("value")
        if name.type != "identifier":
            refuse(name, f"write one name for one value, not {quoted(name)}")
        if value is None and word == "var" and text(name) in self.values:
            return
        self.name(name, UNDEFINED if value is None else self._value(value))
        if word == "const":
            self.constants.add(text(name))

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
                return self._shown(node)
            if text(owner) == "Math":
                return call_math(name, self._arguments(node))
            if name == "fromJSON":
                message = "weights are read where the page wrote them: at the end of the file, as"
                refuse(node, f"{message} brain.value_net.fromJSON({{...}})")
            whole = self._value(owner)
            if name == "push" and isinstance(whole, list):
                return self._push(whole, node)
        elif text(called) in SILENT:
            return self._shown(node)
        elif text(called) in CONVERSIONS:
            return convert(text(called), self._arguments(node))
        return refuse(
            node,
            f"only Math's functions and push can be called here, not {quoted(called)}; "
            "write the value itself",
        )

    def _shown(self, node: Node) -> Any:
        """Leaves out what is only shown, unless something could be done on the way."""
        given = node.child_by_field_name("arguments")
        for part in syntax.all_in(given) if given is not None else []:
            called = text(part.children[0]) if part.type == "call_expression" else ""
            if part.type in CHANGING or (called and not _ONLY_LOOKS.fullmatch(called)):
                refuse(part, f"what is only shown is left out, so this is not done: {quoted(part)}")
        return UNDEFINED

    def _push(self, whole: list[Any], node: Node) -> float:
        more = self._arguments(node)
        if len(whole) + len(more) > MAX_ITEMS:
            raise UnclearError(f"an array of more than {MAX_ITEMS:,} items")
        whole.extend(more)
        return float(len(whole))


def _own_names(statement: Node) -> list[Node]:
    """The names that a statement gives a meaning within its block only."""
    if statement.type != "lexical_declaration":
        return []
    return [syntax.field(declarator, "name") for declarator in named(statement)]
