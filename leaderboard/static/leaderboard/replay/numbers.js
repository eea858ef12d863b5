// A run as a table, decision by decision: what the picture shows, for whoever reads it.

import { CYCLE } from "./rules.js";

// A row for each decision: its frame, what was decided, and what had come of it before the next.
export function rows(drive) {
  return drive.actions.map((_, number) => {
    const from = number * CYCLE;
    const to = Math.min(drive.frames, from + CYCLE);
    const { name, held } = drive.decision(number);
    let sum = 0;
    for (let frame = from + 1; frame <= to; frame++) sum += Math.max(0, drive.speeds[frame]);
    return {
      frame: from + 1,
      decision: held ? `${name}, not free` : name,
      speed: sum / (to - from),
      passed: drive.passed[to],
      average: drive.average(to),
    };
  });
}

const cell = (row, words, kind = "td") => {
  const it = row.appendChild(document.createElement(kind));
  it.textContent = words;
  if (kind === "th") it.scope = "row";
};

// Written when somebody opens it: one table for all roads.
export function tables(details, tracks) {
  details.addEventListener("toggle", () => {
    const body = details.querySelector("tbody");
    if (!details.open || body.rows.length) return;
    const all = tracks.map((track) => rows(track.drive));
    all[0].forEach(({ frame }, number) => {
      const row = body.insertRow();
      cell(row, frame.toLocaleString("en"), "th");
      for (const run of all) {
        const it = run[number];
        if (!it) continue;
        cell(row, it.decision);
        cell(row, it.speed.toFixed(1));
        cell(row, String(it.passed).replace("-", "\u2212"));
        cell(row, it.average.toFixed(2));
      }
    });
  });
}
