// What is known of a run, and what its curves are.

import assert from "node:assert/strict";
import { test } from "node:test";

import {
  addTo, chooseRun, createRecord, sinceOf, smooth, stateForHook, stepsPerEpoch, toPoints, totalSteps,
} from "../../assets/train/record.js";

const told = (from, loss, more = {}) => ({
  id: "a", state: "running", share: 0.1, numEpochs: 4, kept: [], events: [], filters: null, samples: {},
  steps: { from, loss, accuracy: loss.map(() => 0.5) }, checks: [], epochs: [], ...more,
});

test("each answer adds its steps where they belong, and what comes twice counts once", () => {
  const record = createRecord("a");
  addTo(record, told(1, [3, 2], { checks: [{ step: 0, loss: 2, accuracy: 0.1 }] }));
  addTo(record, told(2, [2, 1], { checks: [{ step: 0, loss: 2, accuracy: 0.1 }, { step: 20, loss: 1, accuracy: 0.5 }] }));
  assert.deepEqual(record.loss, [3, 2, 1]);
  assert.deepEqual(record.checks.map(({ step }) => step), [0, 20]);
});

test("what the server need not send again is named once the samples are known", () => {
  const record = createRecord("a");
  addTo(record, told(1, [3, 2]));
  assert.deepEqual(sinceOf(record), {});
  addTo(record, told(3, [1], { samples: { images: ["x"], labels: [1], predictions: [2], confidences: [0.3] } }));
  assert.deepEqual(sinceOf(record), { step: 3, check: -1, epoch: -1 });
  addTo(record, told(4, [1], { samples: { labels: [1], predictions: [1], confidences: [0.9] } }));
  assert.deepEqual([record.images, record.samples.predictions], [["x"], [1]]);
});

test("filters stay as they were until there are newer ones", () => {
  const record = addTo(createRecord("a"), told(1, [1], { filters: { step: 0 } }));
  assert.deepEqual(addTo(record, told(2, [1])).filters, { step: 0 });
});

test("the length of a run follows from its share, and is known at its end", () => {
  const record = addTo(createRecord("a"), told(1, [3, 2, 1]));
  assert.deepEqual([stepsPerEpoch(record), totalSteps(record)], [7.5, 30]);
  addTo(record, told(4, [1], { share: 1, state: "done", epochs: [{ epoch: 1 }, { epoch: 2 }] }));
  assert.deepEqual([stepsPerEpoch(record), totalSteps(record)], [2, 4]);
});

test("a smoothed curve begins where the values do, and passes over what is no number", () => {
  assert.deepEqual(smooth([2, 2, NaN, 2]), [2, 2, 2, 2]);
  assert.equal(smooth([1, 0], 0.5)[1], 1 / 3);
  assert.deepEqual(toPoints([NaN, null, 1]), [[3, 1]]);
});

test("a long curve is thinned out, and keeps its end", () => {
  const points = toPoints(Array.from({ length: 1000 }, () => 1));
  assert.ok(points.length <= 300);
  assert.equal(points.at(-1)[0], 1000);
});

test("states have the names that programs wait for", () => {
  const names = [["", "idle"], ["storing", "running"], ["stopped", "done"], ["paused", "paused"], ["failed", "failed"]];
  for (const [state, name] of names) assert.equal(stateForHook(state, false), name);
  assert.deepEqual([stateForHook("interrupted", true), stateForHook("interrupted", false)], ["done", "failed"]);
});

test("one's own run is looked at first, then what runs, then what was last", () => {
  const run = (id, state, isMine, place = 0) => ({ id, state, isMine, place });
  const runs = [run("last", "done", true), run("other", "running", false), run("own", "waiting", true, 1)];
  assert.equal(chooseRun(runs, null), "own");
  assert.equal(chooseRun(runs, "last"), "last");
  assert.equal(chooseRun(runs.slice(0, 2), "gone"), "other");
  assert.equal(chooseRun(runs.slice(0, 1), null), "last");
  assert.equal(chooseRun([], null), null);
});
