// The page of a replay: roads side by side on one clock, their numbers, and the address of the moment.

import { Clock } from "./clock.js";
import { Controls } from "./controls.js";
import { Drive } from "./drive.js";
import { fetched } from "./fetching.js";
import { tables } from "./numbers.js";
import { input, map, safety } from "./overlays.js";
import { points } from "./pace.js";
import { Picture } from "./picture.js";
import { Readings } from "./readings.js";
// what these import in turn: named here, so that all come at once and not one after the other
import "./recording.js";
import "./rules.js";
import "./traffic.js";
import "./values.js";

const READ = 100; // [ms] between two looks at the numbers: nobody reads faster
const QUIET = 300; // [ms] after the last turn before the address is changed
const still = matchMedia("(prefers-reduced-motion: reduce)");
const root = document.querySelector("#replay");
const chosen = new Set();

class Track {
  constructor(figure, number) {
    this.figure = figure;
    this.why = figure.querySelector(".why");
    this.canvas = figure.querySelector("canvas");
    this.readings = root.querySelectorAll(".readings")[number];
    this.line = root.querySelectorAll(".pace polyline")[number];
  }

  async load() {
    try {
      const waiting = () => this.say("A worker drives this run again. It takes a second or two.");
      const recording = await fetched(this.figure.dataset.recording, { waiting });
      this.drive = new Drive(recording);
    } catch (error) {
      this.say(error.message);
      return false;
    }
    this.say("");
    this.figure.drive = this.drive;
    this.picture = new Picture(this.canvas);
    this.numbers = new Readings(this.readings, this.drive);
    this.line?.setAttribute("points", points(this.drive));
    return true;
  }

  say(words) {
    this.why.textContent = words;
    this.why.hidden = !words;
  }

  draw(clock) {
    const { view } = this.drive.recording;
    const under = [];
    if (chosen.has("map")) under.push(map);
    if (chosen.has("input") && view) under.push(input(view));
    if (chosen.has("safety")) under.push(safety);
    const ghosts = chosen.has("map") || chosen.has("input"); // the numbers in the cells are to be read
    this.picture.draw(this.drive, clock, { trail: chosen.has("trail"), under, ghosts });
    this.figure.classList.add("driven"); // until now, while others were waited for, the still stood there
  }
}

function loop(tracks, clock, controls) {
  const needle = root.querySelector(".pace line");
  let before = 0;
  let read = 0;
  let asked = 0;
  const draw = (now) => {
    asked = 0;
    clock.advance(now - before);
    before = now;
    for (const track of tracks) track.draw(clock);
    if (!clock.playing || now - read > READ) {
      read = now;
      for (const track of tracks) track.numbers.show(clock.frame);
      controls.show();
      const at = `${((100 * clock.frame) / clock.frames).toFixed(2)}%`;
      needle.setAttribute("x1", at);
      needle.setAttribute("x2", at);
      if (!clock.playing && needle.dataset.was === "playing") keepAddress(clock);
      needle.dataset.was = clock.playing ? "playing" : "";
    }
    if (clock.playing) ask();
  };
  const ask = () => { asked ||= requestAnimationFrame(draw); };
  return () => {
    if (!asked) before = performance.now();
    ask();
  };
}

let keeping = 0;
function keepAddress(clock) {
  clearTimeout(keeping);
  keeping = setTimeout(() => {
    if (!clock.playing) history.replaceState(history.state, "", addressOf(clock));
  }, QUIET);
}

function addressOf(clock) {
  const address = new URL(location.href);
  address.searchParams.set("run", root.dataset.run); // whichever one the page begins with some day
  address.searchParams.set("at", clock.frame);
  return address;
}

function copying(clock) {
  const button = root.querySelector("[data-do='copy']");
  const said = root.querySelector("[data-told='copied']");
  button.addEventListener("click", async () => {
    clock.pause();
    history.replaceState(history.state, "", addressOf(clock));
    try {
      await navigator.clipboard.writeText(location.href);
      said.textContent = "Copied.";
    } catch {
      said.textContent = "The address of this page leads here now: copy it from above.";
    }
  });
}

// Whoever lets sites keep nothing has no storage, and asking for it throws.
function kept() {
  try {
    return window.sessionStorage;
  } catch {
    return null;
  }
}

// Overlays are offered where at least one road has what they show, and are kept while one looks around.
function overlays(tracks, changed) {
  for (const box of root.querySelectorAll("[name='overlay']")) {
    const isHere = box.value !== "input" || tracks.some((track) => track.drive.recording.view);
    box.disabled = !isHere;
    const known = kept()?.getItem(`replay ${box.value}`);
    if (known) box.checked = known === "1";
    const take = () => (box.checked && isHere ? chosen.add(box.value) : chosen.delete(box.value));
    take();
    box.addEventListener("change", () => {
      kept()?.setItem(`replay ${box.value}`, box.checked ? "1" : "0");
      take();
      changed();
    });
  }
}

async function start() {
  const all = [...root.querySelectorAll(".track")].map((figure, number) => new Track(figure, number));
  const loaded = await Promise.all(all.map((track) => track.load()));
  const tracks = all.filter((_, number) => loaded[number]);
  if (!tracks.length) return;
  const clock = new Clock(Math.max(...tracks.map((track) => track.drive.frames)));
  let redraw = () => {};
  const controls = new Controls(root, clock, () => { redraw(); keepAddress(clock); });
  redraw = loop(tracks, clock, controls);
  overlays(tracks, redraw);
  copying(clock);
  tables(root.querySelector("[data-numbers]"), tracks);
  new ResizeObserver(() => {
    for (const track of tracks) track.picture.fit();
    redraw();
  }).observe(root.querySelector(".tracks"));
  matchMedia("(prefers-color-scheme: dark)").addEventListener("change", () => {
    for (const track of tracks) track.picture.fit();
    redraw();
  });
  document.addEventListener("visibilitychange", () => redraw());
  if (root.dataset.at) clock.seek(Number(root.dataset.at));
  else if (!still.matches) clock.play();
  redraw();
  requestAnimationFrame(() => { // after the first picture, which was asked for before
    performance.mark("replay is there");
    root.dataset.ready = "";
  });
}

start();
