// What visitors type into the fields of a recipe, and how networks are sorted.

import assert from "node:assert/strict";
import { test } from "node:test";

import { parseField, writeField } from "../../assets/train/fields.js";
import { sortModels } from "../../assets/train/models.js";

test("lists of numbers may be typed in any of the usual ways", () => {
  for (const text of ["32, 64", "32 64", " 32;64 "]) assert.deepEqual(parseField("filters", text), [32, 64]);
  assert.deepEqual(parseField("dense_units", ""), []);
  assert.equal(parseField("filters", "many"), undefined);
  assert.equal(parseField("filters", "3.5"), undefined);
});

test("numbers may have a comma, and may be left out", () => {
  assert.equal(parseField("learning_rate", "0,003"), 0.003);
  assert.equal(parseField("limit", " "), null);
  assert.equal(parseField("epochs", "four"), undefined);
});

test("what is written into a field is read back from it", () => {
  for (const [name, value] of Object.entries({ filters: [16, 32], learning_rate: 0.003, limit: null, pooling: "max" })) {
    assert.deepEqual(parseField(name, writeField(value)), value);
  }
});

test("networks of which a figure is not known come last either way", () => {
  const models = [{ label: "a", seconds: null }, { label: "b", seconds: 3 }, { label: "c", seconds: 20 }];
  const sorted = (isDown) => sortModels(models, "seconds", isDown).map(({ label }) => label).join("");
  assert.deepEqual([sorted(false), sorted(true)], ["bca", "cba"]);
  assert.equal(sortModels(models, "label", true)[0].label, "c");
});
