// What is looked at: a plain object that is also the page's address, so that every view is a link.

import { emit } from "../shared/bus.js";
import { readOwn } from "../shared/memory.js";

const GREETING = 20;
const PAGE = 100;
const LISTS = ["label", "predicted"];
const TRUTHS = ["right", "seen", "refused", "ambiguous", "suspected", "duplicates"];
const NUMBERS = ["low", "high", "shuffle", "page", "open"];
const TEXTS = ["split", "model", "show", "map", "space", "sort"];
export const FILTERS = [...LISTS, ...TRUTHS, "low", "high", "box"];

// onChange(view, changes) is called after every change, and when the address is changed by hand.
export function createView(onChange) {
  let view = {};
  let isGreeting = true;

  function read() {
    const [tab, text] = [location.hash.slice(1).split("?")[0], location.hash.split("?")[1] ?? ""];
    if (tab !== "data") return;
    const given = new URLSearchParams(text);
    const next = {};
    for (const name of TEXTS) if (given.get(name)) next[name] = given.get(name);
    for (const name of LISTS) if (given.get(name)) next[name] = given.get(name).split(",").map(toNumber);
    for (const name of NUMBERS) if (given.get(name)) next[name] = toNumber(given.get(name));
    for (const name of TRUTHS) if (given.get(name)) next[name] = given.get(name) === "yes";
    if (given.get("order")) next.descending = given.get("order") === "descending";
    if (given.get("box")) next.box = given.get("box").split(",").map(toNumber);
    isGreeting = !Object.keys(next).some((name) => name !== "open");
    view = next;
  }

  // What is no number reaches the server as text, which answers what was expected.
  const toNumber = (text) => (text.trim() !== "" && Number.isFinite(Number(text)) ? Number(text) : text);

  function address() {
    const text = new URLSearchParams();
    for (const name of [...TEXTS, ...NUMBERS]) if (view[name] !== undefined && view[name] !== "") text.set(name, view[name]);
    for (const name of LISTS) if (view[name]?.length) text.set(name, view[name].join(","));
    for (const name of TRUTHS) if (view[name] !== undefined) text.set(name, view[name] ? "yes" : "no");
    if (view.descending) text.set("order", "descending");
    if (view.box) text.set("box", view.box.join(","));
    return [...text].length ? `#data?${text.toString().replaceAll("%2C", ",")}` : "#data";
  }

  function write() {
    // The dialog of a sample closes when another tab is open already.
    if (location.hash.startsWith("#data")) history.replaceState(null, "", address());
    emit("address", { tab: "data", address: address() });
  }

  return {
    get now() { return view; },
    get isGreeting() { return isGreeting; },
    get size() { return isGreeting ? GREETING : PAGE; },
    get link() { return `${location.origin}${location.pathname}${address()}`; },
    get filters() { return FILTERS.filter((name) => view[name] !== undefined); },

    // A value of undefined takes a filter away. Other samples begin on their first page.
    set(changes) {
      const isOther = [...FILTERS, "split", "model", "sort", "descending", "shuffle"].some((name) => name in changes);
      view = { ...view, ...(isOther && { page: undefined }), ...changes };
      if (Object.keys(changes).some((name) => name !== "open")) isGreeting = false;
      write();
      onChange(view, changes);
    },

    // As the address says.
    restore() {
      read();
      emit("address", { tab: "data", address: address() });
      onChange(view, null);
    },

    // What the server is asked, about samples.
    question(more = {}) {
      const asked = { split: view.split ?? "", model: view.model ?? "", ...more };
      for (const name of [...FILTERS, "sort", "descending", "shuffle"]) if (view[name] !== undefined) asked[name] = view[name];
      if (view.box) asked.map = view.map ?? "pca";
      if (view.split === "own") asked.own = readOwn();
      return asked;
    },
  };
}
