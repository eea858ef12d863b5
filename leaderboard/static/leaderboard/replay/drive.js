// A whole run: driven once from start to end, and from then on at any frame at once.

import { ACTIONS, CARS, CYCLE, ORIGINAL, average, mph } from "./rules.js";
import { STATE, Traffic } from "./traffic.js";

const JUMP = 100; // [px] cars move by up to 4 a frame, and by some 800 when they enter again

export class Drive {
  constructor(recording) {
    const { frames, decisions } = recording;
    this.recording = recording;
    this.frames = frames;
    this.traffic = new Traffic(recording);
    this.snapshots = new Float64Array(Math.ceil(frames / CYCLE) * STATE); // before each cycle
    this.totals = new Float64Array(frames + 1);
    this.ways = new Float64Array(frames + 1);
    this.speeds = new Float32Array(frames + 1); // [mph] of the ego
    this.egoX = new Float32Array(frames + 1);
    this.egoY = new Float32Array(frames + 1);
    this.passed = new Int16Array(frames + 1); // cars that the ego passed, less those that passed it
    this.turned = new Uint8Array(Math.ceil(frames / CYCLE)); // whether a decision to turn was carried out
    this.x = new Float64Array(CARS); // of the frame before the one that `at` was asked for
    this.y = new Float64Array(CARS);
    this.whole();
    this.actions = this.actionsOfEgo(decisions);
  }

  whole() {
    const { traffic } = this;
    this.note(0);
    const before = new Float64Array(CARS);
    for (let frame = 0; frame < this.frames; frame++) {
      if (frame % CYCLE === 0) this.snapshots.set(traffic.state, (frame / CYCLE) * STATE);
      before.set(traffic.y);
      traffic.step();
      this.note(frame + 1);
      this.passed[frame + 1] = this.passed[frame] + overtaken(before, traffic.y);
      if (frame % CYCLE === 0) this.turned[frame / CYCLE] = traffic.lane[0] !== traffic.sees;
    }
  }

  note(frame) {
    const { traffic } = this;
    this.totals[frame] = traffic.total;
    this.ways[frame] = traffic.way;
    this.speeds[frame] = mph(traffic.speed(0));
    this.egoX[frame] = traffic.x[0];
    this.egoY[frame] = traffic.y[0];
  }

  // The road after so many frames. It is driven there from the cycle before, so that the cells are
  // those that the cars saw.
  at(frame) {
    const { traffic } = this;
    if (traffic.frame === frame && frame > 0) return traffic;
    const cycle = Math.max(0, Math.ceil(frame / CYCLE) - 1);
    if (traffic.frame > frame || traffic.frame < cycle * CYCLE || frame === 0) {
      traffic.restore(this.snapshots.subarray(cycle * STATE, (cycle + 1) * STATE));
      traffic.mark();
    }
    this.remember();
    while (traffic.frame < frame) {
      this.remember();
      traffic.step();
    }
    return traffic;
  }

  remember() {
    this.x.set(this.traffic.x);
    this.y.set(this.traffic.y);
  }

  // Where a car is between the frame before and this one, which `share` says; [x, y].
  between(car, share) {
    const { x, y } = this.traffic;
    if (share >= 1 || Math.abs(y[car] - this.y[car]) > JUMP) return [x[car], y[car]];
    return [this.x[car] + share * (x[car] - this.x[car]), this.y[car] + share * (y[car] - this.y[car])];
  }

  average(frame) {
    return average(this.totals[frame], frame);
  }

  // The decision whose outcome is on the road after so many frames; -1: none has been taken yet.
  decisionAt(frame) {
    return frame > 0 ? Math.floor((frame - 1) / CYCLE) : -1;
  }

  // What is told of a decision, by its number.
  decision(number) {
    const action = this.actions[number];
    // where the ego carries out the decisions of others as well, its lane tells nothing of its own
    const { rules, others } = this.recording;
    const held = action >= 3 && !this.turned[number] && !(rules === ORIGINAL && others);
    const values = this.recording.values?.[number];
    return { action, name: ACTIONS[action], held, values: values && !Number.isNaN(values[0]) ? values : null };
  }

  actionsOfEgo(decisions) {
    const { due } = this.traffic;
    const found = [];
    for (let frame = 0, at = 0; frame < this.frames; frame++) {
      const car = due[frame % CYCLE];
      if (car === 0) found.push(decisions[at]);
      if (car >= 0) at++;
    }
    return found;
  }
}

function overtaken(before, after) {
  let sum = 0;
  for (let car = 1; car < CARS; car++) {
    if (Math.abs(after[car] - before[car]) > JUMP || Math.abs(after[0] - before[0]) > JUMP) continue;
    sum += (after[car] > after[0] ? 1 : 0) - (before[car] > before[0] ? 1 : 0);
  }
  return sum;
}
