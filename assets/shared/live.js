// One question in flight, the newest next: while the server answers, the visitor goes on.

import { call, later, RETRY, SILENCE, stateOf } from "./server.js";

// name: of the server's function, or send(question) -> the promise of an answer; nextQuestion() -> the newest question,
// or null when there is nothing to ask; onAnswer(answer, question, milliseconds) of an answer or an error;
// onState(state, answer) of every one, as for `ask`, and onState("slow") meanwhile.
export function createLive({ name, send = (question) => call(name, question), nextQuestion, onAnswer, onState = () => {} }) {
  let isBusy = false;
  let isWanted = false;

  async function pump() {
    if (isBusy || !isWanted) return;
    isWanted = false;
    const question = nextQuestion();
    if (!question) return onState("ok", { ok: true }); // nothing is waited for
    isBusy = true;
    const started = performance.now();
    const slow = setTimeout(() => onState("slow"), SILENCE);
    try {
      const answer = await send(question);
      clearTimeout(slow);
      const state = stateOf(answer);
      onState(state, answer);
      if (state === "ok" || state === "error") {
        onAnswer(answer, question, performance.now() - started);
      } else {
        isWanted = true;
        await later(RETRY);
      }
    } finally {
      isBusy = false;
    }
    return pump();
  }

  return {
    // Something was changed: there is a newer question. The promise is kept when nothing more is wanted; at once where
    // another request waits for that already.
    request() {
      isWanted = true;
      return pump();
    },
    get isWanted() { return isWanted; },
  };
}
