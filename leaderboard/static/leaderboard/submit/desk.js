// The submit form, live: drawn and checked while one types, its ways changed without a new page, and
// what is typed kept in this browser. Without this everything works by the form's own buttons.

import { localise } from "../times.js";
import { numbered } from "./editor.js";
import { keeper } from "./draft.js";
import { place } from "./faults.js";
import { stepping } from "./stepping.js";

const PAUSE = 250; // [ms] after the last key

const form = document.querySelector("form#entry");
const beside = document.querySelector("#beside");
const said = document.querySelector("#said");
const draft = keeper(form, restore);
let editor = null;
let asked = null; // the question under way
let timer = 0;
let leaving = false; // handed in: nothing that is still under way may come between

const isWritten = (element) => Boolean(element.closest("#ways")) || element.name === "board";

// Whoever logs in again on another page has a new token, and this form the old one.
function renew() {
  const cookie = document.cookie.split("; ").find((it) => it.startsWith("csrftoken="));
  if (cookie) form.elements.csrfmiddlewaretoken.value = cookie.slice("csrftoken=".length);
}

// The file inputs stay out: whoever types does not send megabytes along.
function written() {
  renew();
  const fields = new FormData(form);
  for (const name of ["file", "weights"]) fields.delete(name);
  return fields;
}

async function look({ byHand = false, again = false } = {}) {
  asked?.abort();
  asked = new AbortController();
  try {
    const answer = await fetch(form.dataset.preview, { method: "POST", body: written(), signal: asked.signal });
    // an old token is refused once, and the refusal brings a new one
    if (answer.status === 403 && !again) return look({ byHand, again: true });
    if (!answer.ok) return trouble(answer.status === 403 ? "loggedOut" : "unwell");
    const { problems, refused, beside: drawn } = await answer.json();
    trouble(null);
    show(drawn);
    place(form, form.elements.way.value === "file" ? [] : problems, refused);
    editor?.mark(problems);
    if (byHand) for (const old of said.querySelectorAll("#problems, #verdict")) old.remove();
  } catch (error) {
    if (error.name !== "AbortError") trouble("unwell");
  }
}

function show(drawn) {
  stale(drawn === null);
  if (drawn === null) return;
  const open = Boolean(beside.querySelector("details[open]"));
  beside.innerHTML = drawn;
  if (open) beside.querySelector("details")?.setAttribute("open", "");
  localise(beside);
}

function stale(is) {
  const drawn = is && !beside.querySelector(".empty");
  beside.classList.toggle("stale", drawn);
  document.querySelector("#stale").hidden = !drawn;
}

function trouble(kind) {
  for (const notice of document.querySelectorAll("[data-trouble]")) notice.hidden = notice.dataset.trouble !== kind;
}

// Another way, a layer more or less, a check: the whole page is asked for, and its parts put in.
async function turn(body, button) {
  asked?.abort();
  const answer = await fetch(form.getAttribute("action"), { method: "POST", body });
  const page = new DOMParser().parseFromString(await answer.text(), "text/html");
  if (!page.querySelector("#ways")) return false;
  // where nobody asked for a verdict, faults are said at their places; but why no form opened is told
  if (button?.value !== "check" && !page.querySelector("[data-closed]")) page.querySelector("#problems")?.remove();
  for (const part of ["#ways", "#said", "#beside", "#weights-field", "#reference"]) {
    const [here, there] = [document.querySelector(part), page.querySelector(part)];
    // what was drawn last stays until there is another
    if (part === "#beside" && there.querySelector(".empty")) stale(true);
    else if (here && there) here.replaceChildren(...there.childNodes);
  }
  localise(document);
  enhance();
  focusAfter(button);
  look();
  return true;
}

function focusAfter(button) {
  const { value = "", id = "" } = button ?? {};
  if (value === "check") {
    const notice = said.querySelector(".notice");
    notice?.setAttribute("tabindex", "-1");
    notice?.focus();
  } else if (value === "add") {
    [...form.querySelectorAll(".layers input")].at(-1)?.select();
  } else if (value.startsWith("remove.")) {
    form.querySelector("#add-layer")?.focus();
  } else if (id) {
    document.getElementById(id)?.focus();
  }
}

function enhance() {
  const area = form.querySelector("#source");
  editor = area.closest("[hidden]") ? null : numbered(area);
  // the editor marks the lines itself
  if (editor) for (const list of said.querySelectorAll(".listing")) list.remove();
}

async function restore(pairs) {
  renew();
  const body = new FormData();
  for (const [name, value] of pairs) {
    body.append(name, value);
    const field = form.elements[name];
    if (name === "title" || name === "note" || name === "board") field.value = value;
  }
  body.set("csrfmiddlewaretoken", form.elements.csrfmiddlewaretoken.value);
  body.set("action", body.get("way") === "file" ? "text" : body.get("way"));
  await turn(body, { id: "way-form" });
}

form.addEventListener("input", (event) => {
  draft.keep();
  if (event.target.id === "file") return form.querySelector("#read-file").click();
  if (!isWritten(event.target)) return;
  clearTimeout(timer);
  timer = setTimeout(() => look({ byHand: true }), PAUSE);
});

form.addEventListener("submit", (event) => {
  renew();
  const button = event.submitter;
  leaving = button?.value === "submit";
  if (!button || leaving || form.dataset.plainly) return;
  event.preventDefault();
  const body = new FormData(form, button);
  turn(body, button)
    .catch(() => false)
    .then((done) => {
      if (done) return draft.keep({ unlessKept: true });
      if (leaving) return;
      // whatever it was that answered: the browser shows it
      form.dataset.plainly = "yes";
      form.requestSubmit(button);
    });
});

document.addEventListener("click", (event) => {
  const line = event.target.closest?.('a[href^="#line-"]')?.hash.slice("#line-".length);
  if (line && editor) {
    event.preventDefault();
    editor.show(Number(line));
  }
});

form.addEventListener("keydown", stepping);
enhance();
draft.offer();
if (form.dataset.draft) look();
