// The speed of a run over its frames as a line above the slider.

import { CYCLE } from "./rules.js";

const TOP = 100; // [mph]: room for a word above 80

// Means over the frames of each decision, as points of a polyline of 1000 x 100.
export function points(drive) {
  const found = [];
  for (let end = CYCLE; end <= drive.frames; end += CYCLE) {
    let sum = 0;
    for (let frame = end - CYCLE + 1; frame <= end; frame++) sum += Math.max(0, drive.speeds[frame]);
    const across = (1000 * (end - CYCLE / 2)) / drive.frames;
    found.push(`${across.toFixed(1)},${(100 * (1 - sum / CYCLE / TOP)).toFixed(1)}`);
  }
  return found.join(" ");
}
