// Asks before a typed configuration is left behind by a link, a reload or a closed tab.

const form = document.querySelector("form#entry");
const watched = ["source", "title", "note"].map((name) => form.elements[name]);
let sent = false;

const isChanged = (fields) => fields.some((field) => field.value !== field.defaultValue);

form.addEventListener("submit", () => {
  sent = true;
});
window.addEventListener("beforeunload", (event) => {
  if (!sent && isChanged(watched)) event.preventDefault();
});
