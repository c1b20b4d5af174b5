// The digit that draws itself on an empty pad, some rounds long. Knows no page.

const SECONDS = 1.6;
const PAUSE = 1.1;
// Between two looks, in seconds. At every frame of the screen an open page would keep a processor busy for a quarter.
const STEP = 0.04;
export const USUAL_ROUNDS = 6;
const DIGITS = [
  [[[0.36, 0.3], [0.45, 0.22], [0.57, 0.22], [0.64, 0.3], [0.62, 0.4], [0.5, 0.47], [0.62, 0.53], [0.67, 0.63],
    [0.61, 0.74], [0.48, 0.78], [0.35, 0.71]]],
  [[[0.34, 0.26], [0.5, 0.25], [0.67, 0.25], [0.6, 0.42], [0.52, 0.6], [0.46, 0.79]]],
  [[[0.36, 0.36], [0.41, 0.26], [0.52, 0.22], [0.63, 0.28], [0.64, 0.4], [0.55, 0.54], [0.36, 0.75], [0.52, 0.75],
    [0.68, 0.75]]],
  [[[0.54, 0.22], [0.42, 0.38], [0.33, 0.56], [0.5, 0.57], [0.69, 0.56]], [[0.58, 0.42], [0.58, 0.6], [0.57, 0.79]]],
];

// The strokes that are seen after some seconds, and in how many seconds they change: never again after the last round.
// Where nothing should move the first digit stands there whole.
export function traceGhost(seconds, isStill, rounds) {
  const round = Math.floor(seconds / (SECONDS + PAUSE));
  const isOver = isStill || round >= rounds;
  const passed = Math.max(0, seconds - round * (SECONDS + PAUSE));
  const share = isOver ? 1 : Math.min(1, passed / SECONDS);
  const pause = share < 1 ? STEP : SECONDS + PAUSE - passed;
  const whole = DIGITS[(isOver ? 0 : Math.max(0, round)) % DIGITS.length].map(roundOff);
  let left = whole.flat().length * share;
  const strokes = [];
  for (const stroke of whole) {
    if (left > 1) strokes.push(stroke.slice(0, Math.ceil(left)));
    left -= stroke.length;
  }
  return { strokes, wait: isOver ? Infinity : pause };
}

// Corners -> a smooth line of many points (Catmull-Rom).
function roundOff(corners) {
  const at = (index) => corners[Math.min(corners.length - 1, Math.max(0, index))];
  const points = [];
  for (let index = 0; index < corners.length - 1; index += 1) {
    for (let step = 0; step < 8; step += 1) {
      const share = step / 8;
      points.push([0, 1].map((axis) => {
        const [a, b, c, d] = [-1, 0, 1, 2].map((offset) => at(index + offset)[axis]);
        return b + 0.5 * share * (c - a + share * (2 * a - 5 * b + 4 * c - d + share * (3 * (b - c) + d - a)));
      }));
    }
  }
  return [...points, corners.at(-1)];
}
