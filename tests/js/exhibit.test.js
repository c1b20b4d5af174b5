// The rest that an exhibit's address names.

import assert from "node:assert/strict";
import { test } from "node:test";
import { readSeconds } from "../../assets/masthead/exhibit.js";

test("seconds from 10 to 3600 are taken as they are", () => {
  assert.deepEqual(["10", "60", "3600"].map(readSeconds), [10, 60, 3600]);
});

test("anything else is a minute", () => {
  for (const text of ["", "9", "3601", "-30", "1e2", "30.5", "soon", "99999"]) assert.equal(readSeconds(text), 60);
});
