// What a press on a filter makes of the view.

import assert from "node:assert/strict";
import { test } from "node:test";

import { chooseOrder, fromPercent, toggleDigit, toPercent } from "../../assets/data/filters.js";

test("a digit is added in its place, and taken away again", () => {
  assert.deepEqual(toggleDigit(undefined, 4), [4]);
  assert.deepEqual(toggleDigit([2, 9], 4), [2, 4, 9]);
  assert.deepEqual(toggleDigit([2, 4, 9], 4), [2, 9]);
});

test("without a digit there is no filter", () => {
  assert.equal(toggleDigit([4], 4), undefined);
});

test("those that are chosen stay as they are", () => {
  const chosen = [1];
  toggleDigit(chosen, 0);
  assert.deepEqual(chosen, [1]);
});

test("in the order of the set nothing is asked for", () => {
  assert.deepEqual(chooseOrder("index"), { shuffle: undefined, sort: undefined, descending: undefined });
});

test("the most wrong come first, and the least sure", () => {
  assert.deepEqual(chooseOrder("loss"), { shuffle: undefined, sort: "loss", descending: true });
  assert.deepEqual(chooseOrder("confidence"), { shuffle: undefined, sort: "confidence", descending: undefined });
});

test("every shuffle is another one", () => {
  const seeds = new Set(Array.from({ length: 20 }, () => chooseOrder("shuffle").shuffle));
  assert.ok(seeds.size > 1);
  for (const seed of seeds) assert.ok(Number.isInteger(seed) && seed >= 0);
  assert.equal(chooseOrder("shuffle").sort, undefined);
});

test("a share is a percentage in its field", () => {
  assert.equal(toPercent(0.995), 99.5);
  assert.equal(toPercent(undefined), "");
  assert.equal(fromPercent("99.5"), 0.995);
  assert.equal(fromPercent("0"), 0);
  assert.equal(fromPercent(""), undefined);
});
