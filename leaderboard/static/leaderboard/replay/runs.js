// Dots of the strips of runs lead to the replay of their runs: the nearest one to the pointer.
// Who has no pointer finds the same links in the table of numbers.

const NEAR = 14; // [px]

// The dots of a path as [across, down], in its order.
export function dotsOf(path) {
  return [...path.matchAll(/M(\S+) (\S+?)h0/g)].map(([, across, down]) => [Number(across), Number(down)]);
}

// Which dot is nearest to a place, both in px; -1: none is near.
export function nearest(dots, [x, y], [sx, sy]) {
  let best = -1;
  let least = NEAR ** 2;
  dots.forEach(([across, down], at) => {
    const far = (across * sx - x) ** 2 + (down * sy - y) ** 2;
    if (far < least) [best, least] = [at, far];
  });
  return best;
}

const SVG = "http://www.w3.org/2000/svg";

class Strip {
  constructor(svg) {
    this.svg = svg;
    this.dots = dotsOf(svg.querySelector("path").getAttribute("d"));
    this.names = svg.dataset.runs.split(" ");
    this.ring = svg.appendChild(document.createElementNS(SVG, "path"));
    this.ring.setAttribute("class", "aim");
  }

  // The dot that is nearest to a place on the screen.
  at({ clientX, clientY }) {
    const { a, d, e, f } = this.svg.getScreenCTM();
    return nearest(this.dots, [clientX - e, clientY - f], [a, d]);
  }

  show(dot) {
    this.ring.setAttribute("d", dot < 0 ? "" : `M${this.dots[dot].join(" ")}h0`);
  }
}

// The picture hears of the pointer: a strip in it does so on its dots alone.
function listen(plot) {
  const strips = [...plot.querySelectorAll("[data-runs]")].map((svg) => new Strip(svg));
  const title = plot.appendChild(document.createElementNS(SVG, "title"));
  let near = "";
  const look = (event) => {
    near = "";
    for (const strip of strips) {
      const dot = near || !event ? -1 : strip.at(event);
      strip.show(dot);
      if (dot >= 0) near = `${strip.svg.dataset.watch}${strip.names[dot]}`;
    }
    plot.classList.toggle("near", Boolean(near));
    const words = near ? `Watch run ${near.split("=").at(-1)}` : "";
    if (title.textContent !== words) title.textContent = words;
  };
  plot.addEventListener("pointermove", look);
  plot.addEventListener("pointerleave", () => look(null));
  plot.addEventListener("click", (event) => {
    look(event);
    if (near) location.href = near;
  });
}

if (globalThis.document) {
  for (const plot of document.querySelectorAll("svg.strips:has([data-runs])")) listen(plot);
}
