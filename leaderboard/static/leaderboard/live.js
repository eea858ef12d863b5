// The page of a grading that goes on: hears of it by server-sent events, or asks where those do not come through.

import { draw, grow } from "./curve.js";
import { localise } from "./times.js";

const ASK = 3000; // [ms] between two questions where no stream comes through
const SILENCE = 10_000; // [ms] without a word after which a stream is not waited for

export function duration(seconds) {
  if (seconds < 100) return `${Math.max(1, Math.round(seconds))} s`;
  const minutes = Math.round(seconds / 60);
  return minutes < 100 ? `${minutes} min` : `${Math.floor(minutes / 60)} h ${minutes % 60} min`;
}

// What is left now of what was left at `heard`; below one second nobody knows.
export function leftAt(left, heard, now) {
  return left === null ? null : Math.max(1, left - (now - heard) / 1000);
}

function show(section, news, lines) {
  const inside = (selector) => section.querySelector(selector);
  if (news.state !== undefined) inside("#state").innerHTML = news.state;
  for (const step of news.steps ?? []) {
    const row = inside(`[data-training="${step.number}"]`);
    if (!row) continue;
    row.dataset.status = step.status;
    row.querySelector("progress").value = step.share;
    row.querySelector(".said").textContent = step.said;
  }
  for (const [name, said] of Object.entries(news.figures ?? {})) {
    const figure = inside(`[data-figure="${name}"]`);
    if (figure) figure.textContent = said;
  }
  const curves = inside("#curves");
  if (curves && news.lines) draw(curves, grow(lines, news.lines));
  if (curves && news.says) {
    curves.querySelector(".says").textContent = news.says;
    curves.querySelector(".plot").setAttribute("aria-label", news.says);
  }
  if (news.strips !== undefined && inside("#strips")) inside("#strips").innerHTML = news.strips;
}

// The page as it is now, in the place of the one that is here: no jump, the reader stays where they were.
async function renew() {
  const answer = await fetch(location.href, { headers: { Accept: "text/html" } });
  if (!answer.ok) return location.reload();
  const page = new DOMParser().parseFromString(await answer.text(), "text/html");
  const [here, there] = [document.querySelector("main"), page.querySelector("main")];
  const open = [...here.querySelectorAll("details")].map((it) => it.open);
  const swap = () => {
    here.replaceChildren(...there.childNodes);
    document.title = page.title;
    const folds = [...here.querySelectorAll("details")];
    if (folds.length === open.length) folds.forEach((it, at) => { it.open = open[at]; });
    localise(here);
    follow();
  };
  const still = matchMedia("(prefers-reduced-motion: reduce)").matches;
  if (document.startViewTransition && !still) document.startViewTransition(swap);
  else swap();
}

function follow() {
  const section = document.querySelector("#grading[data-events]");
  if (!section) return;
  let lines = {};
  let left = null;
  let heard = 0;
  let stream = null;
  let timer = null;
  let ticking = null;

  const stop = () => {
    stream?.close();
    stream = null;
    clearTimeout(timer);
    clearInterval(ticking);
  };
  const hear = (news) => {
    if (news.final || (news.status && news.status !== section.dataset.status)) {
      stop();
      document.removeEventListener("visibilitychange", wake);
      renew().catch(() => location.reload());
      return;
    }
    show(section, news, lines);
    if (news.left === undefined) return;
    [left, heard] = [news.left, performance.now()];
    tick();
  };
  const tick = () => {
    const now = leftAt(left, heard, performance.now());
    const words = section.querySelector("#left");
    const begun = [...section.querySelectorAll("progress")].some(({ value }) => value > 0);
    if (words && begun && now !== null) words.firstChild.data = `${duration(now)} `;
  };
  const ask = async () => {
    try {
      const answer = await fetch(section.dataset.live);
      if (answer.status === 404) return stop(); // withdrawn, or no longer ours to see
      if (answer.ok) hear(await answer.json());
    } catch { /* the site is away; it is asked again */ }
    if (section.isConnected && !document.hidden && !stream) timer = setTimeout(ask, ASK);
  };
  const listen = () => {
    lines = {};
    stream = new EventSource(section.dataset.events);
    const giveUp = () => {
      stream?.close();
      stream = null;
      ask();
    };
    timer = setTimeout(giveUp, SILENCE); // somebody between may hold everything back
    stream.onmessage = ({ data }) => {
      clearTimeout(timer);
      hear(JSON.parse(data));
    };
    stream.onerror = () => {
      // a stream that has ended is begun again by the browser, one that was refused is not
      clearTimeout(timer);
      if (stream?.readyState === EventSource.CLOSED) giveUp();
    };
  };
  const wake = () => {
    stop();
    if (document.hidden) return; // nobody looks: a browser has few connections, and the site too
    ticking = setInterval(tick, 1000);
    listen();
  };
  document.addEventListener("visibilitychange", wake);
  wake();
}

if (typeof document !== "undefined") follow();
