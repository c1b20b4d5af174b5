import assert from "node:assert/strict";
import { test } from "node:test";

import { createInk } from "../../assets/draw/ink.js";

function draw(ink, points, width = 4) {
  const gesture = ink.begin(width);
  ink.extend(gesture, points.map(([x, y], index) => [x, y, performance.now() + index]));
  return gesture;
}

test("a new drawing is empty and has no past", () => {
  const ink = createInk(() => {});
  assert.deepEqual([ink.isEmpty, ink.canUndo, ink.canRedo, ink.numPoints(), ink.extent()], [true, false, false, 0, 0]);
});

test("points are kept to a ten-thousandth, and time counts from the first stroke", () => {
  const ink = createInk(() => {});
  draw(ink, [[0.123456, 0.5], [0.7, 0.5]]);
  const [[x, y, time]] = ink.strokes()[0];
  assert.deepEqual([x, y], [0.1235, 0.5]);
  assert.ok(time >= 0 && time < 1000);
});

test("points closer than a pen's step are left out", () => {
  const ink = createInk(() => {});
  draw(ink, [[0.5, 0.5], [0.501, 0.5], [0.51, 0.5]]);
  assert.equal(ink.numPoints(), 2);
});

test("a pen that leaves the pad and comes back begins another stroke", () => {
  const ink = createInk(() => {});
  draw(ink, [[0.1, 0.1], [0.2, 0.2], [1.2, 0.2], [0.8, 0.8], [0.9, 0.9]]);
  assert.deepEqual(ink.strokes().map((stroke) => stroke.length), [2, 2]);
  ink.undo();
  assert.ok(ink.isEmpty, "both were one gesture");
});

test("the extent is the larger side", () => {
  const ink = createInk(() => {});
  draw(ink, [[0.2, 0.1], [0.3, 0.9]]);
  assert.ok(Math.abs(ink.extent() - 0.8) < 1e-9);
});

test("undo and redo travel through strokes, images and clearing", () => {
  const ink = createInk(() => {});
  draw(ink, [[0.1, 0.1], [0.2, 0.2]]);
  ink.clear();
  ink.putImage("AAAA");
  assert.equal(ink.image, "AAAA");
  ink.undo();
  assert.ok(ink.isEmpty);
  ink.undo();
  assert.equal(ink.numPoints(), 2);
  ink.redo();
  ink.redo();
  assert.deepEqual([ink.image, ink.canRedo], ["AAAA", false]);
  ink.undo();
  draw(ink, [[0.5, 0.5]]);
  assert.equal(ink.canRedo, false, "what was undone is gone when more is drawn");
});

test("clearing an empty pad is nothing to undo", () => {
  const ink = createInk(() => {});
  ink.clear();
  assert.equal(ink.canUndo, false);
});

test("the eraser takes the topmost gesture within its reach", () => {
  const ink = createInk(() => {});
  draw(ink, [[0.1, 0.5], [0.9, 0.5]]);
  const top = draw(ink, [[0.5, 0.1], [0.5, 0.9]]);
  assert.equal(ink.eraseAt(0.5, 0.5, 0.01), true);
  assert.ok(!ink.gestures.includes(top));
  assert.equal(ink.eraseAt(0.5, 0.9, 0.01), false);
  assert.equal(ink.gestures.length, 1);
});

test("a saved drawing comes back without a past, and what cannot be read gives an empty pad", () => {
  const ink = createInk(() => {});
  draw(ink, [[0.1, 0.1], [0.2, 0.2]]);
  const other = createInk(() => {});
  other.restore(ink.save());
  assert.deepEqual([other.strokes(), other.canUndo], [ink.strokes(), false]);
  for (const text of ["{", null, "{}", "[]"]) {
    other.restore(text);
    assert.ok(other.isEmpty, String(text));
  }
});

test("the generation grows with all but more ink", () => {
  const ink = createInk(() => {});
  const gesture = draw(ink, [[0.1, 0.1]]);
  const before = ink.generation;
  ink.extend(gesture, [[0.3, 0.3, 0]]);
  assert.equal(ink.generation, before);
  ink.undo();
  assert.notEqual(ink.generation, before);
});

test("whoever watches hears of every change", () => {
  let heard = 0;
  const ink = createInk(() => { heard += 1; });
  const gesture = ink.begin(4);
  ink.extend(gesture, [[0.1, 0.1, 0]]);
  ink.clear();
  ink.undo();
  assert.equal(heard, 4);
});
