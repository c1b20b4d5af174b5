// What a pupil draws next, and which view a device shows.

import assert from "node:assert/strict";
import { test } from "node:test";

import { chooseView, findTask } from "../../assets/classroom/device_task.js";

const news = (values = {}) => ({
  activity: { name: "our_handwriting", step: "draw", round: 3 }, pupil: { id: 5 }, asked: [4, 7, 1], drawings: [],
  to_vote: [], is_waiting: false, ...values,
});
const drawn = (number, label, more = {}) => ({ number, label, round: 3, pupil: 5, ...more });

test("the first digit that is missing is next", () => {
  const { digit, done, total } = findTask(news({ drawings: [drawn(1, 4)] }), []);
  assert.deepEqual([digit, done, total], [7, 1, 3]);
});

test("what waits or has just arrived counts, and once where the snapshot has it, too", () => {
  const { digit, num } = findTask(news({ drawings: [drawn(1, 4)] }), [drawn(1, 4), drawn(2, 7)]);
  assert.deepEqual([digit, num], [1, 2]);
});

test("what another pupil drew on this device, or in another round, does not count", () => {
  assert.equal(findTask(news(), [drawn(1, 4, { pupil: 6 }), drawn(2, 4, { round: 2 })]).digit, 4);
});

test("what was drawn on another device counts beside what has the same number here", () => {
  const drawings = [{ number: null, id: 8, label: 4 }, { number: null, id: 9, label: 7 }, drawn(1, 1)];
  assert.deepEqual(findTask(news({ drawings }), []).num, 3);
});

test("when all are there, they begin again", () => {
  const { digit, isDone } = findTask(news({ drawings: [drawn(1, 4), drawn(2, 7), drawn(3, 1), drawn(4, 4)] }), []);
  assert.deepEqual([digit, isDone], [7, true]);
});

test("the same digit is asked for as often as it should be drawn", () => {
  const { digit, done } = findTask(news({ asked: [7, 7, 7], drawings: [drawn(1, 7)] }), []);
  assert.deepEqual([digit, done], [7, 1]);
});

test("misread drawings are read when one's own are done", () => {
  const toVote = [{ id: 1, vote: null }];
  assert.equal(chooseView(news({ to_vote: toVote }), { isDone: false }, false), "draw");
  assert.equal(chooseView(news({ to_vote: toVote }), { isDone: true }, false), "read");
  assert.equal(chooseView(news({ to_vote: [{ id: 1, vote: 3 }] }), { isDone: true }, false), "thanks");
});

test("a device without an animal, or one that asks for another, does not draw", () => {
  assert.equal(chooseView(news({ pupil: null }), { isDone: false }, false), "outside");
  assert.equal(chooseView(news({ is_waiting: true }), { isDone: false }, false), "waiting");
});
