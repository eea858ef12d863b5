// Where a value stands on a scale and which colour it has: the same as leaderboard/charts has them.

const MIXING = 2654435761;

// How far a point is moved from its like, -0.5 to 0.5: always the same for the same submission.
export function apart(number) {
  return (Math.imul(number, MIXING) >>> 0) / 2 ** 32 - 0.5;
}

export function shareOf(scale, value, number) {
  const along = (it) => (it - scale.low) / (scale.high - scale.low);
  if (scale.kind === "log") {
    const share = value > 0 ? scale.slot + (1 - scale.slot) * along(Math.log10(value)) : scale.slot / 2;
    return share + scale.spread * apart(number);
  }
  return along(value) + scale.spread * apart(number);
}

// -1: none. A step begins at its cut.
export function colourOf(colours, value) {
  if (value === null || value === undefined) return -1;
  if (colours.kind === "word") return value;
  let below = 0;
  for (const cut of colours.cuts) below += value >= cut;
  return below;
}

// A column's values for some submissions, all in ascending order; it may know others, and lack some:
// scores come in between two answers. Its numbers come as differences.
export function aligned(column, submissions) {
  const values = new Array(submissions.length).fill(null);
  let [number, place] = [0, 0];
  column.submissions.forEach((step, at) => {
    number += step;
    while (place < submissions.length && submissions[place] < number) place++;
    if (submissions[place] === number) values[place] = column.values[at];
  });
  return values;
}

export function shown(column, value) {
  if (value === null) return "hidden";
  if (column.words.length) return column.words[value];
  if (column.moment) return new Date(1000 * value).toLocaleDateString("en-GB", { day: "numeric", month: "short", year: "numeric" });
  return value.toLocaleString("en-GB", { maximumSignificantDigits: 6 });
}
