// What the network expected of each action at a decision, as bars, with the one taken marked.

const SHORTEST = 0.08; // [1] of a bar's room: of the action that it expected least of

// How long each bar is: from the least to the most of this decision.
export function lengths(values) {
  const [low, high] = [Math.min(...values), Math.max(...values)];
  const room = high - low || 1;
  return values.map((value) => SHORTEST + (1 - SHORTEST) * ((value - low) / room));
}

const real = (value) => value.toFixed(3).replace("-", "\u2212");

export class Values {
  constructor(list) {
    this.rows = [...list.children].map((row) => ({
      row,
      bar: row.querySelector("i i"),
      number: row.querySelector("b"),
    }));
    this.shown = -1;
  }

  show(number, decision) {
    if (number === this.shown) return;
    this.shown = number;
    const values = decision?.values;
    const long = values ? lengths(values) : [];
    this.rows.forEach(({ row, bar, number: words }, action) => {
      row.toggleAttribute("data-taken", decision?.action === action);
      bar.style.width = values ? `${(100 * long[action]).toFixed(1)}%` : "0";
      words.textContent = values ? real(values[action]) : "";
    });
  }
}
