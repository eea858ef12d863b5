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

function strip(svg) {
  const path = svg.querySelector("path");
  const dots = dotsOf(path.getAttribute("d"));
  const names = svg.dataset.runs.split(" ");
  const title = svg.appendChild(document.createElementNS("http://www.w3.org/2000/svg", "title"));
  const ring = svg.appendChild(document.createElementNS("http://www.w3.org/2000/svg", "path"));
  ring.setAttribute("class", "ring");
  const at = (event) => {
    const box = svg.getBoundingClientRect();
    const [width, height] = [svg.viewBox.baseVal.width, svg.viewBox.baseVal.height];
    return nearest(dots, [event.clientX - box.left, event.clientY - box.top], [box.width / width, box.height / height]);
  };
  svg.addEventListener("pointermove", (event) => {
    const found = at(event);
    svg.classList.toggle("near", found >= 0);
    ring.setAttribute("d", found < 0 ? "" : `M${dots[found].join(" ")}h0`);
    const words = found < 0 ? "" : `Watch run ${names[found]}`;
    if (title.textContent !== words) title.textContent = words;
  });
  svg.addEventListener("pointerleave", () => ring.setAttribute("d", ""));
  svg.addEventListener("click", (event) => {
    const found = at(event);
    if (found >= 0) location.href = `${svg.dataset.watch}${names[found]}`;
  });
}

if (globalThis.document) for (const svg of document.querySelectorAll("[data-runs]")) strip(svg);
