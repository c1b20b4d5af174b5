// What is new of a drawing, put together again as the server does it, is the whole drawing.

import assert from "node:assert/strict";
import { beforeEach, test } from "node:test";

import { createDelta } from "../../assets/draw/delta.js";
import { createInk } from "../../assets/draw/ink.js";

let ink, delta, kept;

beforeEach(() => {
  ink = createInk(() => {});
  delta = createDelta();
  kept = { strokes: [], image: null, model: "" };
});

function draw(...points) {
  ink.extend(ink.begin(5), points.map(([x, y]) => [x, y, 0]));
}

// As LiveDrawing.follow in mnist_core/ui/draw/line.py.
function tell(question = { strokes: ink.strokes(), image: ink.image, model: "" }) {
  const { keep: [whole, points], strokes, ...others } = JSON.parse(JSON.stringify(delta.next(question)));
  const continued = points ? [kept.strokes[whole].slice(0, points).concat(strokes[0] ?? [])] : [];
  kept = {
    ...kept, ...others,
    strokes: [...kept.strokes.slice(0, whole), ...continued, ...strokes.slice(points ? 1 : 0)],
  };
  assert.deepEqual(kept.strokes, question.strokes.map((stroke) => stroke.map(([x, y]) => [x, y])));
  assert.deepEqual([kept.image, kept.model], [question.image, question.model]);
  return strokes.flat().length;
}

test("of a stroke that grows only its new points are told", () => {
  const gesture = ink.begin(5);
  ink.extend(gesture, [[0.1, 0.1, 0], [0.2, 0.2, 0]]);
  assert.equal(tell(), 2);
  ink.extend(gesture, [[0.3, 0.3, 0]]);
  assert.equal(tell(), 1);
  assert.equal(tell(), 0);
  ink.extend(gesture, [[1.3, 0.3, 0], [0.5, 0.5, 0]]); // it left the pad and came back: another stroke
  assert.equal(tell(), 1);
});

test("undo, redo, the eraser and clear are told without the strokes that stay", () => {
  draw([0.1, 0.1], [0.2, 0.2]);
  draw([0.5, 0.1], [0.5, 0.2]);
  draw([0.9, 0.1], [0.9, 0.2]);
  assert.equal(tell(), 6);
  ink.undo();
  assert.equal(tell(), 0);
  ink.redo();
  assert.equal(tell(), 2);
  ink.eraseAt(0.5, 0.1, 0.01);
  assert.equal(tell(), 2);
  ink.clear();
  assert.equal(tell(), 0);
  draw([0.3, 0.1], [0.4, 0.2]);
  assert.equal(tell(), 2);
});

test("an image and a model are told when they change", () => {
  ink.putImage("abc");
  tell();
  assert.ok(!("image" in delta.next({ strokes: [], image: "abc", model: "" })));
  tell({ strokes: [], image: "abc", model: "lenet" });
  tell({ strokes: [], image: null, model: "lenet" });
});

test("what the server may have lost is told again", () => {
  draw([0.1, 0.1], [0.2, 0.2]);
  tell();
  delta.forget();
  kept = { strokes: [], image: null, model: "" };
  assert.equal(tell(), 2);
});
