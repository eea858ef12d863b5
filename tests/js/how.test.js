import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import test from "node:test";

import { generator, interval, medianOf, quantile, resample } from "../../leaderboard/static/leaderboard/how/bootstrap.js";
import { cells, drawn } from "../../leaderboard/static/leaderboard/how/grid.js";
import { bar, corners, curve, epsilonAt, epsilonSays, gammaSays, reward, shares, stepSays, target } from "../../leaderboard/static/leaderboard/how/learning.js";
import { ranksOf } from "../../leaderboard/static/leaderboard/how/ranking.js";
import { bars, binOf, places } from "../../leaderboard/static/leaderboard/how/resampling.js";

const file = (name) => JSON.parse(readFileSync(new URL(`../../leaderboard/static/leaderboard/how/${name}.json`, import.meta.url)));
const near = (one, other, within) => assert.ok(Math.abs(one - other) <= within, `${one} is not within ${within} of ${other}`);
const usual = { training_iterations: 30_000, learning_steps_burnin: 1000, learning_steps_total: 10_000, epsilon_min: 0 };

// the grader's own resamples are others: two times 10,000 differ at their ends by some hundredths
for (const [key, { runs, interval: graded, alone }] of Object.entries(file("runs").keys)) {
  test(`10,000 resamples of key ${key} give the grader's interval`, () => {
    const next = generator(7);
    const medians = Array.from({ length: 10_000 }, () => resample(runs, next).median / 100);
    interval(medians).forEach((end, at) => near(end, graded[at], 0.15));
  });

  test(`runs of key ${key} drawn alone give the interval that leaves training out`, () => {
    const next = generator(8);
    const medians = Array.from({ length: 4000 }, () => resample(runs, next, { alone: true }).median / 100);
    interval(medians).forEach((end, at) => near(end, alone[at], 0.15));
  });
}

test("a resample draws trainings first, then each one's own runs", () => {
  const next = generator(1);
  const runs = [[10, 11, 12, 13], [20, 21, 22, 23], [30, 31, 32, 33]];
  const seen = new Set();
  for (let time = 0; time < 50; time += 1) {
    const { drawn: codes } = resample(runs, next);
    const trainings = [...codes].map((code) => Math.floor(code / 4));
    for (const place of [0, 4, 8]) assert.equal(new Set(trainings.slice(place, place + 4)).size, 1);
    seen.add(trainings.filter((_, at) => at % 4 === 0).join(""));
  }
  assert.ok(seen.size > 15, "of 27 possible draws");
});

test("an equal seed draws the same, another does not", () => {
  const three = (seed) => { const next = generator(seed); return [next(), next(), next()]; };
  assert.deepEqual(three(5), three(5));
  assert.notDeepEqual(three(5), three(6));
  const next = generator(9);
  const drawnOften = Array.from({ length: 20_000 }, next);
  near(drawnOften.reduce((sum, it) => sum + it, 0) / 20_000, 0.5, 0.01);
  assert.ok(drawnOften.every((it) => it >= 0 && it < 1));
});

test("medians and quantiles are numpy's", () => {
  assert.equal(medianOf(Int16Array.of(9, 1, 5)), 5);
  assert.equal(medianOf(Int16Array.of(9, 1, 5, 6)), 5.5);
  assert.equal(quantile([1, 2, 3, 4], 0.5), 2.5);
  assert.equal(quantile([1, 2, 3, 4], 1), 4);
  near(quantile([10, 20, 40], 0.975), 39, 1e-9);
});

test("a median falls into the bin of 0.2 mph that it lies in", () => {
  assert.deepEqual([6599.5, 6600, 6619, 6619.5, 6620].map(binOf), [329, 330, 330, 330, 331]);
  assert.equal(bars(new Map([[325, 24], [326, 12]])), "M625.0 1000v-1000h5.0v1000zM630.0 1000v-500h5.0v500z");
  // one alone does not fill the picture
  assert.match(bars(new Map([[325, 1]])), /v-83h/);
});

