// Brings the points of the page that explores to life once it is there.

import { onceIdle } from "../idle.js";

onceIdle(() => import("./explore.js"));
