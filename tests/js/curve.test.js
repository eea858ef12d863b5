import assert from "node:assert/strict";
import test from "node:test";

import { around, grow, heights, pointsOf } from "../../leaderboard/static/leaderboard/curve.js";

// the same cases as tests/leaderboard/pages/test_charts.py
for (const [values, low, high] of [
  [[51.8, 72.4], 50, 75],
  [[66.1, 66.2], 66.1, 66.2],
  [[0, 0], 0, 0.2],
  [[], 0, 1],
]) {
  test(`an axis around ${JSON.stringify(values)} has round ends`, () => {
    const axis = around(values);
    assert.ok(Math.abs(axis.low - low) < 1e-9, String(axis.low));
    assert.ok(Math.abs(axis.high - high) < 1e-9, String(axis.high));
  });
}

test("heights are counted from the top, with labels that are short", () => {
  const ticks = heights({ low: 50, high: 75, step: 5 });
  assert.deepEqual(ticks.map(({ label }) => label), ["50", "55", "60", "65", "70", "75"]);
  assert.equal(ticks[0].at, "100.00%");
  assert.equal(ticks.at(-1).at, "0.00%");
  assert.deepEqual(heights({ low: 66.1, high: 66.4, step: 0.1 }).map(({ label }) => label), ["66.1", "66.2", "66.3", "66.4"]);
});

test("a line is drawn over all iterations there will be", () => {
  const axis = { low: 50, high: 75, step: 5 };
  assert.equal(pointsOf([[0, 50], [500, 62.5], [1000, 75]], 1000, axis), "0.0,1000.0 500.0,500.0 1000.0,0.0");
});

test("a curve goes on where it was, or begins anew", () => {
  const lines = grow({}, { 1: { from: 0, points: [[1, 50], [2, 51]] } });
  grow(lines, { 1: { from: 2, points: [[3, 52]] }, 2: { from: 0, points: [[1, 40]] } });
  assert.deepEqual(lines, { 1: [[1, 50], [2, 51], [3, 52]], 2: [[1, 40]] });
  grow(lines, { 1: { from: 0, points: [[1, 49]] } });
  assert.deepEqual(lines[1], [[1, 49]]);
});
