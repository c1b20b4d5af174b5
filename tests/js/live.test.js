// One question in flight, the newest next; and what is asked until there is an answer.

import assert from "node:assert/strict";
import { beforeEach, mock, test } from "node:test";
import { setImmediate as turn } from "node:timers/promises";

import { createLive } from "../../assets/shared/live.js";
import { ask, call, connect, createLatest, GIVE_UP, RETRY, SILENCE, stateOf } from "../../assets/shared/server.js";

let asked; // { question, answer(value) } of every question that reached the server, the oldest first
let answers, states;

beforeEach(() => {
  mock.timers.reset();
  mock.timers.enable({ apis: ["setTimeout"] });
  [asked, answers, states] = [[], [], []];
  connect({ read: (question) => new Promise((resolve) => { asked.push({ question, answer: resolve }); }) });
});

const questions = () => asked.map(({ question }) => question);

async function pass(milliseconds) {
  await turn();
  mock.timers.tick(milliseconds);
  await turn();
}

async function answer(value) {
  asked.at(-1).answer(value);
  await turn();
}

function open(nextQuestion) {
  return createLive({
    name: "read", nextQuestion,
    onAnswer: (said, question) => answers.push([said, question]),
    onState: (state) => states.push(state),
  });
}

test("while one question is in flight no other is asked", () => {
  const live = open(() => "ink");
  live.request();
  live.request();
  assert.deepEqual(questions(), ["ink"]);
});

test("then the newest is asked, and those between never", async () => {
  let newest = 1;
  const live = open(() => newest);
  live.request();
  for (newest of [2, 3, 4]) live.request();
  newest = 4;
  await answer({ ok: true, number: 1 });
  assert.deepEqual(questions(), [1, 4]);
  await answer({ ok: true, number: 4 });
  assert.deepEqual(answers, [[{ ok: true, number: 1 }, 1], [{ ok: true, number: 4 }, 4]]);
  assert.equal(asked.length, 2);
});

test("without a question nothing is asked, and nothing is waited for", () => {
  open(() => null).request();
  assert.deepEqual([asked, states], [[], ["ok"]]);
});

test("an error is an answer: it is not asked again", async () => {
  open(() => "ink").request();
  await answer({ error: "No ink." });
  await pass(RETRY);
  assert.deepEqual([answers, states, asked.length], [[[{ error: "No ink." }, "ink"]], ["error"], 1]);
});

for (const [state, value] of [["away", undefined], ["pending", { pending: 0.5, error: "" }]]) {
  test(`what is ${state} is asked again after a while, as it is by then`, async () => {
    let newest = "old";
    open(() => newest).request();
    newest = "new";
    await answer(value);
    assert.deepEqual([states, asked.length], [[state], 1]);
    await pass(RETRY);
    assert.deepEqual(questions(), ["old", "new"]);
    await answer({ ok: true });
    assert.deepEqual([states, answers.length], [[state, "ok"], 1]);
  });
}

test("a silent server is said to be slow, then away", async () => {
  open(() => "ink").request();
  await pass(SILENCE);
  assert.deepEqual(states, ["slow"]);
  await pass(GIVE_UP - SILENCE);
  assert.deepEqual(states, ["slow", "away"]);
});

test("a quick one is not", async () => {
  open(() => "ink").request();
  await answer({ ok: true });
  await pass(SILENCE);
  assert.deepEqual(states, ["ok"]);
});

test("a request is done when nothing more is wanted", async () => {
  let isDone = false;
  const live = open(() => "ink");
  live.request().then(() => { isDone = true; });
  live.request();
  await answer({ ok: true });
  assert.equal(isDone, false);
  await answer({ ok: true });
  assert.equal(isDone, true);
});

test("a question that hangs is given up", async () => {
  const answered = call("read", "ink");
  await pass(GIVE_UP);
  assert.equal(await answered, undefined);
});

test("what an answer says of its question", () => {
  const never = { pending: 0.5, error: "The disk is full." };
  const said = [undefined, { ok: true }, { error: "No." }, { pending: 0, error: "" }, never];
  assert.deepEqual(said.map(stateOf), ["away", "ok", "error", "pending", "error"]);
});

test("what is not there yet is asked for until it is", async () => {
  const answered = ask("read", "map", { onState: (state) => states.push(state) });
  await answer({ pending: 0, error: "" });
  await pass(RETRY);
  await answer(undefined);
  await pass(RETRY);
  await answer({ ok: true, map: 5 });
  assert.deepEqual(await answered, { ok: true, map: 5 });
  assert.deepEqual([states, questions()], [["pending", "away", "ok"], ["map", "map", "map"]]);
});

test("what will never be there is asked for once", async () => {
  const answered = ask("read", "map", { onState: (state) => states.push(state) });
  await answer({ pending: 0.3, error: "The disk is full." });
  assert.equal(await answered, null);
  assert.deepEqual([states, asked.length], [["error"], 1]);
});

test("an answer that nobody waits for is not heard of", async () => {
  const begin = createLatest();
  const answered = ask("read", "map", { isCurrent: begin(), onState: (state) => states.push(state) });
  begin();
  await answer({ ok: true });
  assert.equal(await answered, null);
  assert.deepEqual(states, []);
});

test("nor is it asked for again", async () => {
  const begin = createLatest();
  const answered = ask("read", "map", { isCurrent: begin() });
  await answer({ pending: 0, error: "" });
  begin();
  await pass(RETRY);
  assert.deepEqual([await answered, asked.length], [null, 1]);
});

test("of several only the last is still wanted", () => {
  const begin = createLatest();
  const [first, second] = [begin(), begin()];
  assert.deepEqual([first(), second()], [false, true]);
});
