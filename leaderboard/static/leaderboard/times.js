// Times in the reader's own zone, and how long ago they are while the page is open. The server writes
// them out in full, in UTC: that stays right however long a page is kept.

const exact = new Intl.DateTimeFormat("en-GB", {
  day: "numeric", month: "short", year: "numeric", hour: "2-digit", minute: "2-digit", timeZoneName: "short",
});
const hours = new Intl.DateTimeFormat("en-GB", { hour: "2-digit", minute: "2-digit" });
const day = new Intl.DateTimeFormat("en-GB", { day: "numeric", month: "short" });
const dayOfYear = new Intl.DateTimeFormat("en-GB", { day: "numeric", month: "short", year: "numeric" });

const MINUTE = 60_000, HOUR = 60 * MINUTE, DAY = 24 * HOUR;
const TURN = 15_000; // [ms] between two looks at what has become older

export function clock(when, now = new Date()) {
  const said = hours.format(when);
  return when.toDateString() === now.toDateString() ? said : `${said} on ${day.format(when)}`;
}

// A clock of the server that is a little ahead of the reader's makes nothing happen later.
export function ago(when, now = new Date()) {
  const past = now - when;
  if (past < MINUTE) return "just now";
  if (past < HOUR) return `${Math.floor(past / MINUTE)} min ago`;
  if (past < DAY) return `${Math.floor(past / HOUR)} h ago`;
  if (past < 7 * DAY) return `${Math.floor(past / DAY)} d ago`;
  return (when.getFullYear() === now.getFullYear() ? day : dayOfYear).format(when);
}

const styles = { ago, clock, date: (when) => dayOfYear.format(when), exact: (when) => exact.format(when) };

function say(time, now) {
  const words = styles[time.dataset.style]?.(new Date(time.dateTime), now);
  if (words && words !== time.textContent) time.textContent = words;
}

export function localise(root, now = new Date()) {
  for (const time of root.querySelectorAll("time[datetime]:not([data-local])")) {
    time.dataset.local = "";
    time.title = `${exact.format(new Date(time.dateTime))} (${time.title})`;
    say(time, now);
  }
}

// On an axis: the time of day, at midnight the day.
export const tick = (when) => (when.getHours() || when.getMinutes() ? hours : day).format(when);

export function localiseTicks(root) {
  for (const text of root.querySelectorAll("text[data-when]")) {
    text.textContent = tick(new Date(text.dataset.when));
  }
}

export function grow(root, now = new Date()) {
  for (const time of root.querySelectorAll("time[data-style=ago]")) say(time, now);
}

if (typeof document !== "undefined") {
  const all = () => {
    localise(document);
    localiseTicks(document);
  };
  all();
  document.addEventListener("htmx:afterSettle", all);
  setInterval(() => document.hidden || grow(document), TURN);
  document.addEventListener("visibilitychange", () => document.hidden || grow(document));
}
