"""Constants as participants write them, made up at random: what is understood is what node makes.

What is refused is refused with its place. What node would not run either is no case.
"""

import json
import math
import os
import random
import subprocess
from itertools import pairwise
from typing import Any

from grader.errors import ConfigError
from grader.netjs.objects import Record
from grader.netjs.program import Program
from grader.netjs.syntax import tree_of
from grader.netjs.values import UNDEFINED

PROGRAMS = 500 * int(os.environ.get("OVERTAKE_TEST_EXAMPLES", "1"))
OUTERMOST = 2
NUMBERS = ["0", "1", "2", "3", "7", "10", "0.5", ".25", "1e3", "5e-7", "1e21", "0x1F", "017",
           "0b101", "1_000", "2.50", "0.1", "4294967296", "09", "100e-2"]  # fmt: skip
TEXTS = ["'a'", '"B"', "''", "'10'", "'9'", "'0x10'", "' 7 '", "'1e3px'", "`t${1 + 1}`",
         r"'re\x6cu'", r"'\u0041'", r"'\101\0'", "'-.5'"]  # fmt: skip
WORDS = ["true", "false", "null", "undefined", "NaN", "Infinity", "Math.PI"]
BETWEEN = ["+", "-", "*", "/", "%", "<", "<=", ">", ">=", "==", "!=", "===", "!==", "|", "&", "^",
           "<<", ">>", ">>>", "&&", "||"]  # fmt: skip
SETTING = ["=", "+=", "-=", "*=", "/=", "%=", "|=", ">>=", "||=", "&&=", "??="]
FUNCTIONS = ["Math.floor", "Math.ceil", "Math.round", "Math.abs", "Math.trunc", "Math.sign",
             "Math.max", "Math.min", "parseInt", "parseFloat", "Number", "String"]  # fmt: skip
# each program runs in a function, as the page ran it; names of the outermost block are read there
NODE = """
const vm = require("vm");
const shown = (v) => typeof v === "number" ? { number: Object.is(v, NaN) ? "nan" : String(v) }
  : v === undefined ? { nothing: 1 } : Array.isArray(v) ? v.map(shown)
  : v && typeof v === "object" ? { fields: Object.entries(v).map(([k, x]) => [k, shown(x)]).sort() }
  : v;
const programs = JSON.parse(require("fs").readFileSync(0, "utf8"));
process.stdout.write(JSON.stringify(programs.map(([code, names]) => {
  const found = vm.createContext({ console: { log() {} } });
  vm.runInContext("var self = this, window = this;", found);
  const read = names.map((n) => `try { found.${n} = ${n}; } catch {}`).join("");
  try {
    found.code = `${code}\\n;var found = {}; ${read}; found;`;
    const values = vm.runInContext("(function () { return eval(code); })()", found);
    return Object.fromEntries(Object.entries(values).map(([k, v]) => [k, shown(v)]));
  } catch (error) { return null; }
})));
"""


