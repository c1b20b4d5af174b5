// What is looked at in the data tab, its address and the question that it makes.

import assert from "node:assert/strict";
import { test } from "node:test";

import { changeView, FILTERS, readAddress, toQuestion, writeAddress } from "../../assets/data/view.js";

const ADDRESSES = {
  "": {},
  "label=4": { label: [4] },
  "show=map&map=layout&label=4,9&predicted=9&box=-1.5,0,2,3.25": {
    show: "map", map: "layout", label: [4, 9], predicted: [9], box: [-1.5, 0, 2, 3.25],
  },
  "split=test&sort=loss&low=0.5&right=no&seen=yes&order=descending": {
    split: "test", sort: "loss", descending: true, right: false, seen: true, low: 0.5,
  },
  "page=2&open=0": { page: 2, open: 0 },
};

for (const [text, view] of Object.entries(ADDRESSES)) {
  test(`an address is the view that it describes: ${text}`, () => assert.deepEqual(readAddress(text), view));

  test(`and the view is that address: ${text}`, () => {
    const address = writeAddress(view);
    assert.match(address, /^#data/);
    assert.deepEqual(readAddress(address.split("?")[1] ?? ""), view);
  });
}

test("commas stay commas, so that people can read an address", () => {
  assert.equal(writeAddress({ label: [4, 9] }), "#data?label=4,9");
});

test("an empty view has the shortest address", () => {
  assert.equal(writeAddress({ label: [], sort: undefined, model: "" }), "#data");
});

test("what is no number stays text, for the server to refuse", () => {
  assert.deepEqual(readAddress("page=two&label=4,x&low="), { page: "two", label: [4, "x"] });
});

test("what an address does not know is left out", () => {
  assert.deepEqual(readAddress("nonesuch=5&label=1"), { label: [1] });
});

test("other samples begin on their first page", () => {
  for (const name of [...FILTERS, "split", "model", "sort", "descending", "shuffle"]) {
    assert.equal(changeView({ page: 3 }, { [name]: "x" }).page, undefined, name);
  }
});

test("the same samples stay on their page", () => {
  assert.equal(changeView({ page: 3 }, { open: 5 }).page, 3);
  assert.equal(changeView({ page: 3 }, { page: 4 }).page, 4);
  assert.equal(changeView({ page: 3 }, { label: [1], page: 2 }).page, 2);
});

test("a question names a set and a model, even if neither was chosen", () => {
  assert.deepEqual(toQuestion({}, []), { split: "", model: "" });
});

test("a question holds filters and order, and nothing of the page", () => {
  const asked = { label: [4], right: false, sort: "ink", descending: true };
  const view = { ...asked, page: 3, open: 7, show: "crowd", space: "pixels" };
  assert.deepEqual(toQuestion(view, []), { split: "", model: "", ...asked });
});

test("a part of the map is asked for with the map that it is a part of", () => {
  assert.equal(toQuestion({ box: [0, 0, 1, 1] }, []).map, "pca");
  assert.equal(toQuestion({ box: [0, 0, 1, 1], map: "layout" }, []).map, "layout");
  assert.equal("map" in toQuestion({ map: "layout" }, []), false);
});

test("the visitor's own drawings travel only when they are what is looked at", () => {
  const own = [{ image: "AAAA" }];
  assert.deepEqual(toQuestion({ split: "own" }, own).own, own);
  assert.equal("own" in toQuestion({ split: "test" }, own), false);
});
