// Numbers as text.

import assert from "node:assert/strict";
import { test } from "node:test";

import {
  exactPercent, fixed, percent, shortest, signed, significant, size, smallPercent, tenthPercent,
} from "../../assets/shared/numbers.js";

const SAID = [
  [percent, [0], "0"],
  [percent, [0.125], "13"],
  [percent, [0.9949], "99"],
  [percent, [0.995], ">99"],
  [percent, [1, "over 99"], "over 99"],
  [tenthPercent, [0.98765], "98.8"],
  [exactPercent, [0.99564], "99.56"],
  [smallPercent, [0.0123, "less"], "1.2%"],
  [smallPercent, [0.000123, "less"], "0.012%"],
  [smallPercent, [0.00001, "less"], "less"],
  [fixed, [-1.25, 1], "\u22121.3"],
  [fixed, [2, 2], "2.00"],
  [shortest, [-0.5], "\u22120.5"],
  [shortest, [1 / 3], "0.33"],
  [shortest, [40], "40"],
  [size, [-12.345], "12.35"],
  [size, [0.00123], "0.0012"],
  [size, [0], "0.00"],
  [signed, [-0.25], "\u22120.25"],
  [signed, [3], "+3.00"],
  [significant, [1234567], "1,234,567"],
  [significant, [0.123456], "0.123"],
  [significant, [0.997654321], "0.99765"],
  [significant, [0.9999999], "0.99999…"],
  [significant, [-0.9999999], "-0.99999…"],
  [significant, [1e-9], "≈ 0"],
];

for (const [write, values, text] of SAID) {
  test(`${write.name}(${values.join(", ")}) is ${text}`, () => assert.equal(write(...values), text));
}

test("a probability below one is never said to be 100", () => {
  for (const probability of [0.995, 0.9999999, 1]) assert.doesNotMatch(percent(probability), /100/);
  assert.doesNotMatch(significant(1 - 1e-12), /^1/);
});
