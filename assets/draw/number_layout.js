// Where the groups of bars stand, in shares of the pad's side. Knows no page.

const WIDEST = 0.18;
const EDGE = 0.01;

// The width of each of so many groups.
export const findWidth = (count) => Math.min(WIDEST, (1 - 2 * EDGE) / count);

// Groups of one width in a row: each as near to its middle as the others and the pad's edges allow. Gives where each
// begins.
export function spread(middles, width) {
  let left = EDGE;
  const lefts = middles.map((middle) => {
    const begin = Math.max(left, middle - width / 2);
    left = begin + width;
    return begin;
  });
  for (let place = lefts.length - 1, right = 1 - EDGE; place >= 0; place -= 1) {
    lefts[place] = Math.min(lefts[place], right - width);
    right = lefts[place];
  }
  return lefts;
}
