"""What a submission's constants may be made of; what would have to run is refused."""

import pytest

from grader.errors import ConfigError
from grader.netjs import read
from grader.netjs.program import Program
from grader.netjs.syntax import tree_of
from tests.grader.netjs.submission import submission


def value_of(code, name="x"):
    return Program(tree_of(code)).values[name]


@pytest.mark.parametrize(
    ("expression", "value"),
    [
        ("5e4", 50_000),
        (".5", 0.5),
        ("0x1F", 31),
        ("1_000", 1000),
        ("017", 15),
        ("0b11", 3),
        ("2 + 3 * 4", 14),
        ("(2 + 3) * 4", 20),
        ("-7 % 3", -1),
        ("2 ** 10", 1024),
        ("7 / 2 | 0", 3),
        ("~~(7 / 2)", 3),
        ("1 << 4", 16),
        ("-1 >>> 28", 15),
        ("1 / 0", float("inf")),
        ("'ab' + 1.5", "ab1.5"),
        ("'a' + 2 * 3", "a6"),
        ("`${1 + 1} lanes`", "2 lanes"),
        (r"'re\x6cu\u0041'", "reluA"),
        ("true ? 'tanh' : 'relu'", "tanh"),
        ("undefined || 4", 4),
        ("0 ?? 4", 0),
        ("Math.floor(7 / 2)", 3),
        ("Math.round(2.5)", 3),
        ("Math.round(-2.5)", -2),
        ("Math.max(1, 2, Math.min(5, 3))", 3),
        ("Math.pow(2, 3) + Math.sqrt(9) + Math.abs(-1)", 12),
        ("Math.PI", 3.141592653589793),
        ("parseInt(7.9)", 7),
        ("parseInt('12px')", 12),
        ("parseFloat('0.5e1x')", 5),
        ("Number('0.25')", 0.25),
        ("typeof nothing === 'undefined'", True),
        ("typeof document + typeof self.document + typeof window", "undefinedundefinedobject"),
        ("typeof Math + typeof parseInt + typeof console", "objectfunctionobject"),
        ("Math.round(0.49999999999999994)", 0),
        ("Math.pow(-8, 1 / 3) || 'none'", "none"),
        ("1 ** Infinity || 'none'", "none"),
        ("(-10) ** 401", -float("inf")),
        ("parseInt('0x1F') + parseInt('11', 2)", 34),
        ("parseInt('0x10', 8)", 0),
        ("Number() + Number('-0x10' ? '4' : 0)", 4),
        ("'' + 1e-7 + 0.00001 + 1e21", "1e-70.000011e+21"),
        ("'10' < '9' && 10 > 9", True),
        ("'\U0001f697'.length", 2),
        ("void 0 === undefined", True),
        ("typeof null + typeof true + typeof undefined", "objectbooleanundefined"),
        (r"'\101\60\0' === 'A0' + '\0' ? 1 : 2", 1),
        ("typeof 3", "number"),
        ("[1, 2, 3].length", 3),
        ("[1, ...[2, 3]][2]", 3),
        ("({ a: { b: 7 } }).a.b", 7),
        ("({ ['a' + 1]: 7 })['a1']", 7),
        ("(1, 2)", 2),
        ("!0 && 3 >= 2 && 2 !== '2' && 2 == '2'", True),
    ],
)
def test_constants(expression, value):
    assert value_of(f"x = {expression};") == value


@pytest.mark.parametrize(
    ("code", "value"),
    [
        ("var x = 1; x += 2; x *= 4;", 12),
        ("let a = 2; const b = a * a; var x = b + 1;", 5),
        ("var a, x; a = x = 3;", 3),
        ("var i = 1; var x = i++ + i;", 3),
        ("var i = 1; var x = ++i + i;", 4),
        ("var o = {}; o.a = 1; o['b'] = 2; o.a += 5; x = o.a * o.b;", 12),
        ("var a = []; a.push(1); a.push(2, 3); a[3] = 4; x = a.length * a[3];", 16),
        ("var a = 1, b = { a }; x = b.a;", 1),
        ("var a = { p: 1 }; var b = { ...a, q: 2 }; x = b.p + b.q;", 3),
        ("var x = 1; var x;", 1),
        ("var x = 1; { let x = 2; x = 3; }", 1),
        ("var y = 1; { const y = 2; var x = y; } y = 5; x += y;", 7),
        ("if (1 > 2) { x = 1; } else if ('a') { x = 2; } else { x = 3; }", 2),
        ("var x = 1; if (typeof document !== 'undefined') { x = document.title(); }", 1),
        ("var i = 0, a = [7, 8]; a[i++] += 1; x = a[0] + i;", 9),
        ("var i = 0, a = []; a[i++] = i; x = a[0];", 1),
        ("var x = 0; x ||= 4; x &&= 5; x ??= 6;", 5),
        ("x = 2; console.log('made', JSON.stringify({ x }), `${x}`);", 2),
        ("{ x = 4; }", 4),
        ("x = new Array(); x.push(5); x = x[0];", 5),
        ("function never() { while (true) {} } x = 2;", 2),
        ("console.log('hello'); x = 2; alert('done');", 2),
        ("'use strict'; x = 2", 2),
        ("// a\u2028x = 2", 2),
        ("x\u00a0=\u00a02", 2),
        ("#!/usr/bin/env node\nx = 2 // no semicolon\n", 2),
        ("x = 2 /* a */ + /* b */ 1", 3),
    ],
)
def test_statements(code, value):
    assert value_of(code) == value


