// The text area with line numbers, and what is wrong written behind its lines.

// What of a text is marked: each wrong line once, with all that is wrong in it.
export function marks(text, problems) {
  const lines = text.split("\n");
  const found = new Map();
  for (const { line, field, message } of problems) {
    if (!line) continue;
    const number = Math.min(line, lines.length);
    const words = field ? `${field}: ${message}` : message;
    const known = found.get(number);
    found.set(number, { number, text: lines[number - 1], words: known ? `${known.words}; ${words}` : words });
  }
  return [...found.values()].sort((one, other) => one.number - other.number);
}

export function numbers(text) {
  const count = text.split("\n").length;
  return Array.from({ length: count }, (_, index) => index + 1).join("\n");
}

// The space that a new line begins with: that of the line it follows, more after an opening bracket.
export function indentation(before) {
  const line = before.slice(before.lastIndexOf("\n") + 1);
  const own = line.match(/^[ ]*/)[0];
  return /[[{:]\s*$/.test(line) ? `${own}  ` : own;
}

export function numbered(area) {
  const editor = area.parentElement;
  const gutter = made("pre", "gutter");
  const behind = made("div", "behind");
  editor.prepend(behind, gutter);
  editor.classList.add("numbered");

  function scroll() {
    gutter.scrollTop = area.scrollTop;
    behind.firstElementChild.style.transform = `translateY(${-area.scrollTop}px)`;
    for (const copy of behind.querySelectorAll("span")) copy.style.transform = `translateX(${-area.scrollLeft}px)`;
  }
  function count() {
    const wanted = numbers(area.value);
    if (gutter.textContent !== wanted) gutter.textContent = wanted;
  }
  function mark(problems) {
    const sheet = document.createElement("div");
    for (const { number, text, words } of marks(area.value, problems)) {
      const line = made("p", "wrong");
      line.style.top = `${(number - 1) * 1.5}em`;
      const copy = document.createElement("span");
      const said = document.createElement("em");
      said.textContent = words;
      copy.append(text, said);
      line.append(copy);
      sheet.append(line);
    }
    behind.replaceChildren(sheet);
    scroll();
  }
  function show(number) {
    const before = area.value.split("\n").slice(0, number - 1).join("\n").length + (number > 1 ? 1 : 0);
    area.focus();
    area.setSelectionRange(before, before);
    area.scrollTop = Math.max(0, (number - 6) * lineHeight(area));
  }

  area.addEventListener("scroll", scroll);
  area.addEventListener("input", count);
  area.addEventListener("keydown", (event) => {
    if (event.key !== "Enter" || event.ctrlKey || event.metaKey || event.isComposing) return;
    const space = indentation(area.value.slice(0, area.selectionStart));
    // the command, old as it is, is what keeps the browser's own undo
    if (space && document.execCommand("insertText", false, `\n${space}`)) event.preventDefault();
  });
  count();
  mark([]);
  return { mark, show };
}

function made(tag, name) {
  const element = document.createElement(tag);
  element.className = name;
  element.setAttribute("aria-hidden", "true");
  return element;
}

const lineHeight = (area) => Number.parseFloat(getComputedStyle(area).lineHeight) || 20;
