// What a device keeps of a room: numbers that are given once, and drawings until the server has them.

import assert from "node:assert/strict";
import { beforeEach, test } from "node:test";

import { createStore, makeToken, readCode } from "../../assets/classroom/device_store.js";

let stored;
let isFull;

beforeEach(() => {
  stored = new Map();
  isFull = false;
  globalThis.localStorage = {
    getItem: (key) => stored.get(key) ?? null,
    removeItem: (key) => stored.delete(key),
    setItem(key, text) {
      if (isFull) throw new Error("QuotaExceededError");
      stored.set(key, text);
    },
  };
});

test("drawings wait in order, under numbers that are never given again", () => {
  const store = createStore("ABC");
  assert.deepEqual([store.add({ label: 1 }), store.add({ label: 2 })], [1, 2]);
  store.drop(1);
  store.catchUp(7);
  assert.equal(store.add({ label: 3 }), 8);
  assert.deepEqual(store.read().queue, [{ label: 2, number: 2 }, { label: 3, number: 8 }]);
});

test("a reload and another tab find the same; another room does not", () => {
  const store = createStore("ABC");
  const other = createStore("ABC");
  store.change({ token: "one" });
  other.add({ label: 1 });
  assert.equal(store.add({ label: 2 }), 2);
  assert.equal(createStore("ABC").read().token, "one");
  assert.equal(createStore("XYZ").read().queue.length, 0);
});

test("what no longer can be stored is kept as long as the page is open", () => {
  const store = createStore("ABC");
  store.add({ label: 1 });
  isFull = true;
  store.add({ label: 2 });
  assert.deepEqual(store.read().queue.map(({ label }) => label), [1, 2]);
});

test("nothing is left of a room that was forgotten, or is over", (context) => {
  context.mock.timers.enable({ apis: ["Date"] });
  createStore("OLD").add({ label: 1 });
  context.mock.timers.tick(6 * 3600 * 1000);
  const store = createStore("ABC");
  store.add({ label: 2 });
  assert.equal(JSON.stringify([...stored.values()]).includes("OLD"), false);
  store.forget();
  assert.equal(stored.size, 0);
});

test("a token is one that the server takes, and no two are alike", () => {
  assert.match(makeToken(), /^[\w-]{22,64}$/);
  assert.notEqual(makeToken(), makeToken());
});

test("a code is the same however it was typed", () => assert.equal(readCode(" abc-d.e "), "ABCDE"));
