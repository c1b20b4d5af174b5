// The points of the map, and where they lie on the canvas, in shares of its sides. Knows no page.

import { decodeBytes } from "../shared/pixels.js";

const MARGIN = 0.05;

// answer: { num, places, predicted, indices, labels }, the last four as base64 of arrays.
export function openPoints({ num, ...arrays }) {
  const bytes = (name) => decodeBytes(arrays[name]).buffer;
  const places = new Float32Array(bytes("places"));
  const predicted = new Int8Array(bytes("predicted"));
  const bounds = [Infinity, Infinity, -Infinity, -Infinity];
  places.forEach((value, index) => {
    const axis = index % 2;
    bounds[axis] = Math.min(bounds[axis], value);
    bounds[axis + 2] = Math.max(bounds[axis + 2], value);
  });
  const span = (axis) => Math.max(bounds[axis + 2] - bounds[axis], 1e-6);
  const toShare = (value, axis) => MARGIN + ((value - bounds[axis]) / span(axis)) * (1 - 2 * MARGIN);
  const shares = places.map((value, index) => toShare(value, index % 2));
  return {
    num,
    predicted,
    indices: new Int32Array(bytes("indices")),
    labels: new Int8Array(bytes("labels")),
    // From the map to the canvas and back, on one axis: 0 across, 1 down.
    toShare,
    toValue: (share, axis) => bounds[axis] + ((share - MARGIN) / (1 - 2 * MARGIN)) * span(axis),
    shares, // of all points, across and down in turn
    at: (index) => [shares[index * 2], shares[index * 2 + 1]],
    // The middle of the points that are taken for a digit; not a number where there is none.
    middles: Array.from({ length: 10 }, (_, digit) => [0, 1].map((axis) => (
      median(shares.filter((_share, index) => index % 2 === axis && predicted[index >> 1] === digit))))),
  };
}

function median(values) {
  return values.length ? [...values].sort((a, b) => a - b)[values.length >> 1] : NaN;
}

// The number of the point nearest to a place; -1 where none is within `reach` of it. Lengths are shares of the width.
export function findNearest(points, [x, y], reach, heightOverWidth) {
  let best = -1;
  let least = reach ** 2;
  for (let index = 0; index < points.num; index += 1) {
    const across = points.shares[index * 2] - x;
    const down = (points.shares[index * 2 + 1] - y) * heightOverWidth;
    const distance = across * across + down * down;
    if (distance < least) [best, least] = [index, distance];
  }
  return best;
}
