// One step of learning, and epsilon over a training: the same as leaderboard/how/exploring.py draws,
// by the formulas of grader/schedule.py.

import { plain, whole } from "./words.js";

const MOST = 6; // of the axis: no worth is more at the usual gamma
const STRETCHES = 100;
const DECISIONS = 20;

export const reward = (mph) => 0.075 * mph - 3;

export function target({ mph, gamma, now, after }) {
  const later = gamma * Math.max(...after);
  const worth = reward(mph) + later;
  return { reward: reward(mph), later, target: worth, error: now - worth };
}

export function epsilonAt({ learning_steps_burnin: burnin, learning_steps_total: total, epsilon_min: least }, age) {
  return Math.min(1, Math.max(least, 1 - (age - burnin) / (total - burnin)));
}

export function meanEpsilon(config) {
  const last = config.training_iterations;
  const count = Math.min(STRETCHES, last);
  let sum = 0;
  for (let at = 0; at < count; at += 1) sum += epsilonAt(config, last * (at + 0.5) / count + 0.5);
  return sum / count;
}

// Where the curve bends, and its ends.
export function corners(config) {
  const { learning_steps_burnin: burnin, learning_steps_total: total, epsilon_min: least } = config;
  const last = config.training_iterations;
  const ages = [1, burnin, burnin + (1 - least) * (total - burnin), last];
  return ages.map((age) => Math.min(last, Math.max(1, age))).map((age) => [age, epsilonAt(config, age)]);
}

export function curve(config) {
  const last = config.training_iterations;
  return corners(config).map(([age, share]) => `${(1000 * age / last).toFixed(1)},${(1000 * (1 - share)).toFixed(1)}`).join(" ");
}

export function epsilonSays(config) {
  const last = config.training_iterations;
  const { learning_steps_burnin: burnin, learning_steps_total: total } = config;
  if (burnin >= total) return `The grader refuses this: learning_steps_burnin must be less than learning_steps_total, ${total}.`;
  const share = meanEpsilon(config);
  const end = epsilonAt(config, last);
  const words = `About ${whole(Math.round(share * last / 100) * 100)} of ${whole(last)} decisions are random, ${(100 * share).toFixed(0)} %.`;
  return end > config.epsilon_min + 1e-9 ? `${words} The training ends before epsilon is at its least: at ${end.toFixed(2)}.` : words;
}

// What the rewards of the coming decisions count.
export const shares = (gamma) => Array.from({ length: DECISIONS }, (_, at) => gamma ** at);

export function weights(gamma) {
  return shares(gamma).map((share, at) =>
    `M${50 * at + 4} 110v${(-110 * share).toFixed(1)}h42v${(110 * share).toFixed(1)}z`).join("");
}

export function gammaSays(gamma) {
  const sum = gamma < 1 ? `All rewards to come together count as ${(1 / (1 - gamma)).toFixed(1)} of the next one.` : "All rewards to come count as much as the next one, without end.";
  return `A reward 5 decisions later counts ${(100 * gamma ** 5).toFixed(1)} % of the next one. ${sum}`;
}

export function stepSays({ error }) {
  if (Math.abs(error) < 0.005) return "Q is at the target: nothing is moved.";
  const way = error > 0 ? ["high", "down"] : ["low", "up"];
  return `Q is ${Math.abs(error).toFixed(2)} too ${way[0]}: it is moved ${way[1]} a little. The loss is half the square of that, ${(error * error / 2).toFixed(2)}.`;
}

export function bar(value) {
  const at = (it) => 50 + 50 * Math.max(-1, Math.min(1, it / MOST));
  const [start, end] = [Math.min(at(0), at(value)), Math.max(at(0), at(value))];
  return { x: `${start.toFixed(2)}%`, width: `${(end - start).toFixed(2)}%` };
}

const value = (id) => Number(document.getElementById(id).value);

function say(id, words) {
  document.getElementById(id).textContent = words;
}

function tell(id, rows) {
  document.getElementById(id).innerHTML = rows.map(([name, number]) => `<tr><th scope="row">${name}</th><td>${number}</td></tr>`).join("");
}

function sayBeside(slider, words) {
  slider.nextElementSibling.value = words;
}

export function followTarget(figure) {
  const sliders = [...figure.querySelectorAll("input")];
  figure.addEventListener("input", () => {
    const after = sliders.filter((it) => it.id.startsWith("t-after")).map((it) => Number(it.value));
    const step = { mph: value("t-mph"), gamma: value("t-g"), now: value("t-now"), after };
    const found = target(step);
    for (const slider of sliders) {
      const number = Number(slider.value);
      sayBeside(slider, slider.id === "t-mph" ? number.toFixed(1) : slider.id === "t-g" ? number.toFixed(2) : plain(number));
    }
    say("t-reward", plain(found.reward));
    say("t-gamma", step.gamma.toFixed(2));
    say("t-best", plain(Math.max(...after)));
    say("t-target", plain(found.target));
    say("t-says", stepSays(found));
    const bars = figure.querySelectorAll("#target-bars rect");
    [found.reward, found.later, found.target, step.now].forEach((it, at) => {
      for (const [name, place] of Object.entries(bar(it))) bars[at].setAttribute(name, place);
    });
  });
}

export function followGamma(figure) {
  figure.addEventListener("input", ({ target: slider }) => {
    const gamma = Number(slider.value);
    sayBeside(slider, gamma.toFixed(2));
    document.getElementById("gamma-bars").setAttribute("d", weights(gamma));
    say("gamma-says", gammaSays(gamma));
    tell("gamma-rows", shares(gamma).map((share, at) => [at, share.toFixed(4)]));
  });
}

export function followEpsilon(figure) {
  const sliders = [...figure.querySelectorAll("input")];
  figure.addEventListener("input", () => {
    const config = Object.fromEntries(sliders.map((it) => [it.dataset.name, Number(it.value)]));
    for (const slider of sliders) sayBeside(slider, slider.step < 1 ? Number(slider.value).toFixed(2) : whole(Number(slider.value)));
    const refused = config.learning_steps_burnin >= config.learning_steps_total;
    const points = refused ? "" : curve(config);
    document.getElementById("epsilon-line").setAttribute("points", points);
    document.getElementById("epsilon-under").setAttribute("points", points && `0,1000 ${points} 1000,1000`);
    tell("epsilon-rows", refused ? [] : corners(config).map(([age, share]) => [whole(age), share.toFixed(2)]));
    say("e-last", whole(config.training_iterations));
    say("e-says", epsilonSays(config));
  });
}
