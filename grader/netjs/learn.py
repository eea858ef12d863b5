"""The submission's ``learn``: it may only pass on what the network does.

In the original ``learn(state, lastReward)`` was any function of a participant. Here the simulator
calls the network itself, so a function that changes the state, the reward or the action would be
another driver than the network that is graded: it is refused, where it does so. What only draws,
logs, counts or saves is left out without a word, see ``asides``.
"""

from tree_sitter import Node

from grader.netjs import syntax
from grader.netjs.asides import Asides, Kept
from grader.netjs.objects import Function
from grader.netjs.program import Program
from grader.netjs.reach import GIVING
from grader.netjs.syntax import named, quoted, refuse, text

FORWARD, BACKWARD = "brain.forward", "brain.backward"


class Learn:
    """One pass over the function's statements.

    Attributes:
        learns: Whether it passes the reward on, without which nothing is learned.
    """

    def __init__(self, function: Function, program: Program) -> None:
        """Checks the function.

        Raises:
            ConfigError: It does more than pass on what the network does.
        """
        self.learns = False
        self._forwards = 0
        self._node = function.node
        if any(child.type == "async" for child in self._node.children):
            refuse(self._node, "learn must give its action at once: leave async out")
        state, reward = self._parameters()
        self._kept = Kept(state, reward)
        self._asides = Asides(self._kept, program)
        body = syntax.field(function.node, "body")
        if body.type == "statement_block":
            self._follow(body)
        else:
            self._return(body)

    def _parameters(self) -> tuple[str, str]:
        single = self._node.child_by_field_name("parameter")
        several = self._node.child_by_field_name("parameters")
        names = [single] if single else named(several) if several else []
        for name in names:
            if name.type != "identifier":
                refuse(name, f"learn takes the state and the last reward, not {quoted(name)}")
        spelled = [text(name) for name in names]
        if not spelled:
            refuse(self._node, "learn must take the state: learn = function (state, lastReward)")
        return spelled[0], (*spelled, "")[1]

    def _follow(self, body: Node) -> None:
        self._asides.know(body)
        self._kept.coming = self._coming(body)
        for statement in named(body):
            if statement.type == "return_statement":
                value = named(statement)
                self._return(value[0] if value else statement)
                return
            self._statement(statement)
        refuse(self._node, "learn must return what the network does: return brain.forward(state)")

    def _coming(self, body: Node) -> frozenset[str]:
        """The names that hold the action at some time: what forward gave, and their copies."""
        waiting: list[str] = []
        copies: dict[str, list[str]] = {}
        for node in syntax.all_in(body):
            name = node.child_by_field_name(GIVING[node.type]) if node.type in GIVING else None
            value = node.child_by_field_name("right") or node.child_by_field_name("value")
            if name is not None and value is not None:
                source = text(bare(value))
                if source.startswith(FORWARD):
                    waiting.append(text(name))
                copies.setdefault(source, []).append(text(name))
        found: set[str] = set()
        while waiting:
            name_held = waiting.pop()
            if name_held not in found:
                found.add(name_held)
                waiting.extend(copies.get(name_held, []))
        return frozenset(found)

    def _return(self, value: Node) -> None:
        value = bare(value)
        if not (value.type == "identifier" and text(value) in self._kept.actions):
            if not self._is_forward(value):
                refuse(value, "learn must return the action of brain.forward as it is")
            self._forwards += 1
        if self._forwards != 1:
            refuse(value, "learn must call brain.forward(state) once")

    def _statement(self, node: Node) -> None:
        """One statement before the last; the network is asked and told here."""
        if node.type in {"lexical_declaration", "variable_declaration"}:
            for declarator in named(node):
                value = declarator.child_by_field_name("value")
                if value is not None:
                    self._set(syntax.field(declarator, "name"), value)
            return
        expression = named(node)[0] if node.type == "expression_statement" else node
        if expression.type == "assignment_expression":
            self._set(syntax.field(expression, "left"), syntax.field(expression, "right"))
        elif not self._is_backward(expression):
            self._asides.check(node)

    def _set(self, name: Node, value: Node) -> None:
        if self._is_forward(bare(value)):
            if name.type != "identifier":
                refuse(name, f"give the action a name of its own, not {quoted(name)}")
            self._kept.own(name)
            self._forwards += 1
            self._kept.actions.add(text(name))
        else:
            self._asides.own(name, value)
            self._asides.check(name)
            self._asides.check(value)
            if value.type == "identifier" and text(value) in self._kept.actions:
                self._kept.actions.add(text(name))

    def _is_forward(self, node: Node) -> bool:
        """Whether a node is brain.forward(state); refuses one of anything else."""
        if node.type != "call_expression" or text(syntax.field(node, "function")) != FORWARD:
            return False
        arguments = named(syntax.field(node, "arguments"))
        if len(arguments) != 1 or text(bare(arguments[0])) != self._kept.state:
            refuse(node, f"brain.forward must be given {self._kept.state} as it is")
        return True

    def _is_backward(self, node: Node) -> bool:
        """Whether a node is brain.backward(lastReward); refuses one of anything else."""
        if node.type != "call_expression" or text(syntax.field(node, "function")) != BACKWARD:
            return False
        arguments = named(syntax.field(node, "arguments"))
        reward = self._kept.reward
        if len(arguments) != 1 or not reward or text(bare(arguments[0])) != reward:
            refuse(node, "brain.backward must be given the reward as it is")
        if self.learns:
            refuse(node, "learn must call brain.backward once")
        if self._forwards:
            refuse(node, "learn must call brain.backward before brain.forward")
        self.learns = True
        return True


def bare(node: Node) -> Node:
    """An expression without the parentheses around it."""
    while node.type == "parenthesized_expression" and len(named(node)) == 1:
        node = named(node)[0]
    return node
