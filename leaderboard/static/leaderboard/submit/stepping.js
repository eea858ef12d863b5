// Up and down in a field of numbers: one more or less of its last digit, ten with shift.

export function stepped(typed, by, { least, most }) {
  const value = Number(typed);
  if (typed.trim() === "" || !Number.isFinite(value)) return typed;
  const digits = Math.max(0, (typed.split(/e/i)[0].split(".")[1] ?? "").length - Number(typed.split(/e/i)[1] ?? 0));
  const next = Math.min(most, Math.max(least, value + by * 10 ** -digits));
  return String(Number(next.toFixed(Math.min(digits, 20))));
}

export function stepping(event) {
  const { target, key, shiftKey } = event;
  const way = { ArrowUp: 1, ArrowDown: -1 }[key];
  if (!way || !target.dataset?.kind) return;
  event.preventDefault();
  const bounds = { least: Number(target.dataset.ge), most: Number(target.dataset.le) };
  const value = stepped(target.value, way * (shiftKey ? 10 : 1), bounds);
  if (value === target.value) return;
  target.value = value;
  target.dispatchEvent(new Event("input", { bubbles: true }));
}
