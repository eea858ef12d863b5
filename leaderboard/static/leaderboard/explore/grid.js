// Which point is nearest, and where what is told of it stands. The plane is cut into squares, so that
// few points are looked at.

export function gridOf(xs, ys, size) {
  const squares = new Map();
  for (let at = 0; at < xs.length; at++) {
    if (Number.isNaN(xs[at])) continue;
    const key = keyOf(Math.floor(xs[at] / size), Math.floor(ys[at] / size));
    const square = squares.get(key);
    if (square) square.push(at);
    else squares.set(key, [at]);
  }
  return { xs, ys, size, squares };
}

function keyOf(column, row) {
  return `${column} ${row}`;
}

// Within a square's width; of equally near ones the later, which is drawn on top. -1: none.
export function nearest({ xs, ys, size, squares }, x, y) {
  let [found, least] = [-1, size * size];
  const [column, row] = [Math.floor(x / size), Math.floor(y / size)];
  for (let across = column - 1; across <= column + 1; across++) {
    for (let down = row - 1; down <= row + 1; down++) {
      for (const at of squares.get(keyOf(across, down)) ?? []) {
        const distance = (xs[at] - x) ** 2 + (ys[at] - y) ** 2;
        if (distance <= least) [found, least] = [at, distance];
      }
    }
  }
  return found;
}

const AWAY = 16; // [px] of what is told from its point

// Where a box stands so that its point is seen: to the right, to the left, else above or below.
export function placed(x, y, width, height, room) {
  const level = Math.max(4, y - height / 2);
  if (x + AWAY + width <= room) return [x + AWAY, level];
  if (x - AWAY - width >= 4) return [x - AWAY - width, level];
  const left = Math.max(4, Math.min(room - width - 4, x - width / 2));
  return [left, y - height - AWAY >= 4 ? y - height - AWAY : y + AWAY];
}
