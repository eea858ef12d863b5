"""What a submission's ``learn`` does beside driving: drawing, logging, counting, saving.

It is left out, so it must be certain that none of it reaches the state, the reward, the action or
the network. Reading them is fine; setting them, giving them another name, or handing the state or
the brain, which a function could change, to one that is not known, is not.
"""

from dataclasses import dataclass, field

from tree_sitter import Node

from grader.netjs import syntax
from grader.netjs.found import (
    COPYING,
    EVERYTHING,
    HARMLESS,
    LATER,
    LIBRARY,
    OFFERED,
    PROTOTYPES,
    READERS,
    SHOWING,
    SHOWN_ON,
    SILENT,
    TOLD,
    UNTOUCHED,
)
from grader.netjs.functions import CONVERSIONS
from grader.netjs.objects import Brain
from grader.netjs.program import Program
from grader.netjs.reach import NAMES, functions_in, names_in, root_of
from grader.netjs.syntax import named, quoted, refuse, text

LOOPS = frozenset({"while_statement", "do_statement", "for_statement", "for_in_statement"})
FUNCTIONS = frozenset(
    {"function_declaration", "function_expression", "arrow_function", "method_definition"}
)
UNKNOWN = frozenset({"await_expression", "yield_expression", "with_statement"})
SETTING = frozenset({"assignment_expression", "augmented_assignment_expression"})
LOOKED_AT = frozenset(
    {"binary_expression", "unary_expression", "template_substitution", "if_statement",
     "ternary_expression"}
)  # fmt: skip
"""Where a value is looked at and not kept."""


@dataclass
class Kept:
    """The names of what belongs to the simulator and the network.

    Attributes:
        state: The first parameter.
        reward: The second one.
        actions: What holds the action by now.
        coming: What holds it at some time; a function may be called at any.
        brains: What stands for the brain.
    """

    state: str
    reward: str
    actions: set[str] = field(default_factory=set)
    coming: frozenset[str] = frozenset()
    brains: frozenset[str] = frozenset({"brain"})

    def own(self, target: Node, *, within: bool = False) -> None:
        """Refuses to set any of it, in a function of its own or outside.

        Raises:
            ConfigError: The target is part of it.
        """
        name = text(root_of(target))
        said = dict.fromkeys(self.coming if within else self.actions, "the action")
        said |= {self.state: "the state", self.reward: "the reward"}
        said |= dict.fromkeys(self.brains, "the brain")
        if name in said:
            refuse(target, f"learn may not change {said[name]}")
        if name in UNTOUCHED | EVERYTHING or root_of(target).type not in NAMES:
            refuse(target, f"learn may not change {quoted(target)}")


