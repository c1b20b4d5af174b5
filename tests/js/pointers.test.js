// Which of several pointers draws.

import assert from "node:assert/strict";
import { beforeEach, test } from "node:test";

import { createPointers } from "../../assets/draw/pointers.js";

let told, pointers;

beforeEach(() => {
  told = [];
  pointers = createPointers({
    begin: ({ pointerId }) => told.push(`begin ${pointerId}`),
    move: () => {},
    end: () => told.push("end"),
    withdraw: () => told.push("withdraw"),
  });
});

const event = (pointerId, pointerType, timeStamp, isPrimary = true) => (
  { pointerId, pointerType, timeStamp, isPrimary, buttons: 1 });

// As the page tells it: first that a pointer is down somewhere, then that it is on the pad.
function press(...parts) {
  pointers.notice(event(...parts));
  pointers.down(event(...parts));
}

test("a second finger does not draw", () => {
  press(1, "touch", 0);
  press(2, "touch", 10, false);
  pointers.up(event(2, "touch", 20, false));
  assert.deepEqual(told, ["begin 1"]);
});

test("a pen takes the place of a palm, whose stroke is withdrawn", () => {
  press(1, "touch", 0);
  press(2, "pen", 10);
  pointers.up(event(1, "touch", 20));
  pointers.up(event(2, "pen", 30));
  assert.deepEqual(told, ["begin 1", "withdraw", "begin 2", "end"]);
});

test("while a pen is down, and half a second longer, a touch draws nothing", () => {
  press(1, "pen", 0);
  press(2, "touch", 10);
  pointers.up(event(1, "pen", 1000));
  press(3, "touch", 1499);
  press(4, "touch", 1500);
  assert.deepEqual(told, ["begin 1", "end", "begin 4"]);
});

test("a touch that the system cancels is withdrawn, and the next one draws", () => {
  press(1, "touch", 0);
  pointers.cancel(event(1, "touch", 10));
  pointers.up(event(1, "touch", 11));
  press(2, "touch", 20);
  assert.deepEqual(told, ["begin 1", "withdraw", "begin 2"]);
});

test("a pointer that comes down twice, or another first of its kind, ends the lost one's stroke", () => {
  press(1, "mouse", 0);
  press(1, "mouse", 10);
  pointers.up(event(1, "mouse", 20));
  press(2, "touch", 30);
  pointers.notice(event(3, "touch", 40)); // beside the pad
  assert.deepEqual(told, ["begin 1", "end", "begin 1", "end", "begin 2", "end"]);
});

test("another kind of pointer waits until the one that draws has been silent for two seconds", () => {
  press(1, "touch", 0);
  pointers.move(event(1, "touch", 500));
  press(2, "mouse", 2500);
  assert.deepEqual(told, ["begin 1"]);
  press(2, "mouse", 2501);
  assert.deepEqual(told, ["begin 1", "end", "begin 2"]);
});

test("a mouse that moves without a button was lifted elsewhere", () => {
  press(1, "mouse", 0);
  pointers.move({ ...event(1, "mouse", 10), buttons: 0 });
  assert.deepEqual(told, ["begin 1", "end"]);
});

test("only a silent stroke is ended by the wish to clear, and every one when the window is left", () => {
  press(1, "touch", 0);
  pointers.endSilent(2000);
  assert.deepEqual(told, ["begin 1"]);
  pointers.endSilent(2001);
  press(2, "touch", 3000);
  pointers.endAll();
  pointers.endAll();
  assert.deepEqual(told, ["begin 1", "end", "begin 2", "end"]);
});
