import assert from "node:assert/strict";
import test from "node:test";

import { duration, leftAt } from "../../leaderboard/static/leaderboard/live.js";

test("durations are said as the server says them", () => {
  assert.equal(duration(0.2), "1 s");
  assert.equal(duration(99.4), "99 s");
  assert.equal(duration(100), "2 min");
  assert.equal(duration(7300), "2 h 2 min");
});

test("what is left counts down from what was heard, and never below a second", () => {
  assert.equal(leftAt(10, 1000, 4000), 7);
  assert.equal(leftAt(2, 1000, 9000), 1);
  assert.equal(leftAt(null, 1000, 9000), null);
});