class Asides:
    """Checks whatever ``learn`` does beside asking and telling the network."""

    def __init__(self, kept: Kept, program: Program) -> None:
        self._kept = kept
        self._values = {name: value for name, value in program.values.items() if name != "learn"}
        self._made: dict[str, list[Node]] = {}
        kept.brains |= {n for n, value in program.values.items() if isinstance(value, Brain)}
        self._own = program.values.keys() | names_in(program.root)
        self._known = self._own | OFFERED | HARMLESS | READERS | SILENT | UNTOUCHED
        self._known |= CONVERSIONS.keys()
        self._checked: set[str] = set()

    def know(self, body: Node) -> None:
        """Takes in the functions that are declared in learn, which may be called before."""
        for node in syntax.all_in(body):
            if node.type == "function_declaration":
                name = text(syntax.field(node, "name"))
                self._made.setdefault(name, []).append(node)

    def _functions(self, name: str) -> list[Node]:
        """The functions that a name stands for, or that hang on what it stands for."""
        return [*functions_in(self._values.get(name)), *self._made.get(name, [])]

    def check(self, node: Node, *, within: bool = False, depth: int = 0) -> None:
        """Refuses what could change the state, the reward, the action or the network.

        Args:
            node: Any part of a statement.
            within: Whether it is in a function of its own, which may return.
            depth: Of nesting.

        Raises:
            ConfigError: It could; says where.
        """
        if depth > syntax.MAX_DEPTH:
            refuse(node, f"nested deeper than {syntax.MAX_DEPTH} levels")
        kind = node.type
        if kind == "throw_statement" or (kind == "return_statement" and not within):
            refuse(node, "learn may end in one way only: with the action of brain.forward")
        if kind in LOOPS:
            refuse(node, "learn may not loop")
        if kind in UNKNOWN:
            refuse(node, f"learn may not do this: {quoted(node)}")
        self._check_one(node, within=within)
        for child in named(node):
            self.check(child, within=within or kind in FUNCTIONS, depth=depth + 1)

    def _check_one(self, node: Node, *, within: bool) -> None:
        """Looks at a node without its children."""
        if node.type in SETTING:
            self.own(syntax.field(node, "left"), syntax.field(node, "right"), within=within)
        elif node.type == "variable_declarator":
            value = node.child_by_field_name("value")
            self.own(syntax.field(node, "name"), value, within=within)
        elif node.type == "update_expression" or (
            node.type == "unary_expression" and text(syntax.field(node, "operator")) == "delete"
        ):
            self.own(syntax.field(node, "argument"), None, within=within)
        elif node.type == "call_expression":
            self._call(node)
        elif node.type == "new_expression":
            self._new(node)
        elif node.type in {"identifier", "this", "shorthand_property_identifier"}:
            self._mention(node)
        elif node.type in {"property_identifier", "string"}:
            spelled = syntax.string(node) if node.type == "string" else text(node)
            if spelled in PROTOTYPES:
                refuse(node, f"learn may not reach for {quoted(node)}, which could change anything")
        elif node.type in {"function_declaration", "class_declaration"}:
            self._kept.own(syntax.field(node, "name"), within=within)

    def own(self, target: Node, value: Node | None, *, within: bool = False) -> None:
        """Takes in a name for a value; refuses one of what belongs to the simulator."""
        self._kept.own(target, within=within)
        name = text(root_of(target))
        if target.type != "identifier" and name not in self._own | SHOWN_ON:
            refuse(target, f"learn may not change {quoted(target)}, which nothing here has made")
        if target.type == "identifier" and value is not None and value.type in FUNCTIONS:
            self._made.setdefault(name, []).append(value)

    def _call(self, node: Node) -> None:
        called = syntax.field(node, "function")
        root = root_of(called)
        name = text(root)
        if called.type == "identifier":
            harmless = SILENT | HARMLESS | CONVERSIONS.keys()
            if name not in harmless - self._own and not self._functions(name):
                refuse(node, f"learn may not call {name[:40]}, which could change the action")
            if name in LATER:
                self._later(node)
        elif called.type == "subscript_expression" or root.type in {"import", "super"}:
            refuse(node, f"learn may not call {quoted(called)}: call it by its name")
        elif name in EVERYTHING:
            refuse(node, f"learn may not call {quoted(called)}, which could change anything")
        elif name in self._kept.brains and text(called).rsplit(".", 1)[-1] not in SHOWING:
            refuse(node, f"learn may call {quoted(called)} only as it stands in the sample")

    def _later(self, node: Node) -> None:
        """A text that is called later would be code."""
        given = named(syntax.field(node, "arguments"))
        if not given or not (given[0].type in FUNCTIONS or self._functions(text(given[0]))):
            refuse(node, f"learn may not have this done later: {quoted(node)}")

    def _look_into(self, name: str) -> None:
        """Checks the functions that a name stands for, whoever may call them."""
        if name not in self._checked:
            self._checked.add(name)
            for function in self._functions(name):
                for part in ("parameters", "parameter", "body"):
                    inner = function.child_by_field_name(part)
                    if inner is not None:
                        self.check(inner, within=True)

    def _new(self, node: Node) -> None:
        name = text(root_of(syntax.field(node, "constructor")))
        if name in {"deepqlearn", "convnetjs", "Function"} | EVERYTHING:
            refuse(node, f"learn may not make this: {quoted(node)}")

    def _mention(self, node: Node) -> None:
        """Looks at the use of a name: what it reaches must be certain."""
        name, holder = text(node), node.parent
        self._look_into(name)
        if holder is None or holder.type == "new_expression":
            return
        if name in {self._kept.state} | self._kept.brains | EVERYTHING | LIBRARY:
            if holder.type == "parenthesized_expression" and holder.parent is not None:
                holder = holder.parent
            if holder.type not in LOOKED_AT and not self._is_only_read(name, holder):
                said = {
                    self._kept.state: "the state",
                    **dict.fromkeys(self._kept.brains, "the brain"),
                }
                refuse(node, f"learn may not hand {said.get(name, name)} on: {quoted(holder)}")
        elif name not in self._known and not _is_looked_at(holder):
            refuse(node, f"learn may not use {name[:40]}, which nothing here has made")

    def _is_only_read(self, name: str, holder: Node) -> bool:
        """Whether what a name of the simulator's stands in takes no more than a number of it."""
        if name == self._kept.state and _is_read(holder):
            return True
        if holder.type not in {"member_expression", "subscript_expression"}:
            return False
        if name == self._kept.state:
            return self._copies(holder)
        if name in self._kept.brains:
            return _is_told(holder)
        if name in EVERYTHING:
            return holder.parent is not None and holder.parent.type in LOOKED_AT
        return name == "Math" and holder.type == "member_expression"

    def _copies(self, holder: Node) -> bool:
        """Whether only an item of the state, its length, or a copy is taken."""
        if holder.type == "subscript_expression":
            return True
        return text(syntax.field(holder, "property")) in COPYING | {"length"}


def _is_told(holder: Node) -> bool:
    """Whether a number of the brain is read, or it is shown."""
    if holder.type != "member_expression":
        return False
    if text(syntax.field(holder, "property")) in TOLD | SHOWING:
        return True
    outer = holder.parent
    return (
        outer is not None
        and outer.type == "member_expression"
        and text(syntax.field(outer, "property")) in SHOWING
    )


def _is_looked_at(holder: Node) -> bool:
    """Whether a value, or a part of it, is compared, reckoned with or shown, and not kept."""
    while holder.type in {"member_expression", "subscript_expression"} and holder.parent:
        holder = holder.parent
    return holder.type in LOOKED_AT or _is_read(holder)


def _is_read(holder: Node) -> bool:
    """Whether this is the arguments of a function that changes none of them."""
    call = holder.parent
    if holder.type != "arguments" or call is None or call.type != "call_expression":
        return False
    return text(root_of(syntax.field(call, "function"))) in READERS
