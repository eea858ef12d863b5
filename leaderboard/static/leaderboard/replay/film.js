// Starts the small roads that drive by themselves, [data-film], once the page is there and has nothing
// better to do: what they need is no part of its first view.

const whenIdle = window.requestIdleCallback ?? ((work) => setTimeout(work, 200));

async function start() {
  const { Reel } = await import("./reel.js");
  for (const figure of document.querySelectorAll("[data-film]")) new Reel(figure).start();
}

if (document.readyState === "complete") whenIdle(start);
else window.addEventListener("load", () => whenIdle(start));
