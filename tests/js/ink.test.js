// The drawing: what the pen did, and its history.

import assert from "node:assert/strict";
import { beforeEach, test } from "node:test";

import { createInk } from "../../assets/draw/ink.js";

const MINUTE = performance.now() + 60_000; // later than any drawing begins

let ink, changes;

beforeEach(() => {
  changes = 0;
  ink = createInk(() => { changes += 1; });
});

function draw(...points) {
  const gesture = ink.begin(6);
  ink.extend(gesture, points.map(([x, y]) => [x, y, MINUTE]));
  return gesture;
}

test("a new drawing is empty, and nothing can be undone", () => {
  assert.deepEqual([ink.isEmpty, ink.canUndo, ink.canRedo, ink.numPoints(), ink.extent()], [true, false, false, 0, 0]);
});

test("a gesture is a stroke of points, with the time since the drawing began", () => {
  draw([0.1, 0.2], [0.3, 0.6]);
  const [[[x, y, time]]] = ink.strokes();
  assert.deepEqual([x, y], [0.1, 0.2]);
  assert.ok(time > 0 && time <= 60_000);
  assert.equal(ink.numPoints(), 2);
  assert.ok(Math.abs(ink.extent() - 0.4) < 1e-9);
});

test("a point hardly away from the last one is left out", () => {
  draw([0.1, 0.1], [0.101, 0.1], [0.2, 0.1]);
  assert.equal(ink.numPoints(), 2);
});

test("outside the pad nothing is drawn, and coming back begins another stroke", () => {
  draw([0.8, 0.5], [1.1, 0.5], [1.2, 0.5], [0.9, 0.6]);
  assert.deepEqual(ink.strokes().map((stroke) => stroke.length), [1, 1]);
  assert.equal(ink.gestures.length, 1);
});

test("undo and redo go gesture by gesture", () => {
  draw([0.1, 0.1], [0.9, 0.9]);
  draw([0.5, 0.5], [0.5, 0.9]);
  ink.undo();
  assert.equal(ink.strokes().length, 1);
  ink.undo();
  assert.equal(ink.isEmpty, true);
  ink.redo();
  ink.redo();
  assert.equal(ink.strokes().length, 2);
  assert.equal(ink.canRedo, false);
});

test("a new stroke takes away what could be redone", () => {
  draw([0.1, 0.1], [0.9, 0.9]);
  ink.undo();
  draw([0.2, 0.2], [0.8, 0.2]);
  assert.equal(ink.canRedo, false);
});

test("the generation grows with every change but more ink", () => {
  const gesture = draw([0.1, 0.1]);
  const { generation } = ink;
  ink.extend(gesture, [[0.5, 0.5, MINUTE]]);
  assert.equal(ink.generation, generation);
  ink.undo();
  assert.ok(ink.generation > generation);
});

test("the eraser takes the topmost gesture that it reaches, and only that", () => {
  draw([0.1, 0.5], [0.9, 0.5]);
  draw([0.5, 0.1], [0.5, 0.9]);
  assert.equal(ink.eraseAt(0.5, 0.5, 0.01), true);
  assert.deepEqual(ink.strokes().map(([[x]]) => x), [0.1]);
  assert.equal(ink.eraseAt(0.5, 0.8, 0.01), false);
});

test("a wide pen is reached from farther away than a narrow one", () => {
  draw([0.1, 0.5], [0.9, 0.5]); // six hundredths wide
  assert.equal(ink.eraseAt(0.5, 0.529, 0), true);
  ink.undo();
  assert.equal(ink.eraseAt(0.5, 0.531, 0), false);
});

test("an image takes the place of the strokes, and clearing takes both", () => {
  draw([0.1, 0.1], [0.9, 0.9]);
  ink.putImage("AAAA");
  assert.deepEqual([ink.image, ink.strokes().length, ink.isEmpty], ["AAAA", 0, false]);
  ink.clear();
  assert.equal(ink.isEmpty, true);
  ink.undo();
  assert.equal(ink.image, "AAAA");
});

test("a gesture that is withdrawn leaves no trace, neither in what can be undone nor in what can be redone", () => {
  draw([0.1, 0.1], [0.9, 0.9]);
  draw([0.5, 0.1], [0.5, 0.9]);
  ink.undo();
  const { generation } = ink;
  const mark = ink.mark();
  draw([0.2, 0.2], [0.3, 0.2]);
  ink.withdraw(mark);
  assert.deepEqual([ink.strokes().length, ink.canRedo], [1, true]);
  assert.ok(ink.generation > generation);
  ink.undo();
  assert.deepEqual([ink.isEmpty, ink.canUndo], [true, false]);
});

test("what the eraser took comes back when its gesture is withdrawn", () => {
  draw([0.1, 0.5], [0.9, 0.5]);
  draw([0.1, 0.7], [0.9, 0.7]);
  const mark = ink.mark();
  ink.eraseAt(0.5, 0.5, 0.01);
  ink.eraseAt(0.5, 0.7, 0.01);
  ink.withdraw(mark);
  assert.equal(ink.strokes().length, 2);
  ink.undo();
  assert.equal(ink.strokes().length, 1);
});

test("a sample is one until something is drawn on it, also after undo, redo and a reload", () => {
  const sample = { label: 7, index: 12 };
  ink.putImage("AAAA", sample);
  assert.deepEqual(ink.sample, sample);
  draw([0.1, 0.1], [0.9, 0.9]);
  assert.equal(ink.sample, null);
  ink.undo();
  ink.restore(ink.save());
  assert.deepEqual(ink.sample, sample);
  ink.putImage("BBBB");
  assert.equal(ink.sample, null);
});

test("clearing what is empty is no change", () => {
  ink.clear();
  assert.deepEqual([changes, ink.canUndo], [0, false]);
});

test("what is saved is restored, without its history", () => {
  draw([0.1, 0.1], [0.9, 0.9]);
  const strokes = ink.strokes();
  const saved = ink.save();
  ink.clear();
  ink.restore(saved);
  assert.deepEqual(ink.strokes(), strokes);
  assert.equal(ink.canUndo, false);
});

for (const text of [null, "", "{", "null", "{}", '{"gestures": 5}']) {
  test(`what cannot be read gives an empty pad: ${text}`, () => {
    draw([0.1, 0.1], [0.9, 0.9]);
    ink.restore(text);
    assert.equal(ink.isEmpty, true);
  });
}

test("another look at a picture leaves what was there before it one step back, and the strokes on it", () => {
  draw([0.1, 0.1], [0.5, 0.5]);
  ink.putPicture({ url: "a", frame: 1 }, "first");
  draw([0.2, 0.2], [0.3, 0.3]);
  ink.undo();
  const { generation } = ink;
  ink.amendPicture({ url: "a", frame: 2 }, "second");
  assert.deepEqual([ink.image, ink.picture.frame, ink.generation > generation], ["second", 2, true]);
  draw([0.2, 0.2], [0.3, 0.3]);
  ink.amendPicture({ url: "a", frame: 3 }, "third");
  assert.deepEqual([ink.image, ink.numPoints()], ["third", 2]);
  ink.undo();
  ink.undo();
  assert.deepEqual([ink.image, ink.picture, ink.numPoints()], [null, null, 2]);
});

test("a picture on which nothing was found can be cleared, and a saved drawing is without its picture", () => {
  ink.putPicture({ url: "a" }, null);
  assert.ok(ink.isEmpty);
  ink.clear();
  assert.equal(ink.picture, null);
  ink.putPicture({ url: "a" }, "image");
  ink.restore(ink.save());
  assert.deepEqual([ink.image, ink.picture], ["image", null]);
});
