// What the line below a run says.

import assert from "node:assert/strict";
import { mock, test } from "node:test";

import { loadTexts } from "../../assets/shared/texts.js";
import { tellWords } from "../../assets/train/words.js";

const texts = { train_state_done: "{name}, trained in {seconds}.", train_seconds: "{seconds} s" };
mock.method(globalThis, "fetch", async () => ({ ok: true, json: async () => texts }));
await loadTexts("train");

const DONE = { name: "fast", state: "done", seconds: 8.2, problem: "" };

test("a run that is done says how long it took, and what was wrong besides", () => {
  assert.equal(tellWords(DONE, null, {}), "fast, trained in 8 s.");
  assert.equal(tellWords({ ...DONE, problem: "MNIST is not at hand." }, null, {}), "fast, trained in 8 s. MNIST is not at hand.");
});
