// What a device sends: drawings one after another, each until the server has acknowledged it, and answers, of which the
// newest counts. A lost connection or a reload loses nothing; what the server refuses for good is told and dropped.

import { later } from "../shared/server.js";
import { askClass } from "./client.js";

const RETRY = 1500;

// Asks until there is an answer that will not change; undefined when isOver() says that nobody waits any more. onAway(why)
// is told "away" where there is no answer, "busy" where the server cannot keep anything now, as on a full disk.
async function insist(name, question, isOver, onAway) {
  for (;;) {
    const answer = await askClass(name, question);
    if (isOver()) return undefined;
    if (answer?.ok || (answer?.error && !answer.isBusy)) return answer;
    onAway(answer?.isBusy ? "busy" : "away");
    await later(RETRY);
    if (isOver()) return undefined;
  }
}

// onChange() is called when what waits has changed, onSent(drawing, reading) of each that has arrived,
// onRefused(answer) of one that never will.
export function createSender(store, { onChange, onSent, onRefused }) {
  let isBusy = false;
  let isOver = false;
  let away = "";

  function noteAway(why) {
    away = why;
    onChange();
  }

  async function send() {
    if (isBusy) return;
    isBusy = true;
    while (!isOver && store.read().queue.length) {
      const { token, queue: [drawing] } = store.read();
      const answer = await insist("submit", { device: token, ...drawing }, () => isOver, noteAway);
      if (!answer || answer.isGone) break; // that a room has ended is heard elsewhere
      away = "";
      store.drop(drawing.number);
      if (answer.ok) onSent(drawing, answer.reading);
      else onRefused(answer);
      onChange();
    }
    isBusy = false;
  }

  return {
    send,
    get away() { return away; },
    close() { isOver = true; },
  };
}

// Answers by a key, which names what is answered and by whom.
export function createAnswers(store, { onChange, onRefused }) {
  const given = new Map(); // what was chosen here last
  const waiting = new Map(); // { name, question } that the server does not have yet
  const busy = new Set();
  let isOver = false;

  async function send(key) {
    if (busy.has(key)) return;
    busy.add(key);
    while (!isOver && waiting.has(key)) {
      const sent = waiting.get(key);
      const isStale = () => isOver || waiting.get(key) !== sent;
      const answer = await insist(sent.name, { device: store.read().token, ...sent.question }, isStale, onChange);
      if (!answer) continue; // there is a newer one
      waiting.delete(key);
      if (answer.error) {
        given.delete(key);
        onRefused(answer);
      }
      onChange();
    }
    busy.delete(key);
  }

  return {
    give(key, name, question) {
      given.set(key, question.answer);
      waiting.set(key, { name, question });
      onChange();
      send(key);
    },
    find: (key) => given.get(key),
    isWaiting: (key) => waiting.has(key),
    get areWaiting() { return waiting.size > 0; },
    close() { isOver = true; },
  };
}
