// The live pieces of How it works. Without them they are pictures with the same words.

import { follow as followGrid } from "./grid.js";
import { followEpsilon, followGamma, followTarget } from "./learning.js";
import { follow as followRanking } from "./ranking.js";
import { follow as followResampling } from "./resampling.js";

followGrid(document.querySelector("#grid"));
followTarget(document.querySelector("#target"));
followGamma(document.querySelector("#weights"));
followEpsilon(document.querySelector("#epsilon"));
followResampling(document.querySelector("#resampling"));
followRanking(document.querySelector("#ranking"));
