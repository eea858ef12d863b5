// Times in the reader's own zone: exact ones in the text, all of them on hover.

const exact = new Intl.DateTimeFormat("en-GB", {
  day: "numeric", month: "short", year: "numeric", hour: "2-digit", minute: "2-digit", timeZoneName: "short",
});

export function localise(root) {
  for (const time of root.querySelectorAll("time[datetime]:not([data-local])")) {
    const words = exact.format(new Date(time.dateTime));
    time.dataset.local = "";
    if (time.dataset.style === "exact") time.textContent = words;
    time.title = `${words} (${time.title})`;
  }
}

if (typeof document !== "undefined") {
  localise(document);
  document.addEventListener("htmx:afterSettle", () => localise(document));
}
