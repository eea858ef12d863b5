// Brings the pieces of How it works to life once the page is there and has nothing better to do: their
// scripts are no part of its first view.

const whenIdle = window.requestIdleCallback ?? ((work) => setTimeout(work, 200));

async function start() {
  await import("./pieces.js");
  document.querySelector(".how").dataset.live = "";
}

if (document.readyState === "complete") whenIdle(start);
else window.addEventListener("load", () => whenIdle(start));
