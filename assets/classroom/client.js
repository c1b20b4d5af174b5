// How the screens of a lesson ask the server: short questions, each of its own, that go on after any break.

import { later } from "../shared/server.js";

const PATIENCE = 8000;
// What the way to the class says before it is asked: log in, too slow, the wrong address, too often. It may pass.
const LATER = [401, 408, 421, 429];
// What carries a file takes longer, and must not be sent again while it is being read.
const FILES = ["read_sheet", "add_class_set", "download_class"];
const FILE_PATIENCE = 60_000;
const OFTEN = 400;
const RETRY = 1000;
const HIDDEN = 3000;

// The answer, or undefined where there is none; see the route in the server's `calls`.
export async function askClass(name, question = {}) {
  const control = new AbortController();
  const timer = setTimeout(() => control.abort(), FILES.includes(name) ? FILE_PATIENCE : PATIENCE);
  try {
    const answer = await fetch(new URL(`class/${name}`, document.baseURI), {
      method: "POST",
      headers: { "Content-Type": "application/json" },
      body: JSON.stringify(question),
      signal: control.signal,
    });
    return LATER.includes(answer.status) || answer.status >= 500 ? undefined : await answer.json();
  } catch {
    return undefined;
  } finally {
    clearTimeout(timer);
  }
}

// Follows what a screen shows. onNews(answer) of whatever is new (of the teacher's screen every answer), onState(state)
// of each try: "ok", "away", or "gone", after which nothing is asked any more; then onGone(answer).
export function follow(name, tokens, { onNews, onState = () => {}, onGone = () => {}, isAlways = false }) {
  let since = 0;
  let isOver = false;
  let wakeUp = null;

  const rest = (milliseconds) => Promise.race([later(milliseconds), new Promise((resolve) => { wakeUp = resolve; })]);

  // What cannot be shown must not end the lesson: the next news may be.
  function tell(answer) {
    try { onNews(answer); } catch (error) { console.error(error); }
  }

  async function run() {
    while (!isOver) {
      const answer = await askClass(name, { ...tokens, since });
      if (isOver) return;
      if (answer?.isGone) {
        isOver = true;
        onState("gone");
        return onGone(answer);
      }
      onState(answer?.ok ? "ok" : "away");
      if (answer?.ok && (answer.is_new || isAlways)) tell(answer);
      if (answer?.ok) since = answer.version;
      await rest(answer?.ok ? (document.hidden ? HIDDEN : OFTEN) : RETRY);
    }
  }

  const look = () => wakeUp?.();
  const onVisible = () => { if (!document.hidden) look(); };
  document.addEventListener("visibilitychange", onVisible);
  run();
  return {
    // Something was changed by this screen: ask now.
    look,
    // What is known is forgotten: the next answer brings all.
    restart() {
      since = 0;
      look();
    },
    close() {
      isOver = true;
      document.removeEventListener("visibilitychange", onVisible);
      look();
    },
  };
}

// Tokens outlive the browser's tab: a device that was closed comes back as what it was.
export function keep(name, value) {
  try {
    if (value) localStorage.setItem(`sketchpad-class-${name}`, JSON.stringify(value));
    else localStorage.removeItem(`sketchpad-class-${name}`);
  } catch { /* a browser may forbid it; then a reload loses the token, and the teacher lets the pupil in again */ }
}

export function kept(name) {
  try { return JSON.parse(localStorage.getItem(`sketchpad-class-${name}`)); } catch { return null; }
}
