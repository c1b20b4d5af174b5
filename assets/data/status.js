// What the tab waits for and what went wrong, each by the question that it is about: what went wrong with one is not
// forgotten when another succeeds.

import { $ } from "../shared/dom.js";
import { ask as askServer, describeState, stateOf } from "../shared/server.js";
import { t } from "../shared/texts.js";

const notices = new Map();
const shares = new Map(); // of what is being computed

export function notify(text, about = "") {
  if (text) notices.set(about, text);
  else notices.delete(about);
  $("#data-notice").textContent = [...new Set(notices.values())].join(" ");
  $("#data-notice").hidden = !notices.size;
}

export function showState(about, answer) {
  const isPending = stateOf(answer) === "pending";
  if (isPending) shares.set(about, answer.pending);
  else shares.delete(about);
  $("#data-progress").hidden = !shares.size;
  const share = Math.min(...shares.values());
  if (shares.size) {
    $("#data-progress progress").value = share;
    $("#data-progress span").textContent = t("answers_computing", { share: Math.round(share * 100) });
  }
  notify(isPending ? "" : describeState(answer), about);
}

// Nobody asks this any more.
export const forget = (about) => showState(about, { ok: true });

// Asks the server until there is an answer, unless something else is wanted by now; onState(state) hears of each try.
export const ask = (name, question, isCurrent, onState = () => {}) => askServer(name, question, {
  isCurrent,
  onState(state, answer) {
    showState(name, answer);
    onState(state);
  },
});
