// Drawings as tiles: ink as lines, images as pixels. A drawing has `id`, and `ink` or `image`; see the server's
// `describe_picture`.

import { make } from "../shared/dom.js";
import { decodeBytes, paintPixels } from "../shared/pixels.js";

const SIDE = 96;
const MARGIN = 0.16;

// A canvas with the drawing on it, named for those who cannot see it.
export function makeTile(drawing, label = "") {
  const canvas = make("canvas", { className: "drawn" });
  canvas.setAttribute("role", "img");
  canvas.setAttribute("aria-label", label);
  paintTile(canvas, drawing);
  return canvas;
}

export function paintTile(canvas, { ink, image }) {
  canvas.width = canvas.height = image ? 28 : SIDE;
  canvas.classList.toggle("pixels", Boolean(image));
  if (image) paintPixels(canvas, decodeBytes(image));
  else paintInk(canvas, ink);
}

function paintInk(canvas, strokes) {
  const context = canvas.getContext("2d");
  const points = strokes.flat();
  const [xs, ys] = [0, 1].map((axis) => points.map((point) => point[axis]));
  const [left, top] = [Math.min(...xs), Math.min(...ys)];
  const [width, height] = [Math.max(...xs) - left, Math.max(...ys) - top];
  const scale = (SIDE * (1 - 2 * MARGIN)) / Math.max(width, height, 1);
  const shift = [SIDE / 2 - (left + width / 2) * scale, SIDE / 2 - (top + height / 2) * scale];
  Object.assign(context, { lineWidth: SIDE * 0.09, lineCap: "round", lineJoin: "round", fillStyle: "#000", strokeStyle: "#fff" });
  context.fillRect(0, 0, SIDE, SIDE);
  context.beginPath();
  for (const stroke of strokes) {
    stroke.forEach(([x, y], index) => {
      const place = [x * scale + shift[0], y * scale + shift[1]];
      if (index) context.lineTo(...place);
      else context.moveTo(...place);
    });
    if (stroke.length === 1) context.lineTo(stroke[0][0] * scale + shift[0] + 0.01, stroke[0][1] * scale + shift[1]);
  }
  context.stroke();
}
