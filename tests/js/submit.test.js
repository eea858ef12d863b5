import assert from "node:assert/strict";
import test from "node:test";

import { added, different, meaning, pairsOf } from "../../leaderboard/static/leaderboard/submit/draft.js";
import { indentation, marks, numbers } from "../../leaderboard/static/leaderboard/submit/editor.js";
import { sorted, summary } from "../../leaderboard/static/leaderboard/submit/faults.js";
import { stepped } from "../../leaderboard/static/leaderboard/submit/stepping.js";

test("every line has its number, also the empty last one", () => {
  assert.equal(numbers("a\nb\n"), "1\n2\n3");
  assert.equal(numbers(""), "1");
});

test("all that is wrong in a line stands behind it once, in the order of the lines", () => {
  const wrong = (line, field, message) => ({ line, field, message });
  const found = marks("{\n  a\n}", [wrong(2, "gamma", "too much"), wrong(1, "", "no"), wrong(2, "", "odd"), wrong(null, "", "x")]);
  assert.deepEqual(found, [
    { number: 1, text: "{", words: "no" },
    { number: 2, text: "  a", words: "gamma: too much; odd" },
  ]);
  assert.equal(marks("one line", [wrong(7, "", "after the end")])[0].number, 1);
});

test("a new line is indented as the one before, and more after what opens", () => {
  assert.equal(indentation("{"), "  ");
  assert.equal(indentation("{\n  a: 1"), "  ");
  assert.equal(indentation("trainer:\n  layers: ["), "    ");
  assert.equal(indentation(""), "");
});

test("a fault goes to its field, or into the list", () => {
  const problems = [{ field: "gamma", message: "a" }, { field: "", message: "b" }, { field: "gamma", message: "c" }];
  const { at, listed } = sorted(problems, new Map([["gamma", {}]]));
  assert.deepEqual([...at], [["gamma", ["a", "c"]]]);
  assert.deepEqual(listed, [problems[1]]);
});

test("what is to be mended is summed up, faults before costs", () => {
  assert.equal(summary(1, "too dear"), "1 field to mend");
  assert.equal(summary(2, ""), "2 fields to mend");
  assert.match(summary(0, "too dear"), /costs more/);
  assert.equal(summary(0, ""), "");
});

test("arrows change the last digit and stay within the bounds", () => {
  const bounds = { least: 0, most: 1 };
  assert.equal(stepped("0.05", 1, bounds), "0.06");
  assert.equal(stepped("0.99", 10, bounds), "1");
  assert.equal(stepped("0", -1, bounds), "0");
  assert.equal(stepped("1e-4", 1, { least: 1e-8, most: 10 }), "0.0002");
  assert.equal(stepped("x", 1, bounds), "x");
  assert.equal(stepped("", 1, bounds), "");
  assert.equal(stepped("30000", 10, { least: 1, most: 5_000_000 }), "30010");
});

test("a draft keeps what was typed, neither tokens nor files", () => {
  const entries = [["csrfmiddlewaretoken", "t"], ["way", "text"], ["source", "a"], ["file", { size: 3 }], ["action", "check"]];
  assert.deepEqual(pairsOf(entries), [["way", "text"], ["source", "a"]]);
});

test("only what says something else than the form is offered", () => {
  const text = (source, page) => ({ page, pairs: [["way", "text"], ["source", source]] });
  assert.deepEqual(different([text("a", 1), text("b", 2)], [["way", "text"], ["source", "a"]]), [text("b", 2)]);
  const form = (source, gamma) => [["way", "form"], ["source", source], ["gamma", gamma]];
  assert.equal(meaning(form("a", "1")), meaning(form("b", "1")));
  assert.notEqual(meaning(form("a", "1")), meaning(form("a", "2")));
});

test("of one page the newest draft is kept, of others the last few", () => {
  const drafts = [1, 2, 3].map((page) => ({ page, at: "before" }));
  assert.deepEqual(added(drafts, { page: 2, at: "now" }).map(({ page, at }) => [page, at]), [[2, "now"], [1, "before"], [3, "before"]]);
  assert.equal(added(drafts, { page: 4 }).length, 3);
});
