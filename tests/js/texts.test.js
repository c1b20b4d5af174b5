// What the server says went wrong is told in the page's language where there is such a text.

import assert from "node:assert/strict";
import { mock, test } from "node:test";

import { describeState } from "../../assets/shared/server.js";
import { loadTexts, tellError } from "../../assets/shared/texts.js";

const ANSWER = {
  error: "There is too much ink: 60000 points.",
  message: { key: "There is too much ink: {num_points} points.", values: { num_points: 60000 } },
};

test("in English, and where a text lacks, the sentence is told", () => {
  assert.equal(tellError(ANSWER), ANSWER.error);
  assert.equal(tellError({ error: "No." }), "No.");
});

test("a translation is found by its key, and filled in", async () => {
  const texts = { [ANSWER.message.key]: "Zu viel Tinte: {num_points} Punkte." };
  mock.method(globalThis, "fetch", async () => ({ ok: true, json: async () => texts }));
  await loadTexts("shared");
  assert.equal(tellError(ANSWER), "Zu viel Tinte: 60000 Punkte.");
  assert.equal(describeState(ANSWER), "Zu viel Tinte: 60000 Punkte.");
});
