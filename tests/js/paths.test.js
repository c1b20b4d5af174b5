import assert from "node:assert/strict";
import { test } from "node:test";
import { createEngine } from "../../assets/shared/engine.js";
import { findPaths } from "../../assets/shared/paths.js";

// Two filters of 1x1 on the image, the mean of each map, and two outputs: the first listens to the first map alone, the
// second to both.
const LAYERS = [
  { kind: "convolution", shape: [28, 28, 2], window: 1, step: 1, before: 0, activation: "relu", numWeights: 2, numBiases: 2 },
  { kind: "mean", shape: [2], window: 0, step: 0, before: 0, activation: "linear", numWeights: 0, numBiases: 0 },
  { kind: "dense", shape: [2], window: 0, step: 0, before: 0, activation: "linear", numWeights: 4, numBiases: 2 },
];
const WEIGHTS = Float32Array.of(1, 3, 0, 0, /* to the outputs */ 2, 1, 0, 1, 0, 0);
const IMAGE = new Float32Array(784).fill(0.5);

const pathsTo = (target, weights = WEIGHTS) => {
  const { steps, run } = createEngine({ layers: LAYERS, isSigned: false }, weights);
  return findPaths(steps, run(IMAGE), IMAGE, target);
};

test("an output that listens to one map has one path down to the image", () => {
  assert.deepEqual(pathsTo(0), [
    [{ from: 0, to: 0, share: 1 }], [{ from: 0, to: 0, share: 1 }], [{ from: 0, to: 0, share: 1 }],
  ]);
});

test("shares are contributions: activation times weight", () => {
  const [, , last] = pathsTo(1); // 0.5 times 1 from the first map, 1.5 times 1 from the second
  assert.deepEqual(last, [{ from: 1, to: 1, share: 0.75 }, { from: 0, to: 1, share: 0.25 }]);
});

test("what speaks against an output is no path to it", () => {
  const [, , last] = pathsTo(1, Float32Array.of(1, 3, 0, 0, 2, 1, 0, -1, 0, 0));
  assert.deepEqual(last, [{ from: 0, to: 1, share: 1 }]);
});

test("a map that is silent leads nowhere", () => {
  assert.deepEqual(pathsTo(0, Float32Array.of(-1, 3, 0, 0, 2, 1, 0, 1, 0, 0)), [[], [], []]);
});

test("weights of another network are refused", () => {
  assert.throws(() => pathsTo(0, WEIGHTS.subarray(1)), /Expected 10 weights. Received: 9/);
});
