// A small road that drives by itself: on top of a board, or in a text. It waits until the page has
// nothing better to do, stands still off screen and in a hidden tab, and begins anew at its end.
// Where motion is unwelcome the still picture stays until somebody presses the button.

import { Clock } from "./clock.js";
import { Drive } from "./drive.js";
import { fetched } from "./fetching.js";
import { input, map, safety } from "./overlays.js";
import { Picture } from "./picture.js";

const STILL = matchMedia("(prefers-reduced-motion: reduce)");
const OVERLAYS = { map: () => map, input: ({ view }) => view && input(view), safety: () => safety };

class Film {
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
    this.under = (this.figure.dataset.overlays ?? "").split(" ").map((name) => OVERLAYS[name]?.(recording)).filter(Boolean);
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
    this.button.hidden = true;
  }
}

const whenIdle = window.requestIdleCallback ?? ((work) => setTimeout(work, 200));
for (const figure of document.querySelectorAll("[data-film]")) whenIdle(() => new Film(figure).start());
