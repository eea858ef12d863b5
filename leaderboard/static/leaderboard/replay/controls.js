// Buttons, slider and keys of a replay: all of them turn its clock.

const STEPS = { ",": -1, ".": 1 };
const DECISIONS = { ArrowLeft: -1, ArrowRight: 1 };
const FASTER = { ArrowUp: 1, ArrowDown: -1 };

// What a key asks of the clock; false: nothing. Keys that are pressed with others are the browser's.
export function pressed(clock, event) {
  if (event.ctrlKey || event.metaKey || event.altKey) return false;
  const { key } = event;
  if (key === " ") clock.playing ? clock.pause() : clock.play();
  else if (key in STEPS) clock.step(STEPS[key]);
  else if (key in DECISIONS) clock.decide(DECISIONS[key]);
  else if (key in FASTER) clock.faster(FASTER[key]);
  else return false;
  return true;
}

// A key that a focused control takes for itself is left to it.
function isTaken({ target, key }) {
  if (target.closest("input[type='number'], input[type='search'], select, textarea")) return true;
  if (target.closest("input[type='range']")) return key.startsWith("Arrow");
  if (target.closest("[role='region'], .scroll")) return key.startsWith("Arrow") || key === " ";
  return key === " " && Boolean(target.closest("a, button, summary, input"));
}

export class Controls {
  // `changed` is called after every turn that somebody made.
  constructor(root, clock, changed) {
    this.clock = clock;
    this.play = root.querySelector("[data-do='play']");
    this.slider = root.querySelector("input[type='range']");
    this.rate = root.querySelector("select");
    this.told = root.querySelector("[data-told='frame']");
    const turn = (work) => () => { work(); this.show(); changed(); };
    const doings = {
      play: () => (clock.playing ? clock.pause() : clock.play()),
      back: () => clock.decide(-1),
      on: () => clock.decide(1),
    };
    for (const button of root.querySelectorAll("[data-do]")) {
      if (doings[button.dataset.do]) button.addEventListener("click", turn(doings[button.dataset.do]));
    }
    this.slider.max = clock.frames;
    this.slider.addEventListener("input", turn(() => { clock.pause(); clock.seek(Number(this.slider.value)); }));
    this.rate.addEventListener("change", turn(() => { clock.rate = Number(this.rate.value); }));
    document.addEventListener("keydown", (event) => {
      if (isTaken(event) || !pressed(clock, event)) return;
      event.preventDefault();
      this.show();
      changed();
    });
  }

  show() {
    const { clock, slider } = this;
    const { frame, playing } = clock;
    if (Number(slider.value) !== frame) slider.value = frame;
    const seconds = (frame / 60).toFixed(1);
    slider.setAttribute("aria-valuetext", `frame ${frame} of ${clock.frames}, ${seconds} s`);
    this.told.textContent = `${frame.toLocaleString("en")} / ${clock.frames.toLocaleString("en")}`;
    this.rate.value = String(clock.rate);
    const name = playing ? "Pause" : "Play";
    if (this.play.getAttribute("aria-label") !== name) this.play.setAttribute("aria-label", name);
  }
}
