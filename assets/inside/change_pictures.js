// What a change does to the drawing, painted.

import { make } from "../shared/dom.js";
import { decodeBytes, traceBorder } from "../shared/pixels.js";

const CELL = 12;
// The pictures are black in light and dark.
const ADDED = "147, 165, 255";
const REMOVED = "#ff5a4d";

export function makeDifference(before, after) {
  const canvas = make("canvas", { width: 28 * CELL, height: 28 * CELL });
  paintDifference(canvas, before, after);
  return canvas;
}

// Ink that comes is filled, ink that goes is outlined.
export function paintDifference(canvas, before, after) {
  const context = canvas.getContext("2d");
  const [from, to] = [decodeBytes(before), decodeBytes(after)];
  context.fillStyle = "#000";
  context.fillRect(0, 0, canvas.width, canvas.height);
  const fill = (index, color) => {
    context.fillStyle = color;
    context.fillRect((index % 28) * CELL, Math.floor(index / 28) * CELL, CELL, CELL);
  };
  from.forEach((value, index) => {
    if (value) fill(index, `rgb(${value}, ${value}, ${value})`);
    if (to[index] > value + 8) fill(index, `rgba(${ADDED}, ${(to[index] - value) / 255})`);
  });
  context.strokeStyle = REMOVED;
  context.lineWidth = 3;
  context.beginPath();
  traceBorder(context, CELL, (row, column) => from[row * 28 + column] - to[row * 28 + column] > 64);
  context.stroke();
}
