// How the page asks the server. A function of the server never rejects: it gives undefined on any failure, and nothing
// at all when the server hangs. An answer is { ok: true, ... }, or { error } for what will never be answered, or
// { pending, error: "" } for what will be there when it is asked for again; `pending` is the share that is done.

import { t, tellError } from "./texts.js";

export const SILENCE = 2000;
export const GIVE_UP = 10000;
export const RETRY = 1000;

const functions = {}; // of all parts that have begun, by name

export function connect(more) {
  Object.assign(functions, more);
}

// Where the live line begins; see draw/line.js.
export function findLine() {
  const address = new URL("live", document.baseURI);
  address.protocol = address.protocol.replace("http", "ws");
  address.hash = address.search = "";
  return address;
}

export const later = (milliseconds) => new Promise((resolve) => setTimeout(resolve, milliseconds));

// One question, once.
export const call = (name, question) => inTime(functions[name](question));

// The answer that is promised; undefined when it takes too long.
export async function inTime(promise, patience = GIVE_UP) {
  let timer;
  const silence = new Promise((resolve) => { timer = setTimeout(resolve, patience); });
  try {
    return await Promise.race([promise, silence]);
  } finally {
    clearTimeout(timer);
  }
}

// "ok", "error", "pending", or "away" where there is no answer.
export function stateOf(answer) {
  if (!answer) return "away";
  if (answer.ok) return "ok";
  return answer.error ? "error" : "pending";
}

// What a visitor is told of an answer.
export function describeState(answer) {
  const state = stateOf(answer);
  if (state === "pending") return t("computing", { share: Math.round(answer.pending * 100) });
  if (state === "error") return tellError(answer);
  return { ok: "", away: t("server_away") }[state];
}

// Asks until there is an answer, which it gives, or an error, for which it gives null. What is pending and a server
// that is away are asked again, while isCurrent() says that somebody still waits. onState(state, answer) hears of each
// try.
export async function ask(name, question, { isCurrent = () => true, onState = () => {} } = {}) {
  for (;;) {
    const answer = await call(name, question);
    if (!isCurrent()) return null;
    const state = stateOf(answer);
    onState(state, answer);
    if (state === "ok") return answer;
    if (state === "error") return null;
    await later(RETRY);
    if (!isCurrent()) return null;
  }
}

// Of several things that are begun one after another only the last is still wanted: gives a function that begins one,
// and gives back whether it still is the last.
export function createLatest() {
  let number = 0;
  return () => {
    const own = ++number;
    return () => own === number;
  };
}
