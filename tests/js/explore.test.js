import assert from "node:assert/strict";
import test from "node:test";

import { gridOf, nearest, placed } from "../../leaderboard/static/leaderboard/explore/grid.js";
import { aligned, apart, colourOf, shareOf, shown } from "../../leaderboard/static/leaderboard/explore/scales.js";

// the same cases as tests/leaderboard/pages/test_plane.py
for (const [kind, low, high, slot, spread, value, number, share] of [
  ["even", 0, 10, 0, 0, 2.5, 7, 0.25],
  ["even", -0.5, 3.5, 0, 0.125, 1, 1, 0.389754],
  ["log", 0, 4, 0.08, 0, 100, 3, 0.54],
  ["log", 0, 4, 0.08, 0, 0, 3, 0.04],
]) {
  test(`${value} stands at ${share} of a scale that is ${kind}`, () => {
    assert.ok(Math.abs(shareOf({ kind, low, high, slot, spread }, value, number) - share) < 1e-6);
  });
}

test("how far a point is moved is always the same, and within half either way", () => {
  const moved = Array.from({ length: 5000 }, (_, number) => apart(number));
  assert.deepEqual(moved, Array.from({ length: 5000 }, (_, number) => apart(number)));
  assert.ok(Math.min(...moved) >= -0.5 && Math.max(...moved) < 0.5);
  assert.ok(Math.abs(moved.reduce((sum, it) => sum + it, 0) / 5000) < 0.01);
});

test("a step of colours begins at its cut; a word has its own; what is hidden none", () => {
  const steps = { kind: "step", cuts: [10, 20] };
  assert.deepEqual([9.9, 10, 19, 20, 99].map((it) => colourOf(steps, it)), [0, 1, 1, 2, 2]);
  assert.equal(colourOf({ kind: "word", cuts: [] }, 2), 2);
  assert.equal(colourOf(steps, null), -1);
});

test("values are put to the submissions that the page knows, whatever came or went since", () => {
  const column = { submissions: [3, 1, 4, 2], values: ["a", "b", null, "d"] }; // of 3, 4, 8, 10
  assert.deepEqual(aligned(column, [3, 4, 8, 10]), ["a", "b", null, "d"]);
  assert.deepEqual(aligned(column, [2, 4, 5, 10, 11]), [null, "b", null, "d", null]);
  assert.deepEqual(aligned(column, []), []);
  assert.deepEqual(aligned({ submissions: [], values: [] }, [1]), [null]);
});

test("values are said as people read them", () => {
  assert.equal(shown({ words: ["sgd", "adam"], moment: false }, 1), "adam");
  assert.equal(shown({ words: [], moment: false }, 123456), "123,456");
  assert.equal(shown({ words: [], moment: false }, 0.001), "0.001");
  assert.equal(shown({ words: [], moment: false }, null), "hidden");
  assert.match(shown({ words: [], moment: true }, 1.8e9), /2027/);
});

test("the nearest point is found, as by looking at all of them", () => {
  let seed = 1;
  const random = () => (seed = (seed * 16807) % 2147483647) / 2147483647;
  const xs = Float64Array.from({ length: 500 }, () => 400 * random());
  const ys = Float64Array.from({ length: 500 }, () => 300 * random());
  xs[7] = NaN; // one that is not shown
  const grid = gridOf(xs, ys, 14);
  for (let turn = 0; turn < 300; turn++) {
    const [x, y] = [420 * random() - 10, 320 * random() - 10];
    let [expected, least] = [-1, 14 * 14];
    for (let at = 0; at < 500; at++) {
      const distance = (xs[at] - x) ** 2 + (ys[at] - y) ** 2;
      if (distance <= least) [expected, least] = [at, distance];
    }
    assert.equal(nearest(grid, x, y), expected);
  }
});

test("of points at one place the last is found, and beyond its reach none", () => {
  const grid = gridOf(Float64Array.of(5, 5), Float64Array.of(5, 5), 10);
  assert.equal(nearest(grid, 6, 5), 1);
  assert.equal(nearest(grid, 16, 5), -1);
});

test("what is told of a point never lies over it nor beyond the panel", () => {
  for (const room of [360, 1100]) {
    for (let x = 30; x < room - 20; x += 7) {
      for (const y of [10, 100, 350]) {
        const [left, top] = placed(x, y, 250, 80, room);
        assert.ok(left >= 0 && left + 250 <= room, `${x} in ${room}`);
        assert.ok(top >= 0);
        assert.ok(x < left || x > left + 250 || y < top || y > top + 80, `over ${x} ${y}`);
      }
    }
  }
});
