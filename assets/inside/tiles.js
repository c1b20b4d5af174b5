// The maps of one layer side by side on a canvas. `part` has a shape: [height, width, channels] or [units].

import { make } from "../shared/dom.js";

const GAP = 1;
const LEAST_TILE = 44;

export const mapShape = ({ shape }) => (shape.length === 3 ? shape : [1, 1, ...shape]);

// The server lays the maps in rows of `served`; here there are as many in a row as are wide enough to be tapped.
export async function paintTiles(canvas, png, served, part) {
  const [height, width, channels] = mapShape(part);
  const picture = new Image();
  picture.src = `data:image/png;base64,${png}`;
  await picture.decode();
  const style = getComputedStyle(canvas.parentElement);
  const padding = parseFloat(style.paddingLeft) + parseFloat(style.paddingRight);
  const room = (canvas.parentElement.clientWidth || 800) - padding;
  const columns = Math.max(1, Math.min(channels, served, Math.floor(room / LEAST_TILE)));
  canvas.width = columns * (width + GAP);
  canvas.height = Math.ceil(channels / columns) * (height + GAP);
  canvas.dataset.columns = columns;
  canvas.style.maxWidth = `${columns * (width === 1 ? LEAST_TILE : 84)}px`;
  const context = canvas.getContext("2d");
  for (let channel = 0; channel < channels; channel += 1) {
    const [left, top] = [(channel % served) * width, Math.floor(channel / served) * height];
    context.drawImage(picture, left, top, width, height, ...cornerOf(canvas, part, channel), width, height);
  }
}

// Left and top of a channel's tile, in pixels of the canvas.
export function cornerOf(canvas, part, channel) {
  const [height, width] = mapShape(part);
  const columns = Number(canvas.dataset.columns);
  return [(channel % columns) * (width + GAP), Math.floor(channel / columns) * (height + GAP)];
}

// What lies under the pointer: { channel, row, column }, or null.
export function tileAt(event, canvas, part) {
  const [height, width, channels] = mapShape(part);
  const box = canvas.getBoundingClientRect();
  const x = ((event.clientX - box.left) / box.width) * canvas.width;
  const y = ((event.clientY - box.top) / box.height) * canvas.height;
  const columns = Number(canvas.dataset.columns);
  const [column, row] = [Math.floor(x / (width + GAP)), Math.floor(y / (height + GAP))];
  const channel = row * columns + column;
  if (column < 0 || column >= columns || channel < 0 || channel >= channels) return null;
  const within = (value, side) => Math.min(side - 1, Math.max(0, Math.floor(value)));
  return { channel, row: within(y - row * (height + GAP), height), column: within(x - column * (width + GAP), width) };
}

// A frame about a channel's tile, or about one place in it.
export function markTile(canvas, part, channel, place = null) {
  const [height, width] = mapShape(part);
  const [left, top] = cornerOf(canvas, part, channel);
  const scale = canvas.clientWidth / canvas.width;
  const [x, y, w, h] = place ? [left + place[1], top + place[0], 1, 1] : [left, top, width, height];
  const mark = make("span", { className: `mark ${place ? "place-mark" : "tile-mark"}` });
  Object.assign(mark.style, {
    left: `${canvas.offsetLeft + x * scale}px`,
    top: `${canvas.offsetTop + y * scale}px`,
    width: `${w * scale}px`,
    height: `${h * scale}px`,
  });
  canvas.after(mark);
}
