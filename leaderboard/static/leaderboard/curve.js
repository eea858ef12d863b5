// A learning curve that grows: the same axis, places and labels as leaderboard/charts has them.

const NEARLY = 1e-9;
const TICKS = 5;
const UNITS = 1000;

function roundStep(span, ticks) {
  const magnitude = 10 ** Math.floor(Math.log10(span / ticks));
  return [1, 2, 5, 10, 20].map((factor) => factor * magnitude).find((step) => span / step <= ticks);
}

export function around(values, ticks = TICKS) {
  let low = values.length ? Infinity : 0;
  let high = values.length ? -Infinity : 1;
  for (const value of values) {
    low = Math.min(low, value);
    high = Math.max(high, value);
  }
  const step = roundStep(high - low || 1, ticks);
  const first = Math.floor(low / step + NEARLY);
  const last = Math.max(Math.ceil(high / step - NEARLY), first + 1);
  return { low: first * step, high: last * step, step };
}

export function heights(axis) {
  const count = Math.floor((axis.high - axis.low) / axis.step + NEARLY);
  return Array.from({ length: count + 1 }, (_, index) => {
    const value = axis.low + index * axis.step;
    return { at: `${(100 * (1 - share(axis, value))).toFixed(2)}%`, label: String(Number(value.toFixed(6))) };
  });
}

function share(axis, value) {
  return (value - axis.low) / (axis.high - axis.low);
}

export function pointsOf(points, iterations, axis) {
  return points
    .map(([at, value]) => `${(UNITS * at / iterations).toFixed(1)},${(UNITS * (1 - share(axis, value))).toFixed(1)}`)
    .join(" ");
}

// What is new of a line begins at `from`; a training that is begun anew begins at 0 again.
export function grow(lines, changes) {
  for (const [number, { from, points }] of Object.entries(changes)) {
    lines[number] = [...(lines[number] ?? []).slice(0, from), ...points];
  }
  return lines;
}

const SVG = "http://www.w3.org/2000/svg";

function made(tag, attributes, text = "") {
  const element = document.createElementNS(SVG, tag);
  for (const [name, value] of Object.entries(attributes)) element.setAttribute(name, value);
  element.textContent = text;
  return element;
}

export function draw(panel, lines) {
  const drawn = Object.entries(lines).filter(([, points]) => points.length);
  if (!drawn.some(([, points]) => points.length > 1)) return;
  const axis = around(drawn.flatMap(([, points]) => points.map(([, value]) => value)));
  panel.querySelector(".heights").replaceChildren(...heights(axis).flatMap(({ at, label }) => [
    made("line", { class: "rule", x1: "0", x2: "100%", y1: at, y2: at }),
    made("text", { class: "left", x: "-8", y: at, dy: "4" }, label),
  ]));
  const iterations = Number(panel.dataset.iterations);
  panel.querySelector(".lines").replaceChildren(...drawn.map(([number, points]) =>
    made("polyline", { class: `curve c${number}`, points: pointsOf(points, iterations, axis) })));
}
