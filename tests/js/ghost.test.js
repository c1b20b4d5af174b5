// The digit that draws itself on an empty pad, and when it is to be drawn again.

import assert from "node:assert/strict";
import { test } from "node:test";

import { traceGhost } from "../../assets/draw/ghost.js";

const countPoints = (ghost) => ghost.strokes.flat().length;

test("it grows while it is drawn, some 25 times a second", () => {
  const [early, late] = [0.4, 1.2].map((seconds) => traceGhost(seconds, false, 6));
  assert.ok(countPoints(early) < countPoints(late));
  assert.ok(early.wait >= 0.03 && early.wait <= 0.05);
});

test("nothing is drawn between two rounds, until the next begins", () => {
  const whole = traceGhost(2, false, 6);
  assert.equal(countPoints(traceGhost(2 + whole.wait / 2, false, 6)), countPoints(whole));
  assert.ok(countPoints(traceGhost(2.01 + whole.wait, false, 6)) < countPoints(whole));
  assert.ok(whole.wait > 0.5);
});

test("after the last round it stands still, and so it does for who wants no motion", () => {
  assert.equal(traceGhost(100, false, 6).wait, Infinity);
  assert.equal(traceGhost(0, true, 6).wait, Infinity);
  assert.ok(Number.isFinite(traceGhost(100, false, Infinity).wait));
});
