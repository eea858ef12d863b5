// Ranks of everybody's resamples: the grader's own first hundred, one after the other.

import { asked } from "./words.js";

// 1 + how many are strictly higher: equal ones share a rank.
export const ranksOf = (values) => values.map((mine) => 1 + values.filter((other) => other > mine).length);

export const mean = (count, all) => (all ? count / all : 0);

export function follow(panel) {
  const answer = asked(panel.dataset.ranks);
  const said = panel.querySelector("[data-says]");
  const whole = said.textContent;
  const rows = [...panel.querySelectorAll("tbody tr")].map((row) => ({
    now: row.querySelector(".now"), cells: [...row.querySelectorAll("td.count")],
  }));
  const all = rows.map(({ cells }) => cells.map((it) => Number(it.dataset.count)));
  let counts = null;
  let drawn = 0;

  const show = (shown, of) => rows.forEach(({ cells }, row) => cells.forEach((cell, rank) => {
    cell.querySelector("span").textContent = shown[row][rank];
    cell.querySelector("rect").setAttribute("opacity", mean(shown[row][rank], of).toFixed(3));
  }));
  const draw = async (count) => {
    let file;
    try {
      file = await answer();
    } catch {
      said.textContent = "The resamples did not come. Try again.";
      return;
    }
    const { entrants } = file;
    const most = entrants[0].medians.length;
    if (!counts || drawn >= most) {
      counts = all.map((row) => row.map(() => 0));
      drawn = 0;
    }
    for (const end = Math.min(most, drawn + count); drawn < end; drawn += 1) {
      const medians = entrants.map((it) => it.medians[drawn]);
      ranksOf(medians).forEach((rank, row) => {
        counts[row][rank - 1] += 1;
        rows[row].now.textContent = `${(medians[row] / 200).toFixed(2)}: ${rank}.`;
      });
    }
    show(counts, drawn);
    said.textContent = `${drawn} of the first ${most} resamples: everybody's median and rank in the last one, and how often each had which rank.`;
  };
  for (const button of panel.querySelectorAll("[data-rank]")) {
    button.addEventListener("click", () => {
      if (Number(button.dataset.rank)) return draw(Number(button.dataset.rank));
      [counts, drawn] = [null, 0];
      for (const { now } of rows) now.textContent = "\u2013";
      show(all, all[0].reduce((sum, it) => sum + it, 0));
      said.textContent = whole;
    });
  }
}
