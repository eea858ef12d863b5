// What may be drawn on the road beneath the cars: what the network sees, what the safety rule looks
// at, and the whole map of who is where.

import { CENTRE, EMPTY, LANE, LANES, ROW, ROWS, mph } from "./rules.js";

const FREE = "#63c08b";
const TAKEN = "#ff6a5a";
const SEEN = "#6ea8ff";

// The cells of a view around the ego with what the network is told of them, farthest row first.
// It stands in the lane from which the ego saw them in this very frame.
export function cellsSeen(traffic, { sides, ahead, behind }) {
  const row = Math.floor(Math.floor(traffic.y[0]) / ROW);
  const found = [];
  for (let down = -ahead; down < behind; down++) {
    for (let across = -sides; across <= sides; across++) {
      const [column, at] = [traffic.sees + across, row + down];
      found.push({ column, row: at, value: traffic.at(column, at, 0) / EMPTY });
    }
  }
  return found;
}

// The cells that the safety rule looks at: ahead, for the speed; at each side, for a turn.
export function cellsChecked(traffic) {
  const column = Math.floor((traffic.x[0] + CENTRE) / LANE);
  const ahead = [1, 2, 3, 4].map((rows) => {
    const row = Math.floor((traffic.y[0] - ROW * rows) / ROW);
    return { column, row, free: traffic.at(column, row, EMPTY) >= EMPTY };
  });
  const beside = [-1, 1].flatMap((side) =>
    traffic.rowsOfTurn(0).map((row) => ({ column: column + side, row, free: traffic.at(column + side, row, 0) >= EMPTY })),
  );
  return { ahead, beside: beside.filter((cell) => cell.column >= 0 && cell.column < LANES) };
}

function fill(picture, cell, colour, alpha) {
  const { pen, sx, sy } = picture;
  pen.globalAlpha = alpha;
  pen.fillStyle = colour;
  pen.fillRect(picture.toX(cell.column * LANE) + 0.5, picture.toY(cell.row * ROW) + 0.5, LANE * sx - 1, ROW * sy - 1);
}

function write(picture, cell, words) {
  const { pen, sy } = picture;
  pen.globalAlpha = 0.95;
  pen.fillStyle = picture.colours.paint;
  pen.font = `${Math.min(10, ROW * sy).toFixed(1)}px ${picture.font}`;
  pen.textAlign = "center";
  pen.textBaseline = "middle";
  pen.fillText(words, picture.toX((cell.column + 0.5) * LANE), picture.toY((cell.row + 0.5) * ROW) + 0.5);
}

export const input = (view) => (picture, traffic) => {
  for (const cell of cellsSeen(traffic, view)) {
    if (cell.row < 0 || cell.row >= ROWS) continue;
    fill(picture, cell, cell.value === 1 ? SEEN : picture.colours.signal, cell.value === 1 ? 0.2 : 0.5);
    if (cell.value !== 1 && cell.column >= 0 && cell.column < LANES) write(picture, cell, cell.value.toFixed(3).replace("0.", "."));
  }
  picture.pen.globalAlpha = 1;
};

export function safety(picture, traffic) {
  const { ahead, beside } = cellsChecked(traffic);
  for (const cell of [...ahead, ...beside]) fill(picture, cell, cell.free ? FREE : TAKEN, cell.free ? 0.35 : 0.65);
  picture.pen.globalAlpha = 1;
}

export function map(picture, traffic) {
  for (let row = 0; row < ROWS; row++) {
    for (let column = 0; column < LANES; column++) {
      const speed = traffic.cells[row * LANES + column];
      if (speed >= EMPTY) {
        fill(picture, { column, row }, picture.colours.paint, 0.05);
        continue;
      }
      fill(picture, { column, row }, picture.colours.signal, 0.25 + 0.15 * Math.max(0, speed));
      write(picture, { column, row }, Math.round(mph(speed)));
    }
  }
  picture.pen.globalAlpha = 1;
}
