// Which of a visitor's drawings a network learns from, and what they lack.

import assert from "node:assert/strict";
import { test } from "node:test";

import { chooseSamples, countDigits, countHeldOut, findLack, listMissing } from "../../assets/train/own_choice.js";

const draw = (...labels) => labels.map((label, index) => ({ image: `${index}`, label }));

test("only drawings of which it is known what they are meant to be are sent, unless they were left out", () => {
  const drawings = [{ image: "a" }, { image: "b", label: 0 }, { image: "c", label: 3, isLeftOut: true }, { image: "d", label: null }];
  assert.deepEqual(chooseSamples(drawings), [{ image: "b", label: 0 }]);
});

test("a fifth of each digit is held out, one at least, and never the only one", () => {
  assert.equal(countHeldOut(countDigits(draw(0, 1, 1, ...Array(11).fill(2)))), 0 + 1 + 2);
});

test("what is lacking is found", () => {
  const lack = (...labels) => findLack(countDigits(draw(...labels)));
  assert.equal(lack(), "own_lack_none");
  assert.equal(lack(1, 1, 2, 2), "own_lack_few");
  assert.equal(lack(...Array(12).fill(7)), "own_lack_digits");
  assert.equal(lack(...Array(12).fill(7), 1), "own_lack_digits");
  assert.equal(lack(...Array(10).fill(7), 1, 1), "");
});

test("digits of which there are none are named", () => {
  assert.deepEqual(listMissing(countDigits(draw(0, 1, 2, 4, 5, 6, 7, 9))), [3, 8]);
});
