import assert from "node:assert/strict";
import test from "node:test";

import { ago, clock, grow, localise, localiseTicks } from "../../leaderboard/static/leaderboard/times.js";

const noon = new Date(2026, 4, 3, 12, 0);
const later = (minutes) => new Date(noon.getTime() + minutes * 60_000);
const made = (style) => ({ dateTime: noon.toISOString(), title: "UTC", textContent: "before", dataset: { style } });
const page = (...times) => ({ querySelectorAll: () => times });

test("a clock says the day only if it is another", () => {
  assert.equal(clock(new Date(2026, 4, 3, 14, 5), noon), "14:05");
  assert.equal(clock(new Date(2026, 4, 4, 0, 30), noon), "00:30 on 4 May");
});

test("how long ago is said in the largest unit, and as a day after a week", () => {
  const words = [-1, 0.9, 1, 59.9, 60, 23 * 60 + 59, 24 * 60, 7 * 24 * 60 - 1, 7 * 24 * 60, 300 * 24 * 60];
  assert.deepEqual(words.map((minutes) => ago(noon, later(minutes))), [
    "just now", "just now", "1 min ago", "59 min ago", "1 h ago", "23 h ago", "1 d ago", "6 d ago", "3 May", "3 May 2026",
  ]);
});

test("every time is put into the reader's zone once, with the server's words on hover", () => {
  const times = ["ago", "exact", "date"].map(made);
  localise(page(...times), later(5));
  assert.equal(times[0].textContent, "5 min ago");
  assert.match(times[0].title, /^3 May 2026.*12:00.* \(UTC\)$/);
  assert.match(times[1].textContent, /^3 May 2026.*12:00/);
  assert.equal(times[2].textContent, "3 May 2026");
  assert.equal(times[0].dataset.local, "");
});

test("what is relative grows older while the page is open", () => {
  const time = made("ago");
  localise(page(time), later(5));
  grow(page(time), later(125));
  assert.equal(time.textContent, "2 h ago");
});

test("a style that a page does not know yet leaves the words as they were", () => {
  const time = made("newer");
  localise(page(time), later(5));
  assert.equal(time.textContent, "before");
});

test("the ticks of an axis are of the reader's clock, at midnight they say the day", () => {
  const ticks = [new Date(2026, 4, 3, 14, 5), new Date(2026, 4, 4)].map((when) => ({ dataset: { when: when.toISOString() } }));
  localiseTicks(page(...ticks));
  assert.deepEqual(ticks.map((it) => it.textContent), ["14:05", "4 May"]);
});
