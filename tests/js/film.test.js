import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import test from "node:test";

import { Drive } from "../../leaderboard/static/leaderboard/replay/drive.js";
import { fetched } from "../../leaderboard/static/leaderboard/replay/fetching.js";
import { rows } from "../../leaderboard/static/leaderboard/replay/numbers.js";
import { cellsChecked, cellsSeen } from "../../leaderboard/static/leaderboard/replay/overlays.js";
import { points } from "../../leaderboard/static/leaderboard/replay/pace.js";
import { read } from "../../leaderboard/static/leaderboard/replay/recording.js";
import { dotsOf, nearest } from "../../leaderboard/static/leaderboard/replay/runs.js";
import { lengths } from "../../leaderboard/static/leaderboard/replay/values.js";

const file = readFileSync(new URL("recordings/open-alone.bin", import.meta.url));
const bytes = () => file.buffer.slice(file.byteOffset, file.byteOffset + file.byteLength);
const drive = new Drive(await read(bytes()));

for (const [what, damage] of [
  ["not there", () => new ArrayBuffer(0)],
  ["something else", () => new TextEncoder().encode(`{"why": "${"no ".repeat(40)}"}`).buffer],
  ["of a newer version", () => { const it = bytes(); new Uint8Array(it)[4] = 9; return it; }],
  ["cut off", () => bytes().slice(0, 700)],
]) {
  test(`bytes that are ${what} are refused`, async () => {
    await assert.rejects(async () => read(damage()));
  });
}

test("what the network sees is what is on the map around the ego", () => {
  const { view } = drive.recording;
  assert.deepEqual(view, { sides: 2, ahead: 20, behind: 5 });
  for (const frame of [1, 331, 1000, 2000]) {
    const traffic = drive.at(frame);
    const cells = cellsSeen(traffic, view);
    assert.equal(cells.length, 5 * 25);
    const front = Math.floor(traffic.y[0] / 10);
    assert.deepEqual([cells[0].row, cells[0].column], [front - 20, traffic.sees - 2]);
    for (const { row, column, value } of cells) {
      const off = column < 0 || column > 6 || row < 0 || row > 69;
      assert.ok(off ? value === 0 : value === 1 || value <= 0.04, `${row}, ${column}: ${value}`);
    }
    const own = cells.filter((cell) => cell.row === front + 1 && cell.value === traffic.speed(0) / 100);
    assert.ok(own.length >= 1, "it sees itself");
  }
});

test("the safety rule's cells say what the follow limit and the turns come to", () => {
  for (let frame = 1; frame <= 2000; frame += 7) {
    const traffic = drive.at(frame);
    const { ahead, beside } = cellsChecked(traffic);
    if (traffic.follow[0] === 2) assert.ok(ahead.every((cell) => cell.free));
    if (ahead.every((cell) => cell.free)) assert.equal(traffic.follow[0], 2);
    const column = ahead[0].column;
    for (const side of [-1, 1]) {
      const cells = beside.filter((cell) => cell.column === column + side);
      if (traffic.mayTurn(0, side)) assert.ok(cells.length && cells.every((cell) => cell.free));
    }
  }
});

test("each decision is told with what was expected; of one that was not asked nothing is", () => {
  assert.equal(drive.actions.length, 67);
  assert.equal(drive.decisionAt(0), -1);
  assert.deepEqual([1, 30, 31, 2000].map((frame) => drive.decisionAt(frame)), [0, 0, 1, 66]);
  assert.equal(drive.decision(0).values.length, 5);
  assert.equal(drive.decision(3).values, null);
});

test("a turn that came to nothing is told as held", () => {
  for (let number = 0; number < 67; number++) {
    const { action, held } = drive.decision(number);
    const before = drive.at(30 * number).lane[0];
    const after = drive.at(30 * number + 1).lane[0];
    assert.equal(held, action >= 3 && before === after, `decision ${number}`);
  }
});

test("cars passed are those behind now that were ahead, whoever entered meanwhile", () => {
  assert.equal(drive.passed[0], 0);
  for (let frame = 1; frame <= 2000; frame++) assert.ok(Math.abs(drive.passed[frame] - drive.passed[frame - 1]) <= 3);
  assert.ok(drive.passed[2000] > 0);
});

test("the table has a row for each decision, and ends at the average", () => {
  const told = rows(drive);
  assert.equal(told.length, 67);
  assert.equal(told.at(-1).average, drive.average(2000));
  const mean = told.reduce((sum, row, at) => sum + row.speed * (at === 66 ? 20 : 30), 0) / 2000;
  assert.ok(Math.abs(mean - drive.average(2000)) < 0.02, String(mean));
});

test("the line of the speeds spans the run", () => {
  const found = points(drive).split(" ").map((point) => point.split(",").map(Number));
  assert.equal(found.length, 66);
  assert.ok(found.every(([across, down]) => across > 0 && across < 1000 && down >= 0 && down <= 100));
});

test("bars reach from the least to the most", () => {
  const [least, middle, most] = lengths([-1, 0, 1]);
  assert.ok(least > 0 && most === 1 && Math.abs(middle - (least + most) / 2) < 1e-9);
  assert.ok(lengths([2, 2]).every(Number.isFinite));
});

test("a click finds the nearest dot, and none far from all", () => {
  const dots = dotsOf("M100 22h0M104 18h0M900 22h0");
  assert.deepEqual(dots, [[100, 22], [104, 18], [900, 22]]);
  assert.equal(nearest(dots, [52, 18], [0.5, 1]), 1);
  assert.equal(nearest(dots, [450, 30], [0.5, 1]), 2);
  assert.equal(nearest(dots, [250, 22], [0.5, 1]), -1);
});

const answers = (...list) => async () => list.length > 1 ? list.shift() : list[0];

test("a recording that is still made is asked for until it is there", async () => {
  let waited = 0;
  const ask = answers(new Response(null, { status: 202 }), new Response(null, { status: 202 }), new Response(bytes()));
  const found = await fetched("", { ask, again: 1, waiting: () => waited++ });
  assert.deepEqual([found.frames, waited], [2000, 1]);
});

test("why there is none is told in the site's words", async () => {
  const sorry = new Response(JSON.stringify({ why: "Nobody can drive it." }), { status: 404 });
  await assert.rejects(fetched("", { ask: answers(sorry) }), /Nobody can drive it/);
  await assert.rejects(fetched("", { ask: answers(new Response("<h1>", { status: 502 })) }), /502/);
  await assert.rejects(fetched("", { ask: async () => new Response(null, { status: 202 }), again: 1, patience: 5 }), /No worker/);
});
