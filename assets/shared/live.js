// Questions to the server: one in flight, the newest next. A function of the server never rejects: it gives undefined
// on any failure, and nothing at all when the server hangs.

import { GIVE_UP, later, RETRY, SILENCE } from "./server.js";

// ask(question) -> promise of an answer; nextQuestion() -> the newest question, or null when there is nothing to ask;
// onAnswer(answer, question, milliseconds); onHealth("ok" | "slow" | "away").
export function createLive(ask, nextQuestion, onAnswer, onHealth) {
  let isBusy = false;
  let isWanted = false;

  async function pump() {
    if (isBusy || !isWanted) return;
    isWanted = false;
    const question = nextQuestion();
    if (!question) return onHealth("ok"); // nothing is waited for
    isBusy = true;
    const started = performance.now();
    const slow = setTimeout(() => onHealth("slow"), SILENCE);
    try {
      const answer = await Promise.race([ask(question), later(GIVE_UP)]);
      clearTimeout(slow);
      if (answer?.ok || answer?.error) {
        onHealth("ok");
        onAnswer(answer, question, performance.now() - started);
      } else {
        onHealth("away");
        isWanted = true;
        await later(RETRY);
      }
    } finally {
      isBusy = false;
    }
    pump();
  }

  return {
    request() { isWanted = true; pump(); },
  };
}
