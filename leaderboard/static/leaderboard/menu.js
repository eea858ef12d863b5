// The menu of the frame unfolds without JavaScript; with it, it also folds again: by Escape, and when
// whoever opened it goes elsewhere.

export function folds(menu, event) {
  if (!menu.open) return false;
  if (event.type === "keydown") return event.key === "Escape";
  const to = event.type === "focusout" ? event.relatedTarget : event.target;
  return to !== null && !menu.contains(to);
}

function watch(menu) {
  for (const [target, type] of [[document, "click"], [menu, "focusout"], [menu, "keydown"]]) {
    target.addEventListener(type, (event) => {
      if (!folds(menu, event)) return;
      menu.open = false;
      if (type === "keydown") menu.querySelector("summary").focus();
    });
  }
}

if (typeof document !== "undefined") document.querySelectorAll("details.menu").forEach(watch);
