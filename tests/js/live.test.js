import assert from "node:assert/strict";
import { test } from "node:test";
import { setImmediate } from "node:timers";

import { createLive } from "../../assets/shared/live.js";
import { ask, connect, createLatest, GIVE_UP, RETRY, SILENCE, stateOf } from "../../assets/shared/server.js";

// A server whose answers the test gives, one after another.
function serve(name) {
  const asked = [];
  connect({ [name]: (question) => new Promise((resolve) => asked.push({ question, resolve })) });
  return asked;
}

const settle = () => new Promise((resolve) => setImmediate(resolve));

test("one question is in flight, and the newest comes next", async () => {
  const asked = serve("newest");
  const answered = [];
  let drawn = 1;
  const live = createLive({ name: "newest", nextQuestion: () => drawn, onAnswer: (answer, question) => answered.push(question) });
  live.request();
  for (drawn of [2, 3, 4]) live.request();
  assert.deepEqual(asked.map(({ question }) => question), [1]);
  asked[0].resolve({ ok: true });
  await settle();
  assert.deepEqual(asked.map(({ question }) => question), [1, 4], "2 and 3 were never asked");
  asked[1].resolve({ ok: true });
  await settle();
  assert.deepEqual(answered, [1, 4]);
  assert.equal(live.isWanted, false);
});

test("nothing is asked while there is nothing to ask", async () => {
  const asked = serve("nothing");
  const states = [];
  createLive({ name: "nothing", nextQuestion: () => null, onAnswer: () => {}, onState: (state) => states.push(state) }).request();
  await settle();
  assert.deepEqual([asked.length, states], [0, ["ok"]]);
});

test("an error is an answer, and is not asked again", async () => {
  const asked = serve("error");
  const heard = [];
  createLive({ name: "error", nextQuestion: () => 1, onAnswer: (answer) => heard.push(answer.error) }).request();
  asked[0].resolve({ error: "no ink" });
  await settle();
  assert.deepEqual([heard, asked.length], [["no ink"], 1]);
});

test("a silent server is called slow, one that is away is asked again with what is newest then", async (context) => {
  context.mock.timers.enable({ apis: ["setTimeout"] });
  const asked = serve("away");
  const states = [];
  let drawn = "old";
  createLive({ name: "away", nextQuestion: () => drawn, onAnswer: () => {}, onState: (state) => states.push(state) }).request();
  context.mock.timers.tick(SILENCE);
  context.mock.timers.tick(GIVE_UP - SILENCE);
  await settle();
  assert.deepEqual(states, ["slow", "away"]);
  drawn = "new";
  context.mock.timers.tick(RETRY);
  await settle();
  asked.at(-1).resolve({ ok: true });
  await settle();
  assert.deepEqual([asked.map(({ question }) => question), states.at(-1)], [["old", "new"], "ok"]);
});

test("what is pending is asked for until it is there", async (context) => {
  context.mock.timers.enable({ apis: ["setTimeout"] });
  const asked = serve("pending");
  const states = [];
  const answer = ask("pending", 1, { onState: (state) => states.push(state) });
  asked[0].resolve({ pending: 0.4, error: "" });
  await settle();
  context.mock.timers.tick(RETRY);
  await settle();
  asked[1].resolve({ ok: true, value: 5 });
  assert.deepEqual([(await answer).value, states], [5, ["pending", "ok"]]);
});

test("nobody is told what nobody waits for any more", async () => {
  const asked = serve("left");
  const isLatest = createLatest();
  const first = isLatest();
  const states = [];
  const answer = ask("left", 1, { isCurrent: first, onState: (state) => states.push(state) });
  isLatest();
  asked[0].resolve({ ok: true });
  assert.deepEqual([await answer, states], [null, []]);
});

test("a pending answer with an error will never come", () => {
  assert.deepEqual([{ ok: true }, { error: "x" }, { pending: 0.5, error: "" }, { pending: 0.5, error: "full" }, undefined].map(stateOf),
    ["ok", "error", "pending", "error", "away"]);
});
