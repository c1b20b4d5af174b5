// What may be wrong with ink that is not recognised as a digit. Knows no page.

const EDGE = 0.006;
const SMALL = 0.15;

// gestures: see ink.js; extent: the longer side of the box around all points, as a share of the pad's. Gives "cut"
// where the pen left the pad or touched its edge, "small", or "" where nothing is to be seen.
export function findFault(gestures, extent) {
  const isAtEdge = (value) => value < EDGE || value > 1 - EDGE;
  const isCut = gestures.some(({ strokes }) => (
    strokes.length > 1 || strokes.some((stroke) => stroke.some(([x, y]) => isAtEdge(x) || isAtEdge(y)))
  ));
  if (isCut) return "cut";
  return extent < SMALL ? "small" : "";
}