test("a run's dot is found by its place among the sorted", () => {
  assert.deepEqual(places("M1 2h0M3 4h0M5 6h0", [50, 40, 60]), ["M3 4h0", "M1 2h0", "M5 6h0"]);
});

test("equal medians share the better rank", () => {
  assert.deepEqual(ranksOf([70, 60, 70, 50]), [1, 3, 1, 4]);
});

test("80 mph bring 3, 40 nothing, and standing costs 3", () => {
  assert.deepEqual([80, 40, 0].map(reward), [3, 0, -3]);
});

test("the target is the reward and gamma times the best afterwards", () => {
  const step = target({ mph: 60, gamma: 0.5, now: 1, after: [-1, 2, 0, 1, -3] });
  assert.deepEqual(step, { reward: 1.5, later: 1, target: 2.5, error: -1.5 });
  assert.match(stepSays(step), /^Q is 1\.50 too low: it is moved up a little\..*1\.13\.$/);
  assert.match(stepSays({ error: 0.001 }), /nothing is moved/);
  // all five below 0: the best of them still counts
  assert.equal(target({ mph: 40, gamma: 1, now: 0, after: [-4, -2, -3, -5, -6] }).target, -2);
});

test("bars begin at 0 and end within the picture", () => {
  assert.deepEqual(bar(3), { x: "50.00%", width: "25.00%" });
  assert.deepEqual(bar(-3), { x: "25.00%", width: "25.00%" });
  assert.deepEqual(bar(60), { x: "50.00%", width: "50.00%" });
});

test("later rewards count less, and at gamma 1 as much", () => {
  assert.deepEqual(shares(0.5).slice(0, 3), [1, 0.5, 0.25]);
  assert.match(gammaSays(0.95), /77\.4 %.* 20\.0 of the next one/);
  assert.match(gammaSays(1), /without end/);
  assert.deepEqual(shares(0).slice(0, 2), [1, 0]);
});

test("epsilon is 1 through the burn-in, falls in a line, and stays", () => {
  assert.deepEqual([1, 1000, 5500, 10_000, 30_000].map((age) => epsilonAt(usual, age)), [1, 1, 0.5, 0, 0]);
  assert.deepEqual(corners(usual), [[1, 1], [1000, 1], [10_000, 0], [30_000, 0]]);
  assert.equal(curve({ ...usual, epsilon_min: 0.5 }).split(" ")[2], "183.3,500.0");
  assert.equal(epsilonSays(usual), "About 5,500 of 30,000 decisions are random, 18 %.");
});

test("what the grader refuses or never gets to its end is said", () => {
  assert.match(epsilonSays({ ...usual, learning_steps_burnin: 10_000 }), /refuses.*less than learning_steps_total, 10000/);
  assert.match(epsilonSays({ ...usual, training_iterations: 5500 }), /before epsilon is at its least: at 0\.50/);
});

test("a view cuts its cells out of the road, 0 beyond it", () => {
  const { moments } = file("road");
  const view = { lanes_side: 6, patches_ahead: 70, patches_behind: 70, temporal_window: 0 };
  const seen = cells(view, moments[0]);
  assert.deepEqual([seen.length, seen[0].length], [140, 13]);
  // its own four rows, in its own lane
  assert.deepEqual([69, 70, 73, 74].map((row) => seen[row][6]), [10_000, 200, 200, 10_000]);
  // your own car's road ends 52 rows ahead and 18 behind
  assert.deepEqual([17, 18, 87, 88].map((row) => Number(seen[row][6] > 0)), [0, 1, 1, 0]);
  const lanes = seen[50].filter((value) => value > 0).length;
  assert.equal(lanes, 7);
});

test("the window adds an observation and five numbers for each decision", () => {
  const { moments } = file("road");
  const picture = drawn({ lanes_side: 1, patches_ahead: 10, patches_behind: 0, temporal_window: 2 }, moments);
  assert.equal(picture.inputs, 30 + 2 * 35);
  assert.equal(picture.numbers.split("\n").length, 3 * 3 + 2);
  assert.equal(picture.numbers.split("\n")[3], "<i>1 decision earlier, when it accelerated: 0 30 0 0 0</i>");
});