class Writer:
    """Writes a program of statements that set names, fields and items."""

    def __init__(self, draw: random.Random) -> None:
        self._draw, self._count = draw, 0
        self._plain: list[str] = ["lanesSide"]
        self._lists: list[str] = []
        self._objects: list[str] = []

    def program(self) -> tuple[str, list[str]]:
        statements = ["var lanesSide = 3;", *(self._statement(OUTERMOST) for _ in range(8))]
        ends = self._draw.choice(["\n", "\r\n", " /* a */\n\t", "\n\n// b\n"])
        return ends.join(statements), [f"v{i}" for i in range(self._count)]

    def _new(self) -> str:
        self._count += 1
        return f"v{self._count - 1}"

    def _atom(self) -> str:
        pick = self._draw.choice
        kind = self._draw.random()
        if kind < 0.4:
            return pick(NUMBERS)
        if kind < 0.6:
            return pick(TEXTS + WORDS)
        if kind < 0.7 and self._lists:
            return pick(self._lists) + pick([".length", "[0]", "[1]", "['1']", "[9]"])
        if kind < 0.8 and self._objects:
            return pick(self._objects) + pick([".p", "['q']", ".none"])
        return pick(self._plain)

    def _value(self, depth: int = 3) -> str:
        draw = self._draw
        if not depth or draw.random() < 0.2:
            return self._atom()
        one, other = self._value(depth - 1), self._value(depth - 1)
        return draw.choice(
            [
                f"({one} {draw.choice(BETWEEN)} {other})",
                f"{one} {draw.choice(['+', '-', '*', '/'])} {other}",
                f"{draw.choice(['-', '+', '!', '~', 'typeof ', 'void '])}({one})",
                f"typeof {self._atom()}",
                f"({one} ? {other} : {self._atom()})",
                f"({one} ?? {other})",
                f"({one}, {other})",
                f"{draw.choice(FUNCTIONS)}({one})",
                f"Math.max({one}, {other})",
                f"parseInt({one}, {draw.choice(['2', '8', '10', '16', '36', '1'])})",
                f"`${{{one}}} and ${{{other}}}`",
                f"({draw.choice(self._plain)} = {one})",
                f"{draw.choice(self._plain)}{draw.choice(['++', '--'])}",
                f"{draw.choice(['++', '--'])}{draw.choice(self._plain)}",
            ]
        )

    def _statement(self, depth: int) -> str:
        draw = self._draw
        value, old = self._value(), draw.choice(self._plain)
        if depth and draw.random() < 0.25:
            inner = self._statement(depth - 1)
            return draw.choice(
                [
                    f"if ({value}) {{ {inner} }} else {{ {self._statement(depth - 1)} }}",
                    f"if ({value}) {{ {inner} }}",
                    f"{{ let {old} = 4; {inner} }}",
                    f"function unused(a) {{ while (true) {{ {old}++; }} }} {inner}",
                ]
            )
        if self._lists and draw.random() < 0.2:
            name = draw.choice(self._lists)
            return draw.choice(
                [
                    f"{name}.push({value}, ...{draw.choice(self._lists)});",
                    f"{name}[{draw.choice(['0', f'{name}.length'])}] = {value};",
                    f"var at = 0; {name}[at++] {draw.choice(SETTING)} at;",
                ]
            )
        if self._objects and draw.random() < 0.2:
            field = draw.choice([".p", "['q']", ".r"])
            return f"{draw.choice(self._objects)}{field} {draw.choice(SETTING)} {value};"
        # a branch that is not taken gives no name a meaning
        if depth < OUTERMOST or draw.random() < 0.2:
            return f"{old} {draw.choice(SETTING)} {value};"
        return self._naming(value, old)

    def _naming(self, value: str, old: str) -> str:
        draw = self._draw
        new, word = self._new(), draw.choice(["var ", "let ", ""])
        kind = draw.random()
        if kind < 0.2:
            self._lists.append(new)
            return f"{word}{new} = [{value}, {self._atom()}, ];"
        if kind < 0.4:
            spread = f"...{draw.choice(self._objects)}, " if self._objects else ""
            self._objects.append(new)
            return f"{word}{new} = {{ {spread}p: {value}, 'q': {self._atom()}, ['a' + 1]: {old} }};"
        self._plain.append(new)
        return f"{word}{new} = {value}{draw.choice([';', ';', ''])}"


def shown(value: Any) -> Any:
    """A value of ours as node's are shown above."""
    if isinstance(value, float):
        return {"number": value}
    if value is UNDEFINED:
        return {"nothing": 1}
    if isinstance(value, list):
        return [shown(item) for item in value]
    if isinstance(value, Record):
        return {"fields": sorted([key, shown(item)] for key, item in value.items())}
    return value


def alike(ours: Any, theirs: Any) -> bool:
    if isinstance(ours, dict) and "number" in ours:
        other = float(theirs["number"])
        return ours["number"] == other or (math.isnan(ours["number"]) and math.isnan(other))
    if isinstance(ours, dict) and "fields" in ours:
        return alike(ours["fields"], sorted(theirs["fields"]))
    if isinstance(ours, list):
        return len(ours) == len(theirs) and all(map(alike, ours, theirs))
    return ours == theirs


def test_what_is_understood_is_what_node_makes_of_it():
    written = [Writer(random.Random(seed)).program() for seed in range(PROGRAMS)]
    result = subprocess.run(
        ["node", "-e", NODE], input=json.dumps(written), capture_output=True, text=True, check=True
    )
    understood = 0
    for (code, names), found in zip(written, json.loads(result.stdout), strict=True):
        try:
            values = Program(tree_of(code.replace("\r\n", "\n"))).values
        except ConfigError as error:
            (problem,) = error.problems
            assert problem.line, code
            assert problem.column, code
            continue
        assert found is not None, code
        understood += 1
        for name in names:
            if name in found and name in values:
                assert alike(shown(values[name]), found[name]), f"{name} in {code}"
    assert understood > PROGRAMS / 2


def test_programs_differ():
    codes = [Writer(random.Random(seed)).program()[0] for seed in range(50)]
    assert all(one != other for one, other in pairwise(codes))
