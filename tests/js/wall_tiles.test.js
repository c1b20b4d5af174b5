// How large tiles are that share a wall.

import assert from "node:assert/strict";
import { test } from "node:test";

import { fitTiles } from "../../assets/classroom/wall_tiles.js";

test("tiles fill a wall without leaving it", () => {
  for (const count of [1, 8, 60, 300, 400]) {
    const { side, columns } = fitTiles(976, 590, count);
    const rows = Math.ceil(count / columns);
    assert.ok(side * (columns + (columns - 1) * 0.13) <= 976);
    assert.ok(side * (rows + (rows - 1) * 0.13) <= 590);
    assert.ok(count < 20 || side * side * count > 0.45 * 976 * 590);
  }
});

test("a few tiles are no larger than three rows allow, and more are never larger", () => {
  assert.ok(fitTiles(976, 590, 1).side <= 590 / 3);
  const sides = [1, 8, 60, 300, 400].map((count) => fitTiles(976, 590, count).side);
  assert.deepEqual(sides, [...sides].sort((a, b) => b - a));
});
