// Brings the pieces of How it works to life once the page is there.

import { onceIdle } from "../idle.js";

onceIdle(async () => {
  await import("./pieces.js");
  document.querySelector(".how").dataset.live = "";
});
