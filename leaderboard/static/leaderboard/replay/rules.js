// The road's constants and the rulesets, as far as a run that was recorded needs them again.
// docs/simulator.md says where each comes from.

export const CARS = 20;
export const LANES = 7;
export const ROWS = 70;
export const LANE = 20; // [px]
export const ROW = 10; // [px]
export const MARGIN = 4; // [px] from a lane's edge to a settled car
export const LENGTH = 34; // [px] of a car
export const WIDTH = 15; // [px] of a car
export const CENTRE = 7.5; // [px] from a car's left edge to its middle
export const MARK_WIDTH = 10; // [px] between the points across a car that mark its cells
export const MARK_LENGTH = 30; // [px] and along it
export const EMPTY = 100; // what an empty cell holds instead of a speed
export const EGO_Y = 525; // [px]
export const CAMERA = 1.5; // [px/frame] of a road whose ego stands there
export const SIDEWAYS = 20 / 30; // [px/frame] of a lane change
export const SETTLED = 0.5; // [px] off its place within which a car may turn
export const FRONT = -34; // [px] where a car enters that fell behind
export const BACK = 734; // [px] where a car enters that drove ahead
export const CYCLE = 30; // [frames] from a car's decision to its next
export const MPH = 20; // per px/frame
export const ACTIONS = ["Keep on", "Accelerate", "Brake", "Turn left", "Turn right"];

export const ORIGINAL = "deeptraffic-v2";

// Which car decides in each frame of a cycle; -1: none does. Agent 10 of the original never does.
export function timetable(rules, others) {
  const due = new Int8Array(CYCLE).fill(-1);
  for (let car = 0; car <= others; car++) {
    const frame = rules === ORIGINAL ? 3 * car : Math.floor((CYCLE * car) / (others + 1));
    if (frame < CYCLE) due[frame] = car;
  }
  return due;
}

export const home = (lane) => LANE * lane + MARGIN;
export const mph = (speed) => MPH * speed;

// The average speed after some frames, rounded down as scores are.
export const average = (total, frames) => (frames ? Math.floor((total / frames) * 2000) / 100 : 0);
