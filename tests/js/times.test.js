import assert from "node:assert/strict";
import test from "node:test";

import { clock, localise } from "../../leaderboard/static/leaderboard/times.js";

const noon = new Date(2026, 4, 3, 12, 0);

test("a clock says the day only if it is another", () => {
  assert.equal(clock(new Date(2026, 4, 3, 14, 5), noon), "14:05");
  assert.equal(clock(new Date(2026, 4, 4, 0, 30), noon), "00:30 on 4 May");
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
