// The points of the map, and the one under the pointer.

import assert from "node:assert/strict";
import { test } from "node:test";

import { findNearest, openPoints } from "../../assets/data/map_points.js";

const encode = (array) => Buffer.from(array.buffer).toString("base64");

// Four corners of a map ten wide and twenty high, and its middle.
const points = openPoints({
  num: 5,
  places: encode(new Float32Array([0, 0, 10, 0, 0, 20, 10, 20, 5, 10])),
  predicted: encode(new Int8Array([3, 3, 3, 7, 7])),
  labels: encode(new Int8Array([3, -1, 3, 7, 9])),
  indices: encode(new Int32Array([70000, 1, 2, 3, 4])),
});

test("arrays arrive as they were sent", () => {
  assert.deepEqual([...points.indices], [70000, 1, 2, 3, 4]);
  assert.deepEqual([...points.labels], [3, -1, 3, 7, 9]);
});

test("the map fills the canvas, but for a margin", () => {
  assert.deepEqual(points.at(4), [0.5, 0.5]);
  const [left, top, right, bottom] = [...points.at(0), ...points.at(3)].map((share) => Number(share.toFixed(4)));
  assert.deepEqual([left, top, right, bottom], [0.05, 0.05, 0.95, 0.95]);
});

test("a place on the canvas is a place on the map, and back", () => {
  for (const axis of [0, 1]) assert.ok(Math.abs(points.toValue(points.toShare(7, axis), axis) - 7) < 1e-9);
});

test("a digit's middle is where its points are, and nowhere without any", () => {
  assert.ok(points.middles[3].every((share) => share < 0.1));
  assert.ok(Number.isNaN(points.middles[0][0]));
});

test("the nearest point is found, if it is near enough", () => {
  assert.equal(findNearest(points, [0.94, 0.94], 0.05, 1), 3);
  assert.equal(findNearest(points, [0.52, 0.5], 0.05, 1), 4);
  assert.equal(findNearest(points, [0.3, 0.3], 0.05, 1), -1);
});

test("near is meant on the screen, where the canvas may be flat", () => {
  assert.equal(findNearest(points, [0.5, 0.6], 0.05, 1), -1);
  assert.equal(findNearest(points, [0.5, 0.6], 0.05, 0.25), 4);
});

test("a map of a single point does not divide by nothing", () => {
  const single = openPoints({
    num: 1, places: encode(new Float32Array([2, 2])), predicted: encode(new Int8Array([1])),
    labels: encode(new Int8Array([1])), indices: encode(new Int32Array([0])),
  });
  assert.ok(single.at(0).every(Number.isFinite));
});
