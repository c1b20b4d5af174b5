// Where each map of a network stands in its picture. Knows no page.

import { mapShape } from "../shared/engine.js";

const LARGEST_TILE = 56;
const OUTPUTS = 40; // height of the last strip, which holds names

// shapes: of the layers' outputs; the image comes first. Gives one strip for the image and each layer, from above:
// { top, left, height, tile, columns, count, map: [height, width] }, in the units of width and height.
export function layOut(shapes, width, height) {
  const strips = [[28, 28, 1], ...shapes].map(mapShape).map(([rows, columns, count]) => ({ map: [rows, columns], count }));
  const last = strips.at(-1);
  const weigh = (strip) => (strip === last ? 0 : strip.map[0] > 1 ? 1 : 0.5);
  const total = strips.reduce((sum, strip) => sum + weigh(strip), 0);
  const space = height / 40; // between strips, for the paths
  const room = height - OUTPUTS - space * (strips.length - 1);
  let top = 0;
  for (const strip of strips) {
    const most = strip === last ? OUTPUTS : room * weigh(strip) / total;
    Object.assign(strip, strip === last ? spread(strip.count, width) : pack(strip.count, width, most));
    strip.top = top;
    strip.height = most;
    strip.left = (width - strip.columns * strip.tile) / 2;
    strip.inset = strip === last ? 0 : (most - Math.ceil(strip.count / strip.columns) * strip.tile) / 2;
    top += most + space;
  }
  return strips;
}

// The largest squares of which so many fit.
function pack(count, width, height) {
  let best = { tile: 0, columns: 1 };
  for (let rows = 1; rows <= count; rows += 1) {
    const columns = Math.ceil(count / rows);
    const tile = Math.min(height / rows, width / columns, LARGEST_TILE);
    if (tile > best.tile) best = { tile, columns };
    if (height / rows < best.tile) break;
  }
  return best;
}

const spread = (count, width) => ({ tile: Math.min(width / count, 1.4 * OUTPUTS), columns: count });

// Left and top of a channel's tile.
export function cornerOf(strip, channel) {
  const row = Math.floor(channel / strip.columns);
  return [strip.left + (channel % strip.columns) * strip.tile, strip.top + strip.inset + row * strip.tile];
}

// What lies at a point: { number, channel } of a strip, or null.
export function findTile(strips, x, y) {
  const number = strips.findIndex(({ top, height }) => y >= top && y < top + height);
  if (number < 0) return null;
  const strip = strips[number];
  const column = Math.floor((x - strip.left) / strip.tile);
  const row = number === strips.length - 1 ? 0 : Math.floor((y - strip.top - strip.inset) / strip.tile);
  const channel = row * strip.columns + column;
  const isThere = column >= 0 && column < strip.columns && row >= 0 && channel < strip.count;
  return isThere ? { number, channel } : null;
}
