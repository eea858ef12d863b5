// The plane on a canvas: marks, points in their colours, a ring around the one that is pointed at.

const TAU = 2 * Math.PI;
const MANY = 800;
const ROOM = { left: 34, below: 26, around: 8 }; // [px] beyond the plane, for labels and whole points

// As times.js says those of other plots; that runs by itself, and here it would run a second time.
function tick(when) {
  const parts = when.getHours() || when.getMinutes() ? { hour: "2-digit", minute: "2-digit" } : { day: "numeric", month: "short" };
  return when.toLocaleString("en-GB", parts);
}

// A canvas that reaches a little beyond the stage; its coordinates are the stage's.
export function prepared(canvas, stage) {
  const { width, height } = stage.getBoundingClientRect();
  const ratio = window.devicePixelRatio || 1;
  const [wide, high] = [width + ROOM.left + ROOM.around, height + ROOM.below + ROOM.around];
  canvas.width = Math.round(wide * ratio);
  canvas.height = Math.round(high * ratio);
  const context = canvas.getContext("2d");
  context.setTransform(ratio, 0, 0, ratio, ROOM.left * ratio, ROOM.around * ratio);
  context.clearRect(-ROOM.left, -ROOM.around, wide, high);
  return { context, width, height };
}

export function hues(kind, steps) {
  const style = getComputedStyle(document.documentElement);
  const of = (name) => resolved(style.getPropertyValue(name));
  return {
    plain: of("--plain"),
    own: of("--ink"),
    line: of("--line"),
    quiet: of("--quiet"),
    ring: of("--signal"),
    steps: Array.from({ length: steps }, (_, at) => of(`--${kind}-${at}`)),
  };
}

// light-dark() and references are only resolved where a colour is used
function resolved(value) {
  const probe = document.createElement("i");
  probe.style.color = value;
  document.body.append(probe);
  const { color } = getComputedStyle(probe);
  probe.remove();
  return color;
}

export function drawMarks({ context, width, height }, across, up, colours) {
  context.font = "12px system-ui, sans-serif";
  context.strokeStyle = colours.line;
  context.fillStyle = colours.quiet;
  context.lineWidth = 1;
  const line = (...ends) => {
    context.beginPath();
    context.moveTo(ends[0], ends[1]);
    context.lineTo(ends[2], ends[3]);
    context.stroke();
  };
  context.textAlign = "right";
  for (const [share, label] of up.marks) {
    const y = height * (1 - share);
    line(0, y, width, y);
    context.fillText(label, -8, y + 4);
  }
  context.textAlign = "center";
  let free = -Infinity;
  for (const [share, words, when] of across.marks) {
    const label = when ? tick(new Date(when)) : words;
    const x = width * share;
    line(x, 0, x, height);
    const half = context.measureText(label).width / 2;
    if (x - half < free) continue;
    context.fillText(label, x, height + 18);
    free = x + half + 6;
  }
}

// Each dot by itself, so that where many lie it is darker; ten thousand take about 20 ms.
export function drawPoints({ context }, { xs, ys, groups, order }, colours) {
  const many = order.length > MANY;
  const radius = many ? 2.6 : 3.8;
  context.globalAlpha = many ? 0.5 : 0.75;
  let last = null;
  for (const at of order) {
    const group = groups[at];
    if (group !== last) context.fillStyle = group < 0 ? colours.plain : colours.steps[group];
    last = group;
    context.beginPath();
    context.arc(xs[at], ys[at], radius, 0, TAU);
    context.fill();
  }
  context.globalAlpha = 1;
}

export function drawRing({ context }, x, y, colour, radius) {
  context.strokeStyle = colour;
  context.lineWidth = 2.2;
  context.beginPath();
  context.arc(x, y, radius, 0, TAU);
  context.stroke();
}
