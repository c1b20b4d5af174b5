// What a change does to the drawing, painted and in words.

import { make } from "../shared/dom.js";
import { decodeBytes, traceBorder } from "../shared/pixels.js";
import { t } from "../shared/texts.js";

const CELL = 12;
// The pictures are black in light and dark.
const ADDED = "147, 165, 255";
const REMOVED = "#ff5a4d";

export const makeDifference = (before, after) => paintDifference(make("canvas", { width: 28 * CELL, height: 28 * CELL }), before, after);

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
  return canvas;
}

export function describeChange({ unit, change }) {
  const size = Math.abs(change.amount);
  return t(`change_said_${change.effect}`, {
    amount: size.toFixed(unit === "percent" || (unit === "degrees" && size >= 10) ? 0 : 1),
    place: change.place && t(`change_place_${change.place}`),
    label: change.label,
  });
}

// Why a family of changes gave nothing.
export function describeNone({ family, lowest, highest, isComplete, ...search }) {
  const tried = countEdited(search);
  if (!tried) return t("change_impossible", { family: t(`change_family_${family}`) });
  const range = t(`change_range_${family}`, { lowest: Math.abs(lowest).toFixed(0), highest: highest.toFixed(0) });
  return t(isComplete ? "change_tried" : "change_stopped", { range, tried: tried.toLocaleString() });
}

// One of the images that were predicted is the drawing itself.
export const countEdited = ({ tried }) => tried - 1;

export const percentOfInk = (cost) => (cost < 0.1 ? (cost * 100).toFixed(1) : Math.round(cost * 100));
