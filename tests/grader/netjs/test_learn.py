"""``learn`` may pass on what the network does; whatever else could change that is refused."""

import pytest

from grader.errors import ConfigError
from grader.netjs import read
from tests.grader.netjs.submission import learning, submission

ASK = "brain.backward(lastReward); var action = brain.forward(state);"

UNDERSTOOD = [
    "brain.backward(lastReward); return brain.forward(state);",
    f"{ASK} draw_net(); draw_stats(); return action;",
    "brain.backward(lastReward);\nconst a = brain.forward(state);\nreturn (a);",
    "brain.backward(lastReward); action = brain.forward(state); return action;",
    "brain.backward((lastReward)); let a; a = brain.forward((state)); let b = a; return b;",
    f"var action = 0; {ASK} return action;",
    f"{ASK} var o = {{ f() {{ return 1; }} }}; log.push(o.f()); return action;",
    f"var b = 0; if (lastReward > 2) {{ b = 1; }} {ASK} b = action; return b;",
    f"{ASK} console.log('reward', lastReward, state.length, action); return action;",
    f"{ASK} if (brain.age % 9 == 0) {{ console.log(brain.epsilon); draw_net(); }} return action;",
    f"{ASK} count++; total += lastReward; if (count > 9) {{ count = 0; }} return action;",
    f"{ASK} var front = state[3]; document.title = 'v ' + front; return action;",
    f"{ASK} if (brain) {{ document.getElementById('a').innerHTML = say(action); }} return action;",
    f"{ASK} var net = JSON.stringify(brain.value_net.toJSON()); save(net); return action;",
    f"{ASK} var seen = state.slice(0, 3); log.push(seen); return action;",
    f"{ASK} function show(x) {{ console.log(x); return x; }} show(action); return action;",
    f"{ASK} later = function () {{ var b = new Blob(['x']); b.click(); }}; later(); return action;",
    f"{ASK} w = new Worker('a.js'); w.onmessage = function (e) {{ log.push(e); }}; return action;",
    f"{ASK} if (self.document !== undefined) {{ w.postMessage(action); }} return action;",
    f"{ASK} return action; console.log('never');",
    f"{ASK} var a = document.getElementById('a'); a.href = URL.createObjectURL(w); return action;",
    f"{ASK} w = new Worker('a.js'); w.postMessage(getData()); return action;",
    f"{ASK} say(editor.getValue()); setTimeout(() => {{ count = 0; }}, 9); return action;",
    f"{ASK} if (passed > 9) {{ console.log(vehicles[0].speed * 2000); }} return action;",
    "// nothing but a comment\n" + ASK + "/* and another */ return action;",
]
BEFORE = """\
var count = 0, total = 0, log = [], w = null;
function say(action) { switch (action) { case 1: return 'faster'; default: return '?'; } }
var save = (net) => { localStorage.setItem('net', net); };
"""


@pytest.mark.parametrize("body", UNDERSTOOD)
def test_what_passes_the_action_on_is_understood(body):
    assert read(learning(body, BEFORE)).config.layers[0].units == 4


@pytest.mark.parametrize(
    "learn",
    [
        "learn = (state, reward) => { brain.backward(reward); return brain.forward(state); };",
        "learn = state => brain.forward(state);",
        "var learn = function drive(s, r) { brain.backward(r); return brain.forward(s); };",
        "function learn(state, reward) { brain.backward(reward);\nreturn brain.forward(state) }",
        "const learn = (state, lastReward) => (brain.forward(state));",
    ],
)
def test_it_may_be_written_in_many_ways(learn):
    assert read(submission(learn=learn)).network is None


