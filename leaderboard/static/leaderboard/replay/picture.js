// The road as a picture on a canvas: tall, driving upward; or lying, driving to the right.

import { CARS, LANE, LANES, LENGTH, WIDTH, mph } from "./rules.js";

const ROAD = LANES * LANE; // [px] of the simulator, across
const END = 700; // [px] along
const SHOULDER = 7; // [px] beside the outer lanes
const DASH = [26, 34]; // [px] of road paint, and of the gap after it
const TRAIL = 240; // [frames]
const WIDEST = 0.55; // a car's width by its length, however wide the lanes are drawn
const LONGEST = 2.8; // and its length by its width
const SHARPEST = 2; // [1] device pixels a pixel: more are not seen, and cost
const HELD_UP = 2; // a follow limit below it: something ahead is in the way

export class Picture {
  constructor(canvas, { lying = false, labels = !lying } = {}) {
    this.canvas = canvas;
    this.pen = canvas.getContext("2d", { alpha: false });
    this.lying = lying;
    this.labels = labels;
    this.fit();
  }

  // The size and the colours that the stylesheet gives the canvas.
  fit() {
    const { canvas } = this;
    const sharpness = Math.min(SHARPEST, window.devicePixelRatio || 1);
    const [width, height] = [canvas.clientWidth, canvas.clientHeight];
    canvas.width = Math.round(width * sharpness);
    canvas.height = Math.round(height * sharpness);
    this.sharpness = sharpness;
    this.across = this.lying ? height : width;
    this.along = this.lying ? width : height;
    this.sx = this.across / (ROAD + 2 * SHOULDER);
    this.sy = this.along / END;
    this.left = SHOULDER * this.sx;
    const [wide, long] = [WIDTH * this.sx, LENGTH * this.sy];
    this.width = Math.min(wide, long * WIDEST);
    this.length = Math.min(long, this.width * LONGEST);
    const style = getComputedStyle(canvas);
    this.font = style.fontFamily;
    this.colours = { road: style.backgroundColor, paint: style.color, ego: style.fill, signal: style.stroke };
  }

  // `under` are drawn on the road beneath the cars, which as ghosts don't hide it.
  draw(drive, clock, { trail = true, under = [], ghosts = false } = {}) {
    const { pen, sharpness: s, lying } = this;
    const traffic = drive.at(Math.min(clock.frame, drive.frames));
    const share = clock.frame > drive.frames ? 1 : clock.share;
    pen.setTransform(s, 0, 0, s, 0, 0);
    pen.fillStyle = this.colours.road;
    pen.fillRect(0, 0, this.canvas.clientWidth, this.canvas.clientHeight);
    if (lying) pen.setTransform(0, s, -s, 0, this.along * s, 0);
    const before = Math.max(0, traffic.frame - 1);
    const way = drive.ways[before] + share * (traffic.way - drive.ways[before]);
    this.paint(way);
    for (const overlay of under) overlay(this, traffic);
    if (trail) this.trail(drive, traffic.frame, way);
    for (let car = CARS - 1; car >= 0; car--) {
      if (ghosts) this.ghost(drive, traffic, car, share);
      else this.car(drive, traffic, car, share);
    }
  }

  toX(x) {
    return this.left + x * this.sx;
  }

  toY(y) {
    return y * this.sy;
  }

  paint(way) {
    const { pen, colours } = this;
    const [dash, gap] = DASH.map((length) => length * this.sy);
    pen.strokeStyle = colours.paint;
    pen.lineWidth = Math.max(1, this.sx);
    pen.globalAlpha = 0.28;
    pen.setLineDash([dash, gap]);
    pen.lineDashOffset = -((way * this.sy) % (dash + gap));
    pen.beginPath();
    for (let lane = 1; lane < LANES; lane++) this.line(lane * LANE);
    pen.stroke();
    pen.setLineDash([]);
    pen.globalAlpha = 0.55;
    pen.beginPath();
    this.line(-2);
    this.line(ROAD + 2);
    pen.stroke();
    pen.globalAlpha = 1;
  }

