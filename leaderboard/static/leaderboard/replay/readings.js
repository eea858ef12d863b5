// The numbers beside a road: how fast, how far, what was decided.

import { Values } from "./values.js";

export class Readings {
  constructor(section, drive) {
    this.drive = drive;
    this.fields = Object.fromEntries([...section.querySelectorAll("[data-reading]")].map((it) => [it.dataset.reading, it]));
    const list = section.querySelector(".values");
    this.values = drive.recording.values && list ? new Values(list) : null;
  }

  show(frame) {
    const { drive } = this;
    const at = Math.min(frame, drive.frames);
    const number = drive.decisionAt(at);
    const decision = number < 0 ? null : drive.decision(number);
    this.write("average", drive.average(at).toFixed(2));
    this.write("speed", Math.max(0, drive.speeds[at]).toFixed(0));
    this.write("passed", String(drive.passed[at]).replace("-", "\u2212"));
    this.write("decision", decision ? words(decision, drive) : "none yet");
    this.values?.show(number, decision);
  }

  write(name, words) {
    const field = this.fields[name];
    if (field && field.textContent !== words) field.textContent = words;
  }
}

// A turn that the safety rule held back is told as such, where the road tells it.
function words({ name, held, values }, { recording }) {
  if (held) return `${name}, not free`;
  return recording.values && !values ? `${name}, not asked` : name;
}
