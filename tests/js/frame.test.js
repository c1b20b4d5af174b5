// The frame on a picture: moved, pulled, turned, by hand and by keys.

import assert from "node:assert/strict";
import { test } from "node:test";

import { middleFrame, moveFrame, pressFrame, pullCorner, surround, turnFrame } from "../../assets/draw/frame.js";

const ENDS = [1, 0.75]; // of a picture of 4:3
const FRAME = { x: 0.5, y: 0.4, width: 0.2, height: 0.3, angle: 0 };
const TURNED = { ...FRAME, angle: 30 };

const round = (frame) => Object.fromEntries(Object.entries(frame).map(([name, value]) => [name, Math.round(value * 1e6) / 1e6]));

const corner = ({ x, y, width, height, angle }, across, down) => {
  const [cosine, sine] = [Math.cos(angle * Math.PI / 180), Math.sin(angle * Math.PI / 180)];
  return [x + across * width / 2 * cosine - down * height / 2 * sine, y + across * width / 2 * sine + down * height / 2 * cosine];
};

const isNear = (one, other) => one.every((value, index) => Math.abs(value - other[index]) < 1e-9);

test("around what was found there is some paper, on all sides", () => {
  const wider = surround({ x: 0.5, y: 0.4, width: 0.1, height: 0.3, angle: 0 });
  assert.deepEqual([wider.x, wider.y], [0.5, 0.4]);
  assert.ok(wider.width - 0.1 > 0.03 && Math.abs(wider.width - 0.1 - (wider.height - 0.3)) < 1e-9);
});

test("where nothing was found the frame is in the middle of the picture", () => {
  assert.deepEqual(middleFrame(ENDS), { x: 0.5, y: 0.375, width: 0.5, height: 0.375, angle: 0 });
});

test("the middle of a frame stays on the picture", () => {
  assert.deepEqual(moveFrame(FRAME, [1.4, -0.2], ENDS), { ...FRAME, x: 1, y: 0 });
  assert.deepEqual(moveFrame(FRAME, [0.2, 0.9], ENDS), { ...FRAME, x: 0.2, y: 0.75 });
});

test("a corner follows the hand, and the one across stays where it is, turned or not", () => {
  for (const frame of [FRAME, TURNED]) {
    for (const [across, down] of [[-1, -1], [1, -1], [-1, 1], [1, 1]]) {
      const [x, y] = corner(frame, across, down);
      const place = [x + 0.03 * across, y + 0.02 * down];
      const pulled = pullCorner(frame, [across, down], place);
      assert.ok(isNear(corner(pulled, across, down), place));
      assert.ok(isNear(corner(pulled, -across, -down), corner(frame, -across, -down)));
      assert.equal(pulled.angle, frame.angle);
    }
  }
});

test("a corner that is pulled over the other one leaves a small frame", () => {
  const pulled = pullCorner(FRAME, [1, 1], [0, 0]);
  assert.ok(pulled.width > 0 && pulled.width < 0.05 && pulled.height > 0 && pulled.height < 0.05);
});

test("a frame is turned to the place of its handle, and is upright near to that", () => {
  assert.equal(turnFrame(FRAME, [0.5, 0.1]).angle, 0);
  assert.equal(turnFrame(FRAME, [0.9, 0.4]).angle, 90);
  assert.equal(turnFrame(FRAME, [0.8, 0.1]).angle, 45);
  assert.equal(turnFrame(FRAME, [0.51, 0.1]).angle, 0);
  assert.equal(turnFrame(FRAME, [0.1, 0.4]).angle, -90);
});

test("arrows move a frame, with Shift further", () => {
  const right = pressFrame(FRAME, { key: "ArrowRight" }, ENDS);
  const further = pressFrame(FRAME, { key: "ArrowRight", shiftKey: true }, ENDS);
  assert.ok(FRAME.x < right.x && right.x < further.x);
  assert.deepEqual({ ...further, x: FRAME.x }, FRAME);
});

test("plus and minus, and the keys of a side and the same with Shift, undo each other", () => {
  for (const [one, other] of [["+", "-"], ["w", "W"], ["h", "H"], [",", "."]]) {
    const changed = pressFrame(FRAME, { key: one }, ENDS);
    assert.notDeepEqual(changed, FRAME);
    assert.deepEqual(round(pressFrame(changed, { key: other }, ENDS)), FRAME);
  }
});

test("a key that means nothing to a frame is left to the page", () => {
  for (const key of ["7", "p", "Tab", "Delete", "?"]) assert.equal(pressFrame(FRAME, { key }, ENDS), null);
});
