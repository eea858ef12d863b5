// Where a replay is: a frame, or between two; which way it goes and how fast.

import { CYCLE } from "./rules.js";

export const RATES = [0.25, 0.5, 1, 2, 4, 8];
const A_SECOND = 60; // [frames] at the usual rate
const LONGEST = 100; // [ms] that may pass between two pictures: a page that was hidden does not leap

export class Clock {
  constructor(frames) {
    this.frames = frames;
    this.position = 0; // [frames]
    this.rate = 1;
    this.playing = false;
  }

  get frame() {
    return Math.ceil(this.position);
  }

  // How far it is from the frame before to this one, 1 at it.
  get share() {
    return 1 - (this.frame - this.position);
  }

  play() {
    if (this.position >= this.frames) this.position = 0;
    this.playing = true;
  }

  // On a whole frame, which is the simulator's.
  pause() {
    this.playing = false;
    this.position = this.frame;
  }

  advance(time) {
    if (!this.playing) return;
    const frames = (Math.max(0, Math.min(time, LONGEST)) / 1000) * A_SECOND * this.rate;
    this.position = Math.min(this.frames, this.position + frames);
    if (this.position === this.frames) this.pause();
  }

  seek(frame) {
    this.position = Math.max(0, Math.min(this.frames, Math.round(frame) || 0));
  }

  // By single frames.
  step(frames) {
    this.pause();
    this.seek(this.position + frames);
  }

  // To the road right after the next decision, or the one before.
  decide(direction) {
    this.pause();
    const of = (this.position - 1) / CYCLE;
    const number = direction > 0 ? Math.floor(of) + 1 : Math.ceil(of) - 1;
    this.seek(number < 0 ? 0 : number * CYCLE + 1);
  }

  faster(steps) {
    const at = RATES.indexOf(this.rate) + steps;
    this.rate = RATES[Math.max(0, Math.min(RATES.length - 1, at))];
  }
}
