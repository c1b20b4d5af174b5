// What the views of the inside tab stand on: the address, the drawing on the pad, questions, lessons.

import { emit } from "../shared/bus.js";
import { $, $$, digitColor, isShown, make } from "../shared/dom.js";
import { level } from "../shared/level.js";
import { percent } from "../shared/numbers.js";
import { ask as askServer, createLatest, describeState } from "../shared/server.js";
import { t } from "../shared/texts.js";

const views = new Map();
// What links of earlier versions say.
const EARLIER = { learn: "glossary", layers: "network" };

// What the address says: `#inside?view=why&...`. A value of undefined takes an entry away.
export const view = createInsideView();
export let subject = null; // what is on the pad, as the pad says it
export const begin = createLatest(); // something else is to be shown, or nothing any more

function createInsideView() {
  let now = {};

  function address() {
    const text = new URLSearchParams(Object.entries(now).filter(([, value]) => value !== undefined && value !== ""));
    return [...text].length ? `#inside?${text}` : "#inside";
  }

  function write() {
    if (location.hash.startsWith("#inside")) history.replaceState(null, "", `${location.search}${address()}`);
    emit("address", { tab: "inside", address: address() });
  }

  return {
    get now() { return now; },
    set(changes) {
      now = { ...now, ...changes };
      write();
    },
    restore() {
      if (!/^#inside(\?|$)/.test(location.hash)) return;
      now = Object.fromEntries(new URLSearchParams(location.hash.split("?")[1] ?? ""));
      now.view = EARLIER[now.view] ?? now.view;
      write();
    },
  };
}

// needsDrawing: whether there is nothing to show without one; invites: whether a visitor is asked for one.
export function addView(name, { show, needsDrawing = true, invites = needsDrawing }) {
  views.set(name, { show, needsDrawing, invites });
}

// The words of a verdict as nodes, the digit in its colour.
export function describeVerdict({ kind, labels }, probabilities) {
  if (kind !== "sure") return [t(`verdict_${kind}`, { first: labels[0], second: labels[1] })];
  const digit = make("b", { textContent: labels[0] });
  digit.style.setProperty("--digit-color", digitColor(labels[0]));
  return [digit, t("verdict_sure", { percent: percent(probabilities[labels[0]], t("over_99")) })];
}

export function notify(text) {
  $("#inside-notice").textContent = text;
  $("#inside-notice").hidden = !text;
}

// What is waited for, and what went wrong.
export function showState(state, answer) {
  if (state === "slow") return;
  notify(state === "pending" ? t("inside_pending") : describeState(answer));
}

// Asks the server until there is an answer, unless something else is wanted by now.
export const ask = (name, question, isCurrent, onState = showState) => (
  askServer(name, question, { isCurrent, onState }));

const lessons = new Map(); // by the name of a view: { values, about }

// The text beside a view, with the visitor's own numbers, of the drawing that it is about.
export function teach(name, values, about = subject, text = name) {
  lessons.set(name, { values, about, text });
  if (name !== currentView()) return;
  $("#lesson").hidden = false;
  $("#lesson").classList.toggle("stale", about !== subject);
  $("#lesson p").textContent = t(`lesson_${text}_${level()}`, values);
}

function currentView() {
  return views.has(view.now.view) ? view.now.view : views.keys().next().value;
}

// Whether a view is what the visitor looks at.
export const isOpen = (name) => isShown($("#inside")) && name === currentView();

export function setSubject(next) {
  subject = next;
}

// Shows the view that the address names, of what is on the pad now.
export async function showCurrent() {
  if (!isShown($("#inside"))) return;
  const isLatest = begin();
  const isCurrent = () => isLatest() && isShown($("#inside"));
  const name = currentView();
  const { show, needsDrawing, invites } = views.get(name);
  const isPossible = subject !== null || !needsDrawing;
  notify("");
  $$("#inside .view").forEach((section) => { section.hidden = section.dataset.view !== name || !isPossible; });
  $$("#inside .views a").forEach((link) => {
    if (link.dataset.view !== name) return link.removeAttribute("aria-current");
    link.setAttribute("aria-current", "page");
    const nav = link.parentElement; // which scrolls sideways on a phone
    nav.scrollLeft = link.offsetLeft - nav.offsetLeft - (nav.clientWidth - link.offsetWidth) / 2;
  });
  $("#inside-empty").hidden = subject !== null || !invites;
  if (invites) $("#inside-empty p").textContent = t(`inside_empty_${name}`);
  $("#lesson").hidden = !isPossible || !lessons.has(name);
  if (!isPossible) return;
  const kept = lessons.get(name);
  if (kept) teach(name, kept.values, kept.about, kept.text);
  await show(subject, isCurrent);
  if (isCurrent()) emit("view-shown", name);
}

export function putOnPad(image) {
  emit("put", image);
}
