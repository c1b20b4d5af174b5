// What is wrong with a drawing that is not recognised is found in its ink.

import assert from "node:assert/strict";
import { test } from "node:test";

import { findFault } from "../../assets/draw/advice.js";
import { createInk } from "../../assets/draw/ink.js";

function judge(...gestures) {
  const ink = createInk(() => {});
  for (const points of gestures) ink.extend(ink.begin(5), points.map(([x, y]) => [x, y, 0]));
  return findFault(ink.gestures, ink.extent());
}

test("a drawing in the middle of the pad has no fault", () => {
  assert.equal(judge([[0.3, 0.2], [0.6, 0.8]], [[0.4, 0.5], [0.5, 0.5]]), "");
});

test("a small one is small", () => {
  assert.equal(judge([[0.5, 0.5], [0.6, 0.6]]), "small");
});

test("one that touches the edge, or leaves the pad, is cut, however small", () => {
  assert.equal(judge([[0.3, 0.2], [0.3, 0.998]]), "cut");
  assert.equal(judge([[0.9, 0.5], [1.1, 0.5], [0.9, 0.6]]), "cut");
  assert.equal(judge([[0.9, 0.5], [1.1, 0.5]]), "cut");
});
