// Times in the reader's own zone: exact ones and clocks in the text, all of them on hover.

const exact = new Intl.DateTimeFormat("en-GB", {
  day: "numeric", month: "short", year: "numeric", hour: "2-digit", minute: "2-digit", timeZoneName: "short",
});

const hours = new Intl.DateTimeFormat("en-GB", { hour: "2-digit", minute: "2-digit" });
const day = new Intl.DateTimeFormat("en-GB", { day: "numeric", month: "short" });

export function clock(when, now = new Date()) {
  const said = hours.format(when);
  return when.toDateString() === now.toDateString() ? said : `${said} on ${day.format(when)}`;
}

export function localise(root) {
  for (const time of root.querySelectorAll("time[datetime]:not([data-local])")) {
    const when = new Date(time.dateTime);
    const words = exact.format(when);
    time.dataset.local = "";
    if (time.dataset.style === "exact") time.textContent = words;
    if (time.dataset.style === "clock") time.textContent = clock(when);
    time.title = `${words} (${time.title})`;
  }
}

if (typeof document !== "undefined") {
  localise(document);
  document.addEventListener("htmx:afterSettle", () => localise(document));
}