REFUSED = [
    ("return 1;", "action of brain.forward"),
    ("", "must return"),
    (f"{ASK}", "must return"),
    (f"{ASK} return action + 1;", "as it is"),
    (f"{ASK} return 5 - action;", "as it is"),
    (f"{ASK} return action == 2 ? 1 : action;", "as it is"),
    (f"{ASK} action = 1; return action;", "the action"),
    (f"{ASK} action++; return action;", "the action"),
    (f"{ASK} if (action == 2) {{ action = 1; }} return action;", "the action"),
    (f"{ASK} if (action == 2) {{ return 1; }} return action;", "one way"),
    (f"state[0] = 1; {ASK} return action;", "the state"),
    (f"state = state.slice(1); {ASK} return action;", "the state"),
    (f"state.reverse(); {ASK} return action;", "the state"),
    (f"var s = state; s[0] = 1; {ASK} return action;", "the state"),
    (f"fix(state); {ASK} return action;", "fix"),
    (f"log[state.reverse()] = 1; {ASK} return action;", "the state"),
    (f"{ASK} log[action = 2] = 1; return action;", "the action"),
    (f"[state[0], state[1]] = [1, 2]; {ASK} return action;", "change"),
    (f"lastReward *= 2; {ASK} return action;", "the reward"),
    ("brain.backward(lastReward * 2); return brain.forward(state);", "reward as it is"),
    ("brain.backward(lastReward - 1); return brain.forward(state);", "reward as it is"),
    ("brain.backward(1); return brain.forward(state);", "reward as it is"),
    ("brain.backward(lastReward); return brain.forward(state.slice());", "state as it is"),
    ("brain.backward(lastReward); return brain.forward(map(state));", "state as it is"),
    ("brain.backward(lastReward); brain.forward(state); return brain.forward(state);", "brain"),
    ("var a = brain.forward(state); brain.backward(lastReward); return a;", "before"),
    (
        "brain.backward(lastReward); brain.backward(lastReward); return brain.forward(state);",
        "once",
    ),
    ("if (lastReward > 0) { brain.backward(lastReward); } return brain.forward(state);", "sample"),
    (f"{ASK} brain.epsilon = 0.5; return action;", "brain"),
    (f"{ASK} brain.value_net.layers[1].filters[0].w[0] = 9; return action;", "brain"),
    (f"{ASK} var b = brain; b.learning = false; return action;", "the brain"),
    (f"{ASK} var n = brain.value_net; n.layers = []; return action;", "the brain"),
    (f"{ASK} tune(brain); return action;", "tune"),
    (f"{ASK} lanesSide = 5; return action;", "lanesSide"),
    (f"{ASK} learn = function () {{ return 1; }}; return action;", "learn"),
    (f"{ASK} reset(); return action;", "reset"),
    (f"{ASK} eval('action = 1'); return action;", "eval"),
    (f"{ASK} window.brain.epsilon = 1; return action;", "change"),
    (f"{ASK} var w = window; return action;", "window"),
    (f"{ASK} arguments[0] = 3; return action;", "change"),
    (f"{ASK} for (var i = 0; i < 9; i++) {{ console.log(i); }} return action;", "loop"),
    (f"{ASK} while (true) {{}} return action;", "loop"),
    (f"{ASK} throw 'away'; return action;", "one way"),
    (f"{ASK} (function () {{ action = 2; }})(); return action;", "the action"),
    (f"{ASK} var f = function () {{ action = 2; }}; f(); return action;", "the action"),
    (f"{ASK} f = new Function('action = 1'); return action;", "Function"),
    (f"{ASK} Math.floor = Math.ceil; return action;", "Math"),
    (f"{ASK} helper(); return action;", "the action"),
    (f"helper(); {ASK} return action;", "the action"),
    (f"tools.f = () => {{ action = 2; }}; {ASK} tools.f(); return action;", "the action"),
    (
        f"function f() {{ b = 2; }} {ASK} var b = action; f(); return b;",
        "the action",
    ),
    (f"{ASK} new helper(); return action;", "the action"),
    (f"{ASK} tools.helper(); return action;", "the action"),
    (f"{ASK} tools['helper'](); return action;", "by its name"),
    (f"{ASK} log.map(helper); return action;", "the action"),
    (f"{ASK} log.push({{ helper }}); return action;", "the action"),
    (f"{ASK} var h = helper; h(); return action;", "the action"),
    (f"{ASK} document.onclick = helper; return action;", "the action"),
    (f"{ASK} inner(); function inner() {{ action = 2; }} return action;", "the action"),
    (f"{ASK} var f = (a = action = 2) => a; return action;", "the action"),
    (f"{ASK} [action] = [2]; return action;", "[action]"),
    (f"{ASK} ({{ action }} = {{ action: 2 }}); return action;", "action }"),
    (f"var o = {{ f() {{ action = 2; }} }}; {ASK} o.f(); return action;", "the action"),
    (f"{ASK} setTimeout('action = 2', 0); return action;", "later"),
    (f"{ASK} setTimeout(function () {{ action = 2; }}, 0); return action;", "the action"),
    (f"{ASK} setInterval(helper, 1); return action;", "the action"),
    (f"{ASK} postMessage({{ mph: 99 }}); return action;", "postMessage"),
    (f"{ASK} if (vehicles[0].move(3) > 2) {{ count++; }} return action;", "vehicles"),
    (rf"{ASK} br\u0061in.epsilon = 1; return action;", "letters"),
    ("brain.backward(lastReward);\nreturn\nbrain.forward(state);", "as it is"),
    (f"{ASK} delete vehicles[0]; return action;", "vehicles"),
    (f"{ASK} vehicles[0].speed++; return action;", "vehicles"),
    (f"{ASK} vehicles[0].speed = 2; return action;", "vehicles"),
    (f"{ASK} var cars = vehicles; cars[0].speed = 2; return action;", "vehicles"),
    (f"{ASK} vehicles[0].move(3); return action;", "vehicles"),
    (f"{ASK} Array.prototype.push = log.push; return action;", "Array"),
    (f"{ASK} log.constructor.isArray = 1; return action;", "constructor"),
    (f"{ASK} log['__proto__'].push = 1; return action;", "__proto__"),
    (f"{ASK} var P = deepqlearn.Brain; log.push(P); return action;", "deepqlearn"),
    (f"{ASK} Object.assign(Math, {{ tanh: 1 }}); return action;", "Math"),
    (f"{ASK} var m = Math; m.exp = 1; return action;", "Math"),
    (f"{ASK} import('a.js'); return action;", "by its name"),
    (f"{ASK} twin.epsilon = 0.5; return action;", "the brain"),
]