REFUSED = [
    ("for (var i = 0; i < 3; i++) { layer_defs.push({}); }", "for"),
    ("while (true) {}", "while"),
    ("if (lanesSide) { while (true) {} }", "while"),
    ("if (nothing) { lanesSide = 3; }", "nothing"),
    ("let twice = 1; let twice = 2;", "twice"),
    ("var holes = [1, , 2];", "hole"),
    (r"l\u0061nesSide = 5;", "letters"),
    ("lanesSide = brain.age;", "brain"),
    ("console.log(lanesSide = 3);", "shown"),
    ("console.log(layer_defs.push({}));", "shown"),
    ("var o = { __proto__: opt };", "prototype"),
    ("lanesSide = opt.constructor;", "constructor"),
    ("lanesSide = (function () { return 3; })();", "called"),
    ("lanesSide = size(3);", "size"),
    ("Math.floor = function (x) { return x + 1; };", "Math"),
    ("Math = {};", "Math"),
    ("deepqlearn.Brain = function () {};", "deepqlearn"),
    ("var parseInt = 3;", "parseInt"),
    ("lanesSide = Math.random();", "Math.random"),
    ("lanesSide = Math.nothing(2);", "Math.nothing"),
    ("lanesSide = other;", "other"),
    ("const fixed = 3; fixed = 4;", "constant"),
    ("throw 'away';", "throw"),
    ("try { a = 1; } catch (e) {}", "try"),
    ("class Net {}", "class"),
    ("var [a, b] = [1, 2];", "one name"),
    ("var f = async () => { await 1; }; f();", "f"),
    ("eval('lanesSide = 9');", "eval"),
    ("import fs from 'fs';", "import"),
    ("lanesSide = 10n;", "10n"),
    ("var a = []; a[1e9] = 1;", "field"),
    ("lanesSide = { get a() { return 1; } };", "fields"),
    ("var x = new Worker('a.js');", "Brain"),
    ("lanesSide = this.lanes;", "this"),
    ("label: lanesSide = 1;", "labeled"),
    ("delete lanesSide;", "delete"),
    ("lanesSide = tag`x`;", "tag"),
]


@pytest.mark.parametrize(("code", "word"), REFUSED)
def test_what_would_have_to_run_is_refused_where_it_stands(code, word):
    with pytest.raises(ConfigError) as caught:
        read(submission(more=f"// a line before\n  {code}"))
    (problem,) = caught.value.problems
    line = submission(more=f"// a line before\n  {code}").splitlines().index(f"  {code}") + 1
    assert problem.line == line
    assert problem.column >= 3
    assert word in problem.message


@pytest.mark.parametrize(
    ("code", "line", "word"),
    [
        ("lanesSide = ;", 1, "no JavaScript"),
        ("lanesSide = 3;\nvar a = {;\n", 2, "no JavaScript"),
        ("lanesSide = (3;", 1, "missing"),
        ("var a = 1;\n<<<<<<< HEAD\nlanesSide = 3;\n=======\n", 2, "merged"),
        ("lanesSide = 'open", 1, "no JavaScript"),
    ],
)
def test_what_is_no_javascript_is_named_with_its_line(code, line, word):
    with pytest.raises(ConfigError) as caught:
        read(code)
    assert caught.value.problems[0].line == line
    assert word in caught.value.problems[0].message


def test_columns_count_characters_not_bytes():
    with pytest.raises(ConfigError) as caught:
        read("/* Überholspur */ lanesSide = nothing;")
    assert caught.value.problems[0].column == len("/* Überholspur */ lanesSide = ") + 1


@pytest.mark.parametrize(
    "code",
    [
        "x = 'aaaaaaaaaa';" + "x = x + x;" * 60,
        "x = [1];" + "x = [...x, ...x];" * 60,
        "x = [1];" + "x = [x, x];" * 200 + "brain = new deepqlearn.Brain(1, 5, {layer_defs: x});",
        "x = " + "(" * 5000 + "1" + ")" * 5000,
        "x = " + "[" * 5000 + "]" * 5000,
        "x = " + "-" * 3001 + "1",
        "x = 1" + " + 1" * 5000,
        "x = 9e999 ** 9e999; y = x % 0; z = 10 ** 400; w = (-8) ** (1/3);",
        "x = `" + "${`" * 300,
        f"x = '{'9' * 9000}'; " + "x.length; x[7]; parseInt(x, 36); +x; " * 1500 + "y",
        "{" * 20_000 + "}" * 20_000,
        "(" * 20_000 + "x" + ")" * 20_000 + " = 1;",
        "if (x) " * 5_000 + ";",
        "x" + "[0]" * 20_000 + " = 1;",
        "x" + ".a" * 20_000 + "();",
    ],
)
def test_nothing_grows_without_bound(code):
    with pytest.raises(ConfigError) as caught:
        read(code)
    assert all(len(problem.message) < 300 for problem in caught.value.problems)
