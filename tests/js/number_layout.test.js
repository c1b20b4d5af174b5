// Groups of bars stand under their digits where they can, never over each other, and never beyond the pad.

import assert from "node:assert/strict";
import test from "node:test";

import { findWidth, spread } from "../../assets/draw/number_layout.js";

test("a group stands under its digit", () => {
  assert.deepEqual(spread([0.25, 0.75], 0.1).map((left) => left.toFixed(2)), ["0.20", "0.70"]);
});

test("groups of digits that are close stand side by side", () => {
  const [first, second] = spread([0.5, 0.52], 0.18);
  assert.ok(second >= first + 0.18 - 1e-9);
});

test("all groups of twelve digits stay on the pad, wherever the digits are", () => {
  const width = findWidth(12);
  for (const middle of [0, 0.5, 1]) {
    const lefts = spread(Array(12).fill(middle), width);
    assert.ok(lefts[0] >= 0 && lefts.at(-1) + width <= 1);
    for (let place = 1; place < 12; place += 1) assert.ok(lefts[place] >= lefts[place - 1] + width - 1e-9);
  }
});

test("a few groups are not as wide as they could be", () => {
  assert.ok(findWidth(2) < 0.2);
});