@pytest.mark.parametrize(("body", "word"), REFUSED)
def test_what_could_change_the_driver_is_refused_with_its_place(body, word):
    before = "function helper() { action = 2; }\nvar log = [], tools = { helper };"
    with pytest.raises(ConfigError) as caught:
        read(learning(body, f"{before}\nvar twin = brain;"))
    (problem,) = caught.value.problems
    assert word in problem.message
    assert problem.line
    assert problem.column


@pytest.mark.parametrize(
    "aside",
    [
        "".join(f"function f{i}() {{ f{i + 1}(); }}\n" for i in range(1500))
        + "function f1500() {} f0();",
        "(" * 5000 + "1" + ")" * 5000 + ";",
        "{" * 5000 + "}" * 5000,
        "var a = []; a" + "[0]" * 15_000 + " = 1;",
        "a" + ".b" * 15_000 + "();",
    ],
)
def test_no_aside_is_too_deep_to_be_refused(aside):
    with pytest.raises(ConfigError) as caught:
        read(learning(f"{ASK}\n{aside}\nreturn action;"))
    assert "deep" in caught.value.problems[0].message


@pytest.mark.parametrize(
    ("learn", "word"),
    [
        ("", "no learn"),
        ("learn = 3;", "no learn"),
        ("learn = function () { return brain.forward(state); };", "state"),
        ("learn = function ({ state }, r) { return brain.forward(state); };", "state"),
        ("learn = function (...all) { return brain.forward(all[0]); };", "state"),
        ("learn = async (state) => brain.forward(state);", "async"),
        ("learn = async function (state) { return brain.forward(state); };", "async"),
        ("function learn(state) { return 1; }", "action"),
        (
            "learn = function (s) { return 1; };\nfunction learn(s) { return brain.forward(s); }",
            "action",
        ),
    ],
)
def test_a_learn_that_is_missing_or_takes_something_else_is_named(learn, word):
    with pytest.raises(ConfigError, match=word):
        read(submission(learn=learn))


def test_a_learn_that_does_not_learn_is_noted_when_it_is_to_be_trained():
    notes = read(submission(learn="learn = (state) => brain.forward(state);")).notes
    assert any("brain.backward" in note.message for note in notes)
