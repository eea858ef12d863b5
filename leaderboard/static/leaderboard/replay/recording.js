// The bytes of a recorded run, read; docs/recordings.md describes them.

import { CARS } from "./rules.js";

const HEADER = 32; // [bytes]
const VERSION = 1;
const WITH_VIEW = 1;
const WITH_VALUES = 2;

const text = (bytes) => new TextDecoder().decode(bytes).replace(/\0+$/, "");

async function inflated(bytes) {
  const stream = new Blob([bytes]).stream().pipeThrough(new DecompressionStream("deflate"));
  return new Response(stream).arrayBuffer();
}

// What is read from one place on, little-endian, without padding.
function reader(buffer) {
  const view = new DataView(buffer);
  let place = 0;
  const many = (Kind, count, size, get) => {
    const found = Kind.from({ length: count }, (_, at) => get(place + at * size));
    place += count * size;
    return found;
  };
  const it = {
    bytes: (count) => many(Uint8Array, count, 1, (at) => view.getUint8(at)),
    singles: (count) => many(Float32Array, count, 4, (at) => view.getFloat32(at, true)),
    doubles: (count) => many(Float64Array, count, 8, (at) => view.getFloat64(at, true)),
    words: (count) => many(Uint32Array, count, 4, (at) => view.getUint32(at, true)),
    count: () => it.words(1)[0],
    // frames are written as steps from one event to the next
    frames: (count) => {
      let frame = 0;
      return it.words(count).map((step) => (frame += step));
    },
    end: () => {
      if (place !== buffer.byteLength) throw new RangeError("the recording holds more than it says.");
    },
  };
  return it;
}

// Throws a RangeError or a TypeError where the bytes are no recording, or damaged.
export async function read(buffer) {
  const head = new DataView(buffer);
  if (text(new Uint8Array(buffer, 0, 4)) !== "OVRD") throw new RangeError("these bytes are no recording.");
  const version = head.getUint8(4);
  if (version !== VERSION) throw new RangeError(`the recording is of version ${version}; this page reads ${VERSION}.`);
  const parts = head.getUint8(31);
  const [sides, ahead, behind] = new Uint8Array(buffer, 26, 3);
  const body = reader(await inflated(new Uint8Array(buffer, HEADER)));
  const recording = {
    rules: text(new Uint8Array(buffer, 5, 16)),
    frames: head.getUint32(21, true),
    others: head.getUint8(25),
    view: parts & WITH_VIEW ? { sides, ahead, behind } : null,
    start: { lane: body.bytes(CARS), y: body.doubles(CARS), throttle: body.doubles(CARS) },
    still: { frame: body.count(), x: body.singles(CARS), y: body.singles(CARS) },
  };
  let count = body.count();
  recording.changes = { frame: body.frames(count), car: body.bytes(count), lane: body.bytes(count) };
  count = body.count();
  recording.entries = {
    frame: body.frames(count),
    car: body.bytes(count),
    lane: body.bytes(count),
    throttle: body.doubles(count),
  };
  recording.decisions = body.bytes(body.count());
  recording.values = parts & WITH_VALUES ? values(body) : null;
  body.end();
  return recording;
}

// Action by action in the bytes, decision by decision here; NaN: the network was not asked.
function values(body) {
  const count = body.count();
  const columns = Array.from({ length: 5 }, () => body.singles(count));
  return Array.from({ length: count }, (_, at) => columns.map((column) => column[at]));
}
