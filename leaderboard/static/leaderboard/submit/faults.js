// What is wrong, said at its field in the form and with its line under the text.

// Each fault once: at the field that the form has, or else in the list.
export function sorted(problems, fields) {
  const [at, listed] = [new Map(), []];
  for (const problem of problems) {
    if (!fields.has(problem.field)) listed.push(problem);
    else at.set(problem.field, [...(at.get(problem.field) ?? []), problem.message]);
  }
  return { at, listed };
}

// What stands above the buttons: how much there is to mend, wherever on the page it is.
export function summary(fields, refused) {
  if (fields) return `${fields} field${fields > 1 ? "s" : ""} to mend`;
  return refused ? "It costs more than it may; what would fit stands under what it takes." : "";
}

export function place(form, problems, refused) {
  const slots = new Map([...form.querySelectorAll("[data-fault]")].map((slot) => [slot.dataset.fault, slot]));
  const { at, listed } = sorted(problems, slots);
  for (const [name, slot] of slots) {
    const words = (at.get(name) ?? []).join("; ");
    if (slot.textContent !== words) slot.textContent = words;
    form.elements[name]?.toggleAttribute?.("aria-invalid", false);
    if (words) form.elements[name]?.setAttribute?.("aria-invalid", "true");
  }
  const source = form.elements.source;
  if (problems.length && !slots.size) source.setAttribute("aria-invalid", "true");
  else source.removeAttribute("aria-invalid");
  form.querySelector("#faults").replaceChildren(...listed.map(item));
  const count = form.querySelector("#count");
  const words = summary(at.size, refused);
  if (count && count.textContent !== words) count.textContent = words;
}

function item({ line, field, message }) {
  const entry = document.createElement("li");
  if (line) {
    const link = document.createElement("a");
    link.href = `#line-${line}`;
    link.textContent = `Line ${line}`;
    entry.append(link, ": ");
  }
  entry.append(field ? `${field}: ${message}` : message);
  return entry;
}
