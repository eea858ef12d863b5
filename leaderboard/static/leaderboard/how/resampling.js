// The bootstrap before one's eyes: trainings and runs that are drawn, and their medians as they pile up.

import { generator, interval, resample } from "./bootstrap.js";
import { asked, still, whole } from "./words.js";

const LOW = 40, HIGH = 80; // [mph] of the axis, as leaderboard/how/resampling.py has it
const BIN = 0.2; // [mph]
const ENOUGH = 100; // resamples from which on the interval is worth drawing
const TALL = 1000;
const LEAST = 12; // a pile is never drawn as if fewer filled the picture
const FALL = 450; // [ms]
const FRAME = 8; // [ms] of a frame's sixteen

const share = (mph) => (mph - LOW) / (HIGH - LOW);

export function bars(counts) {
  const most = Math.max(LEAST, ...counts.values());
  const wide = 1000 * BIN / (HIGH - LOW);
  return [...counts].map(([bin, count]) => {
    const tall = (TALL * count / most).toFixed(0);
    return `M${(1000 * share(bin * BIN)).toFixed(1)} ${TALL}v-${tall}h${wide.toFixed(1)}v${tall}z`;
  }).join("");
}

export const binOf = (median) => Math.floor(Math.floor(median) / (100 * BIN) + 1e-9);

// Where each run's dot is: the path has them by speed.
export function places(path, row) {
  const dots = path.match(/M[^M]+/g);
  const order = row.map((_, run) => run).sort((a, b) => row[a] - row[b]);
  const found = [];
  order.forEach((run, at) => { found[run] = dots[at]; });
  return found;
}

export function follow(panel) {
  const answer = asked(panel.dataset.runs);
  const inside = (selector) => panel.querySelector(selector);
  const alone = inside("[data-alone]");
  const said = inside("[data-says]");
  const next = generator(crypto.getRandomValues(new Uint32Array(1))[0]);
  const strips = [...panel.querySelectorAll(".strips > svg")];
  const times = [...panel.querySelectorAll(".times")];
  const drop = inside(".drop");
  let counts = new Map();
  let medians = [];
  let dots = null;
  let turn = 0; // what is under way ends when another begins
  let falling = null; // lands at once then

  const clear = () => {
    turn += 1;
    falling = null;
    counts = new Map();
    medians = [];
    drop.setAttribute("visibility", "hidden");
    inside(".bars").setAttribute("d", "");
    inside(".band").setAttribute("width", "0");
    said.textContent = "Nothing is drawn yet.";
    mark([]);
  };
  const mark = (drawn) => {
    const chosen = strips.map(() => new Set());
    const count = dots[0].length;
    const totals = strips.map(() => 0);
    for (const code of drawn) {
      const training = Math.floor(code / count);
      chosen[training].add(code % count);
      totals[training] += 1 / count;
    }
    strips.forEach((strip, at) => {
      strip.querySelector(".drawn").setAttribute("d", [...chosen[at]].map((run) => dots[at][run]).join(""));
      times[at].textContent = drawn.length && !alone.checked ? `\u00d7 ${Math.round(totals[at])}` : "";
      strip.classList.toggle("left-out", drawn.length > 0 && !totals[at]);
    });
  };
  const add = (median) => {
    medians.push(median / 100);
    const bin = binOf(median);
    counts.set(bin, (counts.get(bin) ?? 0) + 1);
  };
  const show = () => {
    inside(".bars").setAttribute("d", bars(counts));
    const count = medians.length;
    const words = `${whole(count)} resample${count === 1 ? "" : "s"}`;
    if (count < ENOUGH) {
      said.textContent = `${words}, the last with a median of ${medians.at(-1).toFixed(2)} mph. From ${ENOUGH} on the interval is drawn.`;
      return;
    }
    const [low, high] = interval(medians);
    inside(".band").setAttribute("x", `${(100 * share(low)).toFixed(2)}%`);
    inside(".band").setAttribute("width", `${(100 * (share(high) - share(low))).toFixed(2)}%`);
    said.textContent = `${words}: 95 % of their medians lie from ${low.toFixed(2)} to ${high.toFixed(2)} mph.`;
  };
  const fall = (median, mine) => {
    const land = () => {
      falling = null;
      drop.setAttribute("visibility", "hidden");
      add(median);
      show();
    };
    const from = performance.now();
    drop.setAttribute("cx", `${(100 * share(median / 100)).toFixed(2)}%`);
    drop.setAttribute("visibility", "visible");
    const frame = (now) => {
      if (mine !== turn) return;
      const part = Math.min(1, (now - from) / FALL);
      drop.setAttribute("cy", `${100 * part * part}%`);
      if (part < 1) return requestAnimationFrame(frame);
      land();
    };
    falling = land;
    requestAnimationFrame(frame);
  };
  const draw = async (count) => {
    let file;
    try {
      file = await answer();
    } catch {
      said.textContent = "The runs did not come. Try again.";
      return;
    }
    const { runs } = file.keys[panel.dataset.key];
    if (!dots) {
      dots = strips.map((strip, at) => places(strip.querySelector(".dots").getAttribute("d"), runs[at]));
      clear();
    }
    turn += 1;
    falling?.();
    const mine = turn;
    const one = () => resample(runs, next, { alone: alone.checked });
    if (count === 1) {
      const { drawn, median } = one();
      mark(drawn);
      if (!still()) return fall(median, mine);
      add(median);
      return show();
    }
    let left = count;
    const step = () => {
      if (mine !== turn) return;
      const began = performance.now();
      let last;
      do {
        last = one();
        add(last.median);
        left -= 1;
      } while (left && (count > 100 || still()) && performance.now() - began < FRAME);
      mark(left ? last.drawn : []);
      show();
      if (left) requestAnimationFrame(step);
    };
    step();
  };
  for (const button of panel.querySelectorAll("[data-draw]")) {
    button.addEventListener("click", () => draw(Number(button.dataset.draw)));
  }
  alone.addEventListener("change", async () => {
    if (!dots) await draw(1);
    clear();
  });
}
