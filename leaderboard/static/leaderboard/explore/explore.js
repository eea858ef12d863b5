// The points of the page that explores, live: another field is drawn at once, and a point says which
// submission it is. Whatever does not come, the server's picture stays.

import { drawMarks, drawPoints, drawRing, hues, prepared } from "./canvas.js";
import { gridOf, nearest, placed } from "./grid.js";
import { aligned, colourOf, shareOf, shown } from "./scales.js";

const REACH = 14; // [px]

async function read(url) {
  const answer = await fetch(url, { headers: { Accept: "application/json" } });
  if (!answer.ok) throw new Error(`${url}: ${answer.status}`);
  return answer.json();
}

function made(stage, form) {
  const canvas = document.createElement("canvas");
  const background = document.createElement("canvas");
  canvas.setAttribute("aria-hidden", "true");
  const told = document.getElementById("pointed");
  const columns = new Map();
  let reading = null, points = null, plane = null, pointed = -1, asked = 0, own = -1;

  async function column(name) {
    if (!name) return null;
    reading ??= read(stage.dataset.points);
    points = await reading;
    if (!columns.has(name)) {
      const found = await read(`${stage.dataset.column}?name=${encodeURIComponent(name)}`);
      columns.set(name, { ...found, values: aligned(found, points.submissions) });
    }
    return columns.get(name);
  }

  function place([x, colour]) {
    own = points.names.indexOf(stage.dataset.own);
    const { width, height } = stage.getBoundingClientRect();
    const count = points.submissions.length;
    const [xs, ys] = [new Float64Array(count).fill(NaN), new Float64Array(count)];
    const groups = new Int8Array(count).fill(-1);
    const order = [];
    for (let at = 0; at < count; at++) {
      if (x.values[at] === null) continue;
      const number = points.submissions[at];
      xs[at] = width * shareOf(x.scale, x.values[at], number);
      ys[at] = height * (1 - shareOf(points.scale, points.scores[at], number));
      if (colour?.colours) groups[at] = colourOf(colour.colours, colour.values[at]);
      order.push(at);
    }
    return { xs, ys, groups, order, x, colour, grid: null };
  }

  function draw() {
    const { kind = "step", steps = 0 } = plane.colour?.colours ?? {};
    plane.hues = hues(kind, steps);
    const on = prepared(background, stage);
    drawMarks(on, plane.x.scale, points.scale, plane.hues);
    drawPoints(on, plane, plane.hues);
    for (const at of plane.order) if (points.people[at] === own) drawRing(on, plane.xs[at], plane.ys[at], plane.hues.own, 5.5);
    show();
  }

  function show() {
    const on = prepared(canvas, stage);
    on.context.save();
    on.context.setTransform(1, 0, 0, 1, 0, 0);
    on.context.drawImage(background, 0, 0);
    on.context.restore();
    if (pointed >= 0) drawRing(on, plane.xs[pointed], plane.ys[pointed], plane.hues.ring, 8);
  }

  async function change(event) {
    const names = [form.elements.x.value, form.elements.c?.value ?? ""];
    const turn = ++asked;
    try {
      const found = await Promise.all(names.map(column));
      if (turn !== asked || !found[0].scale) return;
      plane = place(found);
      point(-1);
      delete canvas.dataset.tapped;
      draw();
      stage.classList.add("live");
      stage.dataset.drawn = names.join(" ");
      if (!canvas.isConnected) stage.append(canvas);
    } catch {
      // the server's picture is right at first; later it is asked for as without a script
      if (event && turn === asked) form.submit();
    }
  }

  function point(at) {
    if (at === pointed) return;
    pointed = at;
    canvas.classList.toggle("on-point", at >= 0);
    told.textContent = at < 0 ? "" : said(at);
    if (at >= 0) beside(at);
    if (plane) show();
  }

  function said(at) {
    const title = points.titles[at] || `Submission ${points.submissions[at]}`;
    const values = [plane.x, plane.colour].filter(Boolean).map((it) => `${it.title}: ${shown(it, it.values[at])}`);
    return [`${title} by ${points.names[points.people[at]]}`, `${points.scores[at].toFixed(2)} mph`, ...values].join("\n");
  }

  function beside(at) {
    const [outer, inner] = [told.offsetParent.getBoundingClientRect(), stage.getBoundingClientRect()];
    const [x, y] = [inner.x - outer.x + plane.xs[at], inner.y - outer.y + plane.ys[at]];
    told.style.translate = placed(x, y, told.offsetWidth, told.offsetHeight, outer.width).map((it) => `${it}px`).join(" ");
  }

  function under(event) {
    if (!plane) return -1;
    plane.grid ??= gridOf(plane.xs, plane.ys, REACH); // not before somebody points
    const { x, y } = stage.getBoundingClientRect();
    return nearest(plane.grid, event.clientX - x, event.clientY - y);
  }

  canvas.addEventListener("pointermove", (event) => point(under(event)));
  canvas.addEventListener("pointerleave", () => point(-1));
  canvas.addEventListener("click", (event) => {
    const touched = event.pointerType === "touch";
    // a click comes with rounded coordinates: what is told opens
    const at = touched || pointed < 0 ? under(event) : pointed;
    if (at < 0) return;
    // by touch the first tap says what it is, the second opens it
    if (touched && canvas.dataset.tapped !== String(at)) {
      canvas.dataset.tapped = at;
      point(at);
      return;
    }
    location.assign(stage.dataset.submission.replace("/0/", `/${points.submissions[at]}/`));
  });
  // whoever goes through the table by keyboard or pointer sees where each one stands
  for (const type of ["focusin", "pointerover"]) {
    document.addEventListener(type, ({ target }) => {
      const row = target.closest?.("#explored tr[data-submission]");
      if (!row || !plane) return;
      const at = points.submissions.indexOf(Number(row.dataset.submission));
      if (at >= 0 && !Number.isNaN(plane.xs[at])) point(at);
    });
  }
  form.addEventListener("change", change);
  // a table that was unfolded stays so
  const unfolded = () => document.querySelector("#explored details.points");
  let open = false;
  document.addEventListener("htmx:beforeSwap", () => { open = unfolded()?.open ?? false; });
  document.addEventListener("htmx:afterSwap", () => {
    if (open && unfolded()) unfolded().open = true;
    const trend = document.getElementById("trend")?.textContent;
    if (trend) stage.querySelector("svg").setAttribute("aria-label", trend);
  });
  const again = () => plane && (plane = place([plane.x, plane.colour]), draw());
  new ResizeObserver(again).observe(stage);
  matchMedia("(prefers-color-scheme: dark)").addEventListener("change", again);
  // back and forth: the page is asked for anew, with its fields as the browser remembers them
  addEventListener("pageshow", (event) => event.persisted && change(event));
  return change;
}

const stage = document.getElementById("stage");
if (stage) made(stage, document.getElementById("axes"))();
