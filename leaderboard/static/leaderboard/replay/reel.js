// A small road that drives by itself: on top of a board, or in a text. It stands still off screen
// and in a hidden tab, and begins anew at its end. Where motion is unwelcome the still picture stays
// until somebody presses the button. film.js starts it.

import { Clock } from "./clock.js";
import { Drive } from "./drive.js";
import { fetched } from "./fetching.js";
import { Picture } from "./picture.js";

const STILL = matchMedia("(prefers-reduced-motion: reduce)");

export class Reel {
  constructor(figure) {
    this.figure = figure;
    this.canvas = figure.querySelector("canvas");
    this.button = figure.querySelector("button");
    this.inSight = false;
    this.stopped = STILL.matches;
    this.asked = 0;
    this.before = 0;
  }

  async load() {
    if (this.drive) return;
    const recording = await fetched(this.figure.dataset.film);
    this.drive = new Drive(recording);
    this.under = await overlaysOf(this.figure.dataset.overlays, recording);
    this.figure.classList.add("driven");
    this.picture = new Picture(this.canvas, { lying: "lying" in this.figure.dataset });
    this.clock = new Clock(recording.frames);
    this.clock.seek(recording.still.frame);
    new ResizeObserver(() => this.fit()).observe(this.canvas);
    matchMedia("(prefers-color-scheme: dark)").addEventListener("change", () => this.fit());
  }

  fit() {
    this.picture.fit();
    this.picture.draw(this.drive, this.clock, this);
  }

  get runs() {
    return this.inSight && !this.stopped && !document.hidden;
  }

  // Called whenever one of the reasons to stand still may have come or gone.
  go() {
    this.button.setAttribute("aria-label", this.stopped ? "Play" : "Pause");
    if (!this.drive || this.asked || !this.runs) return;
    this.before = performance.now();
    this.asked = requestAnimationFrame((now) => this.draw(now));
  }

  draw(now) {
    this.asked = 0;
    if (!this.runs) return;
    this.clock.play();
    this.clock.advance(now - this.before);
    this.before = now;
    this.picture.draw(this.drive, this.clock, this);
    this.asked = requestAnimationFrame((next) => this.draw(next));
  }

  async press() {
    this.stopped = !this.stopped;
    await this.load();
    this.go();
  }

  start() {
    this.button.hidden = false;
    this.figure.classList.add("ready");
    this.button.addEventListener("click", () => this.press().catch(() => this.fail()));
    document.addEventListener("visibilitychange", () => this.go());
    new IntersectionObserver(([seen]) => {
      this.inSight = seen.isIntersecting;
      if (this.inSight && !this.stopped) this.load().then(() => this.go(), () => this.fail());
      else this.go();
    }).observe(this.figure);
  }

  // The still picture is there; what can't be driven needs no button.
  fail() {
    this.figure.classList.remove("ready");
  }
}

// Named in the figure, with spaces between: input, safety, map.
async function overlaysOf(names, { view }) {
  if (!names) return [];
  const { input, map, safety } = await import("./overlays.js");
  const known = { map, safety, input: view && input(view) };
  return names.split(" ").map((name) => known[name]).filter(Boolean);
}
