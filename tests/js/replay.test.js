import assert from "node:assert/strict";
import { createHash } from "node:crypto";
import { readFileSync } from "node:fs";
import test from "node:test";

import { Drive } from "../../leaderboard/static/leaderboard/replay/drive.js";
import { read } from "../../leaderboard/static/leaderboard/replay/recording.js";
import { CARS } from "../../leaderboard/static/leaderboard/replay/rules.js";
import { Traffic } from "../../leaderboard/static/leaderboard/replay/traffic.js";

// made by scripts/recordings.py: the frames are the simulator's
const folder = new URL("recordings/", import.meta.url);
const { piece, runs } = JSON.parse(readFileSync(new URL("expected.json", folder)));

function bytesOf(name) {
  const bytes = readFileSync(new URL(`${name}.bin`, folder));
  return bytes.buffer.slice(bytes.byteOffset, bytes.byteOffset + bytes.byteLength);
}

// minus zero is a zero
const numbers = (traffic) =>
  [traffic.x, traffic.y, traffic.throttle, traffic.follow].flatMap((part) => Array.from(part, (it) => it + 0));

const told = (parts) => parts.flat().map((it) => it + 0);

for (const [name, expected] of Object.entries(runs)) {
  test(`${name}: every car, in every bit of every frame, is where the simulator has it`, async () => {
    const recording = await read(bytesOf(name));
    const traffic = new Traffic(recording);
    const hashes = [];
    let frames = [];
    for (let frame = 0; frame <= recording.frames; frame++) {
      if (frame) traffic.step();
      if (String(frame) in expected.frames) assert.deepEqual(numbers(traffic), told(expected.frames[frame]), `frame ${frame}`);
      frames.push(...numbers(traffic), traffic.total);
      if (frames.length === piece * (4 * CARS + 1) || frame === recording.frames) {
        hashes.push(createHash("sha256").update(Float64Array.from(frames)).digest("hex").slice(0, 16));
        frames = [];
      }
    }
    assert.deepEqual(hashes, expected.hashes);
  });

  test(`${name}: any frame is reached from any other, and the average is the run's`, async () => {
    const drive = new Drive(await read(bytesOf(name)));
    assert.equal(drive.average(drive.frames), expected.average);
    for (const [frame, parts] of Object.entries(expected.frames).reverse()) {
      assert.deepEqual(numbers(drive.at(Number(frame))), told(parts), `frame ${frame}`);
    }
    for (const [frame, parts] of Object.entries(expected.frames)) {
      assert.deepEqual(numbers(drive.at(Number(frame))), told(parts), `frame ${frame}`);
    }
  });

  test(`${name}: the still picture is the middle of the run`, async () => {
    const { still, ...recording } = await read(bytesOf(name));
    const traffic = new Drive(recording).at(still.frame);
    assert.equal(still.frame, Math.floor(recording.frames / 2));
    assert.deepEqual(still.x, Float32Array.from(traffic.x));
    assert.deepEqual(still.y, Float32Array.from(traffic.y));
  });
}
