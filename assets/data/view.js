// What is looked at: a plain object that is also the page's address, so that every view is a link.

import { emit } from "../shared/bus.js";
import { readOwn } from "../shared/memory.js";

const GREETING = 20;
const PAGE = 100;
const LISTS = ["label", "predicted"];
const TRUTHS = ["right", "seen", "refused", "ambiguous", "suspected", "duplicates"];
const NUMBERS = ["low", "high", "shuffle", "page", "open"];
const TEXTS = ["split", "model", "show", "map", "space", "sort"];
const ORDER = ["sort", "descending", "shuffle"];
export const FILTERS = [...LISTS, ...TRUTHS, "low", "high", "box"];

// What is no number reaches the server as text, which answers what was expected.
const toNumber = (text) => (text.trim() !== "" && Number.isFinite(Number(text)) ? Number(text) : text);

// `label=4&right=no` -> the view that it describes.
export function readAddress(text) {
  const given = Object.fromEntries([...new URLSearchParams(text)].filter(([, value]) => value));
  const view = {};
  for (const name of TEXTS) if (given[name]) view[name] = given[name];
  for (const name of LISTS) if (given[name]) view[name] = given[name].split(",").map(toNumber);
  for (const name of NUMBERS) if (given[name]) view[name] = toNumber(given[name]);
  for (const name of TRUTHS) if (given[name]) view[name] = given[name] === "yes";
  if (given.order) view.descending = given.order === "descending";
  if (given.box) view.box = given.box.split(",").map(toNumber);
  return view;
}

// The way back.
export function writeAddress(view) {
  const text = new URLSearchParams();
  for (const name of [...TEXTS, ...NUMBERS]) if (![undefined, ""].includes(view[name])) text.set(name, view[name]);
  for (const name of LISTS) if (view[name]?.length) text.set(name, view[name].join(","));
  for (const name of TRUTHS) if (view[name] !== undefined) text.set(name, view[name] ? "yes" : "no");
  if (view.descending) text.set("order", "descending");
  if (view.box) text.set("box", view.box.join(","));
  return [...text].length ? `#data?${text.toString().replaceAll("%2C", ",")}` : "#data";
}

// A value of undefined takes a filter away. Other samples begin on their first page.
export function changeView(view, changes) {
  const isOther = [...FILTERS, ...ORDER, "split", "model"].some((name) => name in changes);
  return { ...view, ...(isOther && { page: undefined }), ...changes };
}

// What the server is asked about the samples of a view; `own` are the visitor's own drawings.
export function toQuestion(view, own) {
  const question = { split: view.split ?? "", model: view.model ?? "" };
  for (const name of [...FILTERS, ...ORDER]) if (view[name] !== undefined) question[name] = view[name];
  if (view.box) question.map = view.map ?? "pca";
  if (view.split === "own") question.own = own;
  return question;
}

// onChange(view, changes) is called after every change, and when the address is changed by hand.
export function createView(onChange) {
  let view = {};
  let isGreeting = true;

  function write() {
    // The dialog of a sample closes when another tab is open already.
    if (location.hash.startsWith("#data")) history.replaceState(null, "", writeAddress(view));
    emit("address", { tab: "data", address: writeAddress(view) });
  }

  return {
    get now() { return view; },
    get isGreeting() { return isGreeting; },
    get size() { return isGreeting ? GREETING : PAGE; },
    get link() { return `${location.origin}${location.pathname}${writeAddress(view)}`; },
    get filters() { return FILTERS.filter((name) => view[name] !== undefined); },

    set(changes) {
      view = changeView(view, changes);
      if (Object.keys(changes).some((name) => name !== "open")) isGreeting = false;
      write();
      onChange(view, changes);
    },

    // As the address says.
    restore() {
      const [tab, text = ""] = location.hash.slice(1).split("?");
      if (tab === "data") {
        view = readAddress(text);
        isGreeting = !Object.keys(view).some((name) => name !== "open");
      }
      emit("address", { tab: "data", address: writeAddress(view) });
      onChange(view, null);
    },

    question: (more = {}) => ({ ...toQuestion(view, view.split === "own" ? readOwn() : []), ...more }),
  };
}
