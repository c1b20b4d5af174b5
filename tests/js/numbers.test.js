import assert from "node:assert/strict";
import { test } from "node:test";

import {
  exactPercent, fixed, percent, shortest, signed, significant, smallPercent, tenthPercent,
} from "../../assets/shared/numbers.js";

test("no probability is ever called 100 percent", () => {
  assert.deepEqual([0, 0.004, 0.5, 0.994, 0.995, 1].map((share) => percent(share)), ["0", "0", "50", "99", ">99", ">99"]);
  assert.equal(percent(1, "over 99"), "over 99");
});

test("shares that were counted keep one or two decimals", () => {
  assert.deepEqual([tenthPercent(0.98765), exactPercent(0.98765), exactPercent(1)], ["98.8", "98.77", "100.00"]);
});

test("small shares keep two digits, until there is nothing to say", () => {
  assert.deepEqual([0.000123, 0.0456, 0.00001].map((share) => smallPercent(share, "under")), ["0.012 %", "4.6 %", "under"]);
});

test("a minus is as wide as a digit", () => {
  assert.deepEqual([fixed(-1.005, 1), shortest(-2.5), shortest(3), signed(-0.5), signed(0.5)], ["−1.0", "−2.5", "3", "−0.5", "+0.5"]);
});

test("a value below one keeps two digits, however small", () => {
  assert.deepEqual([signed(12.345), signed(0.00123), signed(0)], ["+12.35", "+0.0012", "+0.00"]);
});

test("near 1 the digits that matter come late", () => {
  assert.deepEqual([1234, 0.123456, 1e-9, 0.999999, 0.99712, 1].map(significant), ["1,234", "0.123", "≈ 0", "0.99999…", "0.99712", "1"]);
});
