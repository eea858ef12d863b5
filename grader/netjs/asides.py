"""What a submission's ``learn`` does beside driving: drawing, logging, counting, saving.

It is left out, so it must be certain that none of it reaches the state, the reward, the action or
the network. Reading them is fine; setting them, giving them another name, or handing the state or
the brain, which a function could change, to one that is not known, is not.
"""

from dataclasses import dataclass, field

from tree_sitter import Node

from grader.netjs import syntax
from grader.netjs.functions import CONVERSIONS
from grader.netjs.objects import Function
from grader.netjs.program import SILENT, Program
from grader.netjs.syntax import named, quoted, refuse, text

PAGE = frozenset(
    {"brain", "learn", "lanesSide", "patchesAhead", "patchesBehind", "otherAgents",
     "trainIterations", "deepqlearn", "convnetjs", "Math"}
)  # fmt: skip
"""Names of the page that ``learn`` may not set."""
EVERYTHING = frozenset({"window", "self", "globalThis", "this", "top", "parent", "arguments"})
"""Objects through which all others can be reached."""
READERS = frozenset({"Math", "JSON", "Date", "Number", "String", "console", "performance"})
"""Objects of the language whose functions change none of their arguments."""
COPYING = frozenset({"slice", "join", "indexOf", "toString", "concat", "includes", "toFixed"})
"""Functions of an array or a number that leave it as it is."""
TOLD = frozenset(
    {"age", "epsilon", "epsilon_min", "epsilon_test_time", "gamma", "learning", "forward_passes",
     "latest_reward", "temporal_window", "experience_size", "learning_steps_total",
     "learning_steps_burnin", "start_learn_threshold"}
)  # fmt: skip
"""Numbers that the brain keeps of itself."""
SHOWING = frozenset({"toJSON", "visSelf"})
"""Functions of the brain and its network that only show them."""
LOOPS = frozenset({"while_statement", "do_statement", "for_statement", "for_in_statement"})
FUNCTIONS = frozenset({"function_declaration", "function_expression", "arrow_function"})
UNKNOWN = frozenset({"await_expression", "yield_expression", "with_statement"})
SETTING = frozenset({"assignment_expression", "augmented_assignment_expression"})
LOOKED_AT = frozenset(
    {"binary_expression", "unary_expression", "template_substitution", "if_statement",
     "ternary_expression"}
)  # fmt: skip
"""Where a value is looked at and not kept."""


@dataclass
class Kept:
    """The names of what belongs to the simulator and the network."""

    state: str
    reward: str
    actions: set[str] = field(default_factory=set)

    def own(self, target: Node) -> None:
        """Refuses to set any of it.

        Raises:
            ConfigError: The target is part of it.
        """
        name = text(root_of(target))
        said = dict.fromkeys(self.actions, "the action")
        said |= {self.state: "the state", self.reward: "the reward"}
        if name in said:
            refuse(target, f"learn may not change {said[name]}")
        if name in PAGE | EVERYTHING or root_of(target).type != "identifier":
            refuse(target, f"learn may not change {quoted(target)}")


def root_of(node: Node) -> Node:
    """What a chain of fields, items and calls begins with."""
    while node.type in {"member_expression", "subscript_expression", "call_expression"}:
        node = syntax.field(node, "function" if node.type == "call_expression" else "object")
    return node


class Asides:
    """Checks whatever ``learn`` does beside asking and telling the network."""

    def __init__(self, kept: Kept, program: Program) -> None:
        self._kept = kept
        self._functions = {
            name: value.node
            for name, value in program.values.items()
            if isinstance(value, Function)
        }
        self._checked: set[str] = set()

    def know(self, statements: list[Node]) -> None:
        """Takes in the functions that are declared here, which may be called before."""
        for statement in statements:
            if statement.type == "function_declaration":
                self._functions[text(syntax.field(statement, "name"))] = statement

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
        self._check_one(node)
        for child in named(node):
            self.check(child, within=within or kind in FUNCTIONS, depth=depth + 1)

    def _check_one(self, node: Node) -> None:
        """Looks at a node without its children."""
        if node.type in SETTING:
            self.own(syntax.field(node, "left"), syntax.field(node, "right"))
        elif node.type == "variable_declarator":
            self.own(syntax.field(node, "name"), node.child_by_field_name("value"))
        elif node.type == "update_expression" or (
            node.type == "unary_expression" and text(syntax.field(node, "operator")) == "delete"
        ):
            self._kept.own(syntax.field(node, "argument"))
        elif node.type == "call_expression":
            self._call(node)
        elif node.type == "new_expression":
            self._new(node)
        elif node.type in {"identifier", "this"}:
            self._mention(node)
        elif node.type in {"function_declaration", "class_declaration"}:
            self._kept.own(syntax.field(node, "name"))

    def own(self, target: Node, value: Node | None) -> None:
        """Takes in a name for a value; refuses one of what belongs to the simulator."""
        self._kept.own(target)
        if target.type == "identifier" and value is not None and value.type in FUNCTIONS:
            self._functions[text(target)] = value

    def _call(self, node: Node) -> None:
        called = syntax.field(node, "function")
        root = root_of(called)
        name = text(root)
        if called.type == "identifier":
            self._call_by_name(node, name)
        elif name in EVERYTHING:
            refuse(node, f"learn may not call {quoted(called)}, which could change anything")
        elif name == "brain" and text(called).rsplit(".", 1)[-1] not in SHOWING:
            refuse(node, f"learn may call {quoted(called)} only as it stands in the sample")

    def _call_by_name(self, node: Node, name: str) -> None:
        if name in SILENT or name in CONVERSIONS or name in self._checked:
            return
        if name not in self._functions:
            refuse(node, f"learn may not call {name[:40]}, which could change the action")
        self._checked.add(name)
        self.check(syntax.field(self._functions[name], "body"), within=True)

    def _new(self, node: Node) -> None:
        name = text(root_of(syntax.field(node, "constructor")))
        if name in {"deepqlearn", "convnetjs", "Function"} | EVERYTHING:
            refuse(node, f"learn may not make this: {quoted(node)}")

    def _mention(self, node: Node) -> None:
        """Refuses to hand the state or the brain on, and what everything hangs on."""
        name, holder = text(node), node.parent
        if holder is None or name not in {self._kept.state, "brain"} | EVERYTHING:
            return
        if holder.type == "parenthesized_expression" and holder.parent is not None:
            holder = holder.parent
        if holder.type in LOOKED_AT:
            return
        if holder.type in {"member_expression", "subscript_expression"}:
            if name == self._kept.state and self._copies(holder):
                return
            if name == "brain" and _is_told(holder):
                return
            if name in EVERYTHING and holder.parent is not None and holder.parent.type in LOOKED_AT:
                return
        if name == self._kept.state and _is_read(holder):
            return
        said = {"brain": "the brain", self._kept.state: "the state"}.get(name, name)
        refuse(node, f"learn may not hand {said} on: {quoted(holder)}")

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


def _is_read(holder: Node) -> bool:
    """Whether this is the arguments of a function that changes none of them."""
    call = holder.parent
    if holder.type != "arguments" or call is None or call.type != "call_expression":
        return False
    return text(root_of(syntax.field(call, "function"))) in READERS
