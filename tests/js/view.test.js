import assert from "node:assert/strict";
import { beforeEach, test } from "node:test";

const { createView } = await import("../../assets/data/view.js");

let addresses; // what was written to the address bar
let stored;

beforeEach(() => {
  addresses = [];
  stored = {};
  globalThis.document = new EventTarget();
  globalThis.location = { hash: "#data", origin: "http://pad", pathname: "/below/" };
  globalThis.history = { replaceState: (state, title, address) => { addresses.push(address); location.hash = address; } };
  globalThis.sessionStorage = { getItem: (name) => stored[name] ?? null, setItem: (name, text) => { stored[name] = text; } };
});

function open(hash) {
  location.hash = hash;
  const view = createView(() => {});
  view.restore();
  return view;
}

test("an address is read as the filters that it names", () => {
  const { now } = open("#data?split=test&label=4,9&right=no&seen=yes&low=0.5&page=2&order=descending&box=0,1,2,3");
  assert.deepEqual(now, {
    split: "test", label: [4, 9], right: false, seen: true, low: 0.5, page: 2, descending: true, box: [0, 1, 2, 3],
  });
});

test("what is written is what is read", () => {
  const address = "#data?split=test&sort=loss&low=0.5&label=4,9&predicted=3&refused=yes&order=descending&box=0,1.5,2,3";
  const view = open(address);
  view.set({});
  assert.equal(addresses.at(-1), address);
  assert.deepEqual(open(addresses.at(-1)).now, view.now);
});

test("what is no number goes to the server as it is, which says what was expected", () => {
  assert.deepEqual(open("#data?label=4,x&page=last&low=").now, { label: [4, "x"], page: "last" });
});

test("the address of another tab is left alone", () => {
  const view = open("#inside?view=why");
  view.set({ label: [4] });
  assert.deepEqual(addresses, []);
  assert.equal(view.link, "http://pad/below/#data?label=4");
});

test("other samples begin on their first page; another page of the same does not", () => {
  const view = open("#data?label=4&page=7");
  view.set({ page: 8 });
  assert.equal(view.now.page, 8);
  view.set({ right: false });
  assert.equal(view.now.page, undefined);
});

test("a filter is taken away by undefined", () => {
  const view = open("#data?label=4&right=no");
  view.set({ label: undefined });
  assert.deepEqual(view.filters, ["right"]);
  assert.equal(addresses.at(-1), "#data?right=no");
});

test("the first page greets with few samples, until something is chosen", () => {
  const view = open("#data");
  assert.deepEqual([view.isGreeting, view.size], [true, 20]);
  view.set({ open: 5 });
  assert.equal(view.isGreeting, true);
  view.set({ label: [1] });
  assert.deepEqual([view.isGreeting, view.size], [false, 100]);
});

test("a question holds the filters, and the map's name where a part of it is chosen", () => {
  const view = open("#data?split=test&label=4&box=0,1,2,3");
  assert.deepEqual(view.question({ page: 1 }), {
    split: "test", model: "", page: 1, label: [4], box: [0, 1, 2, 3], map: "pca",
  });
});

test("a question about the visitor's own drawings brings them along", () => {
  stored["sketchpad-own"] = JSON.stringify([{ image: "AAAA", label: 7 }]);
  assert.deepEqual(open("#data?split=own").question().own, [{ image: "AAAA", label: 7 }]);
});

test("the other parts hear of the new address", () => {
  const heard = [];
  document.addEventListener("sketch:address", ({ detail }) => heard.push(detail));
  open("#data").set({ label: [3] });
  assert.deepEqual(heard.at(-1), { tab: "data", address: "#data?label=3" });
});
