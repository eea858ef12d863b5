// The grid that follows the sliders: the same picture and numbers as leaderboard/how/grid.py makes.

import { asked, many, whole } from "./words.js";

const LANES = 7, ROWS = 70, LANE = 20, ROW = 10, ACTIONS = 5; // LANE, ROW: [px]
const FREE = 10_000, OFF = 0;
const DID = ["did nothing", "accelerated", "decelerated", "went left", "went right"];
export const FIELDS = ["lanes_side", "patches_ahead", "patches_behind", "temporal_window"];

// The observation row by row, the farthest first, in ten-thousandth parts.
export function cells(view, moment) {
  const width = 2 * view.lanes_side + 1;
  const rows = view.patches_ahead + view.patches_behind;
  const lane = moment.lane - view.lanes_side;
  const row = moment.row - view.patches_ahead;
  const within = (at, count) => at >= 0 && at < count;
  const found = Array.from({ length: rows }, (_, h) => Array.from({ length: width }, (_, g) =>
    (within(lane + g, LANES) && within(row + h, ROWS) ? FREE : OFF)));
  for (const [h, g, value] of moment.cells) {
    const [at, beside] = [h + view.patches_ahead, g + view.lanes_side];
    if (within(at, rows) && within(beside, width)) found[at][beside] = value;
  }
  return found;
}

function said(value) {
  if (value === FREE || value === OFF) return String(value / FREE).padStart(4);
  return `<b>${(value / FREE).toFixed(3).slice(1)}</b>`;
}

// As on the road: a line for each lane, ahead to the right.
function block(seen) {
  return seen[0].map((_, column) => seen.map((row) => said(row[column])).reverse().join(" ")).join("\n");
}

export function drawn(view, moments) {
  const now = moments[0];
  const seen = cells(view, now);
  const paths = { free: [], taken: [], off: [] };
  seen.forEach((values, row) => values.forEach((value, column) => {
    const x = ROW * (ROWS - 1 - now.row + view.patches_ahead - row);
    const y = LANE * (now.lane - view.lanes_side + column);
    paths[value === FREE ? "free" : value === OFF ? "off" : "taken"].push(`M${x} ${y}h10v20h-10z`);
  }));
  const states = seen.length * seen[0].length;
  const blocks = [block(seen)];
  moments.slice(1, view.temporal_window + 1).forEach((moment, at) => {
    const told = DID.map((_, action) => states * (action === moment.action)).join(" ");
    blocks.push(`<i>${at + 1} decision${many(at + 1)} earlier, when it ${DID[moment.action]}: ${told}</i>`);
    blocks.push(block(cells(view, moment)));
  });
  const inputs = states + view.temporal_window * (states + ACTIONS);
  return {
    free: paths.free.join(""),
    taken: paths.taken.join(""),
    off: paths.off.join(""),
    numbers: blocks.join("\n"),
    inputs,
    says: says(view, states, paths),
  };
}

function says(view, states, { taken, off }) {
  const width = 2 * view.lanes_side + 1;
  let words = `${width} lane${many(width)}, ${view.patches_ahead} rows ahead and ${view.patches_behind} behind: `
    + `${whole(states)} cell${many(states)}, ${whole(taken.length)} with a car and ${whole(off.length)} off the road.`;
  if (view.temporal_window) {
    const earlier = view.temporal_window === 1 ? "earlier decision" : `${view.temporal_window} earlier decisions`;
    words += ` With the ${earlier}, ${whole(states)} + ${ACTIONS} numbers each, more of the same.`;
  }
  return words;
}

export function follow(form) {
  const road = asked(form.dataset.road);
  const inside = (selector) => form.querySelector(selector);
  const show = (moments) => {
    const view = Object.fromEntries(FIELDS.map((name) => [name, Number(form.elements[name].value)]));
    const picture = drawn(view, moments);
    for (const name of FIELDS) inside(`[for="how-${name}"]:is(output)`).value = view[name];
    for (const kind of ["free", "taken", "off"]) inside(`svg .${kind}`).setAttribute("d", picture[kind]);
    inside("#inputs").value = whole(picture.inputs);
    inside("#inputs-many").textContent = many(picture.inputs);
    inside("#grid-says").textContent = picture.says;
    inside("pre").innerHTML = picture.numbers;
  };
  const ask = () => road().then(({ moments }) => show(moments), () => {});
  form.addEventListener("input", ask);
  form.addEventListener("pointerenter", () => road().catch(() => {}), { once: true });
  form.addEventListener("submit", (event) => event.preventDefault());
}