  line(x) {
    this.pen.moveTo(this.toX(x), 0);
    this.pen.lineTo(this.toX(x), this.along);
  }

  // Where the ego has been, on the road as it lies now: fading.
  trail(drive, frame, way) {
    const { pen, colours } = this;
    const middle = WIDTH / 2;
    pen.lineWidth = this.width * 0.42;
    pen.strokeStyle = colours.ego;
    pen.lineJoin = "round";
    const PIECES = 6;
    for (let piece = 0; piece < PIECES; piece++) {
      const from = frame - Math.round((TRAIL * (PIECES - piece)) / PIECES);
      const to = frame - Math.round((TRAIL * (PIECES - piece - 1)) / PIECES);
      if (to <= 0) continue;
      pen.globalAlpha = 0.5 * ((piece + 1) / PIECES) ** 1.6;
      pen.beginPath();
      for (let at = Math.max(0, from); at <= to; at = at < to ? Math.min(to, at + 3) : to + 1) {
        const y = drive.egoY[at] + LENGTH / 2 + way - drive.ways[at];
        pen.lineTo(this.toX(drive.egoX[at] + middle), this.toY(y));
      }
      pen.stroke();
    }
    pen.globalAlpha = 1;
  }

  // Its left and its far edge on the canvas.
  corner(drive, car, share) {
    const [x, y] = drive.between(car, share);
    return [this.toX(x + WIDTH / 2) - this.width / 2, this.toY(y + LENGTH / 2) - this.length / 2];
  }

  ghost(drive, traffic, car, share) {
    const { pen, colours } = this;
    const [left, top] = this.corner(drive, car, share);
    pen.strokeStyle = pen.fillStyle = car < traffic.agents ? colours.ego : colours.paint;
    pen.lineWidth = car === 0 ? 2 : 1.2;
    this.box(left, top, this.width, this.length, this.width * 0.28, car === 0 ? 0.25 : 0);
  }

  car(drive, traffic, car, share) {
    const { pen, colours, width, length } = this;
    const [left, top] = this.corner(drive, car, share);
    if (top > this.along || top + length < 0) return;
    const isAgent = car < traffic.agents;
    pen.globalAlpha = car === 0 ? 1 : isAgent ? 0.72 : 0.6;
    pen.fillStyle = isAgent ? colours.ego : colours.paint;
    this.box(left, top, width, length, width * 0.28);
    pen.globalAlpha = 0.62;
    pen.fillStyle = colours.road;
    this.box(left + width * 0.14, top + length * 0.2, width * 0.72, length * 0.17, width * 0.14);
    this.box(left + width * 0.17, top + length * 0.78, width * 0.66, length * 0.08, width * 0.1);
    if (traffic.follow[car] < HELD_UP) {
      pen.globalAlpha = 1;
      pen.fillStyle = "#ff3b30";
      for (const side of [0.08, 0.66]) pen.fillRect(left + width * side, top + length * 0.94, width * 0.26, length * 0.06);
    }
    if (this.labels && width > 11) this.label(left + width / 2, top + length * 0.57, mph(traffic.speed(car)));
    pen.globalAlpha = 1;
  }

  // Filled; or, where `filled` says how much, outlined as well.
  box(left, top, width, height, round, filled) {
    const { pen } = this;
    pen.beginPath();
    pen.roundRect(left, top, width, height, round);
    if (filled === undefined) return pen.fill();
    pen.globalAlpha = filled;
    pen.fill();
    pen.globalAlpha = 1;
    pen.stroke();
  }

  label(x, y, speed) {
    const { pen } = this;
    pen.globalAlpha = 0.95;
    pen.fillStyle = "#0c0e10";
    pen.font = `600 ${Math.min(12, this.width * 0.62).toFixed(1)}px ${this.font}`;
    pen.textAlign = "center";
    pen.textBaseline = "middle";
    pen.fillText(String(Math.max(0, Math.round(speed))), x, y);
  }
}
