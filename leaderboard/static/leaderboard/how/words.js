// Numbers as the pages write them, and what several pieces need.

const grouped = new Intl.NumberFormat("en-US");

export const whole = (value) => grouped.format(value);
export const many = (count) => (count === 1 ? "" : "s");
// two digits, with a real minus
export const plain = (value) => value.toFixed(2).replace("-", "\u2212");
export const still = () => matchMedia("(prefers-reduced-motion: reduce)").matches;

// The file behind a piece, asked for once; a piece whose file does not come stays the picture it was.
export function asked(address) {
  let answer = null;
  return () => {
    answer ??= fetch(address).then((it) => (it.ok ? it.json() : Promise.reject(new Error(address))));
    return answer.catch((error) => {
      answer = null;
      throw error;
    });
  };
}
