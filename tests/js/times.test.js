import assert from "node:assert/strict";
import test from "node:test";

import { ago, clock, localise } from "../../leaderboard/static/leaderboard/times.js";

const noon = new Date(2026, 4, 3, 12, 0);

test("a clock says the day only if it is another", () => {
  assert.equal(clock(new Date(2026, 4, 3, 14, 5), noon), "14:05");
  assert.equal(clock(new Date(2026, 4, 4, 0, 30), noon), "00:30 on 4 May");
});

test("how long ago is said in the largest unit that is not nothing", () => {
  const said = (minutes) => ago(new Date(noon - minutes * 60_000), noon);
  assert.deepEqual([0.5, 1, 59, 60, 23 * 60, 24 * 60, 6 * 24 * 60].map(said), [
    "just now", "1 min ago", "59 min ago", "1 h ago", "23 h ago", "1 d ago", "6 d ago",
  ]);
});

test("a day of the last week is said by how long ago it was, an earlier one stays", () => {
  const made = (days) => ({
    dateTime: new Date(noon - days * 24 * 3_600_000).toISOString(), title: "UTC", textContent: "a day", dataset: { style: "day" },
  });
  const times = [made(2), made(8)];
  localise({ querySelectorAll: () => times }, noon);
  assert.deepEqual(times.map((time) => time.textContent), ["2 d ago", "a day"]);
});

test("every time is put into the reader's zone once, and exact ones in their text", () => {
  const made = (style) => ({ dateTime: noon.toISOString(), title: "UTC", textContent: "before", dataset: { style } });
  const [ago, exact] = [made("ago"), made("exact")];
  localise({ querySelectorAll: () => [ago, exact] });
  assert.equal(ago.textContent, "before");
  assert.match(ago.title, /^3 May 2026.*12:00.* \(UTC\)$/);
  assert.match(exact.textContent, /^3 May 2026.*12:00/);
  assert.equal(ago.dataset.local, "");
});
