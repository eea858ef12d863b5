// A recording, fetched; one that a worker still makes is asked for again until it is there.

import { read } from "./recording.js";

const AGAIN = 250; // [ms]
const PATIENCE = 20_000; // [ms]

const pause = (time) => new Promise((done) => setTimeout(done, time));

// Throws an Error that says why there is none. `waiting` is told once if a worker is at it.
export async function fetched(url, { waiting = () => {}, ask = fetch, again = AGAIN, patience = PATIENCE } = {}) {
  const until = Date.now() + patience;
  let told = false;
  for (;;) {
    const answer = await ask(url, { headers: { Accept: "application/octet-stream" } });
    if (answer.status === 200) return read(await answer.arrayBuffer());
    if (answer.status !== 202) throw new Error(await whyOf(answer));
    if (Date.now() > until) throw new Error("No worker has recorded this run yet. Try again in a minute.");
    if (!told) waiting();
    told = true;
    await pause(again);
  }
}

async function whyOf(answer) {
  const { why } = await answer.json().catch(() => ({}));
  return why ?? `The recording could not be fetched (${answer.status}). Load the page again.`;
}
