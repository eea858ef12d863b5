// Times in the reader's own zone: exact ones and clocks in the text, all of them on hover. Of days
// in the text, how long ago they were: the server keeps pages in which that would grow old.

const exact = new Intl.DateTimeFormat("en-GB", {
  day: "numeric", month: "short", year: "numeric", hour: "2-digit", minute: "2-digit", timeZoneName: "short",
});

const hours = new Intl.DateTimeFormat("en-GB", { hour: "2-digit", minute: "2-digit" });
const day = new Intl.DateTimeFormat("en-GB", { day: "numeric", month: "short" });

const WEEK = 7 * 24 * 3_600_000; // [ms]

export function clock(when, now = new Date()) {
  const said = hours.format(when);
  return when.toDateString() === now.toDateString() ? said : `${said} on ${day.format(when)}`;
}

export function ago(when, now = new Date()) {
  const minutes = Math.floor((now - when) / 60_000);
  if (minutes < 1) return "just now";
  if (minutes < 60) return `${minutes} min ago`;
  const passed = Math.floor(minutes / 60);
  if (passed < 24) return `${passed} h ago`;
  return `${Math.floor(passed / 24)} d ago`;
}

export function localise(root, now = new Date()) {
  for (const time of root.querySelectorAll("time[datetime]:not([data-local])")) {
    const when = new Date(time.dateTime);
    const words = exact.format(when);
    time.dataset.local = "";
    if (time.dataset.style === "exact") time.textContent = words;
    if (time.dataset.style === "clock") time.textContent = clock(when, now);
    if (time.dataset.style === "day" && now - when < WEEK) time.textContent = ago(when, now);
    time.title = `${words} (${time.title})`;
  }
}

if (typeof document !== "undefined") {
  localise(document);
  document.addEventListener("htmx:afterSettle", () => localise(document));
}
