// Layers as blocks hold them: written as calls, changed and moved.

import assert from "node:assert/strict";
import { test } from "node:test";

import { fieldsOf, isMeant, makeLayer, moveLayer, parseOption, writeLayer } from "../../assets/train/layers.js";

test("a layer is written as the call that makes it", () => {
  assert.equal(writeLayer({ kind: "Flatten", options: {} }), "Flatten()");
  assert.equal(
    writeLayer({ kind: "Conv2D", options: { filters: 4, padding: "same", use_bias: false, activation: null } }),
    'Conv2D(filters=4, padding="same", use_bias=False, activation=None)');
  assert.equal(writeLayer(makeLayer("Dropout")), "Dropout(rate=0.25)");
});

test("fields show what Keras takes where nothing is said", () => {
  assert.deepEqual(fieldsOf({ kind: "Dense", options: { units: 5 } }), [["units", 5], ["activation", ""]]);
  assert.deepEqual(fieldsOf({ kind: "Rescaling", options: { scale: 2 } }), []);
});

test("what is typed is a number, a choice, or cannot be meant", () => {
  assert.equal(parseOption("rate", " 0,25 "), 0.25);
  assert.equal(parseOption("activation", ""), null);
  for (const text of ["", "many"]) assert.equal(parseOption("units", text), undefined);
  assert.equal(isMeant({ options: { units: undefined } }), false);
  assert.equal(isMeant(makeLayer("Flatten")), true);
});

test("a layer is moved, but not out of the network", () => {
  assert.deepEqual(moveLayer(["a", "b", "c"], 0, 2), ["b", "c", "a"]);
  assert.deepEqual(moveLayer(["a", "b", "c"], 2, 1), ["a", "c", "b"]);
  for (const to of [-1, 3]) assert.deepEqual(moveLayer(["a", "b", "c"], 0, to), ["a", "b", "c"]);
});
