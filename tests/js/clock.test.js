import assert from "node:assert/strict";
import test from "node:test";

import { Clock } from "../../leaderboard/static/leaderboard/replay/clock.js";
import { pressed } from "../../leaderboard/static/leaderboard/replay/controls.js";

const at = (frame, more = {}) => Object.assign(new Clock(2000), { position: frame }, more);

test("it goes 60 frames a second, times its rate, and never leaps", () => {
  const clock = at(0);
  clock.advance(50);
  assert.equal(clock.position, 0, "it stands");
  clock.play();
  clock.advance(50);
  assert.equal(clock.position, 3);
  clock.rate = 8;
  clock.advance(50);
  assert.equal(clock.position, 27);
  clock.advance(-5);
  assert.equal(clock.position, 27, "a picture that was asked for before is no way back");
  clock.advance(60_000);
  assert.equal(clock.position, 27 + 48, "a page that was hidden goes on where it was");
});

test("slower than the simulator it is between two frames, and stops on a whole one", () => {
  const clock = at(10, { rate: 0.25 });
  clock.play();
  clock.advance(20);
  assert.equal(clock.frame, 11);
  assert.ok(Math.abs(clock.share - 0.3) < 1e-9);
  clock.pause();
  assert.deepEqual([clock.position, clock.share], [11, 1]);
});

test("it stops at the end and begins anew", () => {
  const clock = at(1999);
  clock.play();
  clock.advance(90);
  assert.deepEqual([clock.position, clock.playing], [2000, false]);
  clock.play();
  assert.deepEqual([clock.position, clock.playing], [0, true]);
});

for (const [from, direction, to] of [
  [0, 1, 1], [1, 1, 31], [15, 1, 31], [31, -1, 1], [15, -1, 1], [1, -1, 0], [0, -1, 0], [1981, 1, 2000],
]) {
  test(`from frame ${from} the ${direction > 0 ? "next" : "last"} decision is seen at ${to}`, () => {
    const clock = at(from);
    clock.decide(direction);
    assert.equal(clock.position, to);
  });
}

for (const [rubbish, frame] of [[NaN, 0], [-5, 0], [1e9, 2000], [12.4, 12]]) {
  test(`${rubbish} is found at frame ${frame}`, () => {
    const clock = at(7);
    clock.seek(rubbish);
    assert.equal(clock.position, frame);
  });
}

test("keys turn the clock; the browser's own stay its own", () => {
  const clock = at(100);
  const press = (key, more) => pressed(clock, { key, ...more });
  assert.ok(press(" ") && clock.playing);
  assert.ok(press(" ") && !clock.playing);
  assert.ok(press(".") && clock.position === 101);
  assert.ok(press(",") && press(",") && clock.position === 99);
  assert.ok(press("ArrowRight") && clock.position === 121);
  assert.ok(press("ArrowLeft") && clock.position === 91);
  assert.ok(press("ArrowUp") && clock.rate === 2);
  for (let at = 0; at < 9; at++) press("ArrowDown");
  assert.equal(clock.rate, 0.25);
  assert.ok(!press("a") && !press(" ", { ctrlKey: true }) && !press("ArrowLeft", { altKey: true }));
  assert.ok(!clock.playing);
});
