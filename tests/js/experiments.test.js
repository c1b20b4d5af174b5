// Which trials of an experiment validation and the test set would choose, and what a chart of them shows.

import assert from "node:assert/strict";
import { test } from "node:test";

import { chooseTrials, spread } from "../../assets/train/experiment_words.js";

const trial = (validation, figure, state = "done") => ({ state, validation, test: figure });

test("validation and the test set choose each their best", () => {
  const trials = [trial(0.95, 0.94), trial(0.97, 0.95), trial(0.96, 0.96)];
  assert.deepEqual(chooseTrials(trials), { chosen: 1, flattered: 2, count: 3 });
});

test("the same test figure is no gap", () => {
  assert.deepEqual(chooseTrials([trial(0.95, 0.96), trial(0.97, 0.96)]), { chosen: 1, flattered: 1, count: 2 });
});

test("what has failed, or was steered, or has no test figure is not compared", () => {
  assert.equal(chooseTrials([trial(0.95, 0.94), trial(0.97, 0.95, "failed"), trial(0.98, 0.99, "steered"), trial(0.9, null)]), null);
});

test("one that has learned nothing does not flatten the others", () => {
  const { low, high } = spread([0.87, 0.1, 0.877]);
  assert.ok(low > 0.8 && low < 0.87 && high > 0.877);
});

test("all of those that are like each other are within", () => {
  const { low, high } = spread([0.9, 0.92, 0.94, 0.96, 0.98, 1]);
  assert.ok(low < 0.9 && high === 1);
});

test("one trial has a scale as well", () => {
  const { low, high } = spread([0.95]);
  assert.ok(low < 0.95 && high > 0.95);
});

test("there is room for what must be seen", () => {
  assert.ok(spread([0.87, 0.1, 0.877], 0.5).low < 0.5);
});
