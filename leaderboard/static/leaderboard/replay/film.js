// Starts the small roads that drive by themselves, [data-film], once the page is there.

import { onceIdle } from "../idle.js";

onceIdle(async () => {
  const { Reel } = await import("./reel.js");
  for (const figure of document.querySelectorAll("[data-film]")) new Reel(figure).start();
});
