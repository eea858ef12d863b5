// Work that waits until the page is there and has nothing better to do: what it needs is no part of the
// page's first view.

const whenIdle = window.requestIdleCallback ?? ((work) => setTimeout(work, 200));

export function onceIdle(work) {
  if (document.readyState === "complete") whenIdle(work);
  else window.addEventListener("load", () => whenIdle(work));
}
