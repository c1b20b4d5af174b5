// How the class writes 1 and 7, beside how they are written in MNIST: a 1 may have a flag, a 7 a bar.

import { make } from "../shared/dom.js";
import { call } from "../shared/server.js";
import { t } from "../shared/texts.js";
import { makeTile } from "./tile.js";

const DIGITS = [1, 7];
const NUM = 6;
const MOST_ASKED = 6; // each answer has two samples of a digit

let samples = null; // the promise of MNIST's samples by digit, for all that show them

// The samples that are shown beside the pad; none where they are not MNIST's, or the pad is not there.
async function fetchSamples() {
  const found = new Map(DIGITS.map((digit) => [digit, new Map()]));
  for (let asked = 0; asked < MOST_ASKED && found.get(DIGITS[0]).size < NUM; asked += 1) {
    const answer = await call("pick_samples", {}).catch(() => null);
    if (answer?.name !== "mnist") break;
    for (const { label, index, image } of answer.samples) found.get(label)?.set(index, { image });
  }
  return new Map(DIGITS.map((digit) => [digit, [...found.get(digit).values()].slice(0, NUM)]));
}

// So many of a list, evenly from its beginning to its end.
function spread(list, num) {
  const step = Math.max(1, list.length / num);
  return Array.from({ length: Math.min(num, list.length) }, (_, index) => list[Math.floor(index * step)]);
}

const makeRow = (digit, drawings) => make("div", { className: "wall-row" }, ...drawings.map((drawing) => (
  make("div", { className: "wall-tile" }, makeTile(drawing, t("wall_drawing_as", { digit }))))));

export function createForms() {
  const node = make("section", { className: "wall-forms" });
  let shown = "";

  async function show(drawings) {
    samples ??= fetchSamples();
    const mnist = await samples;
    const ours = DIGITS.map((digit) => spread(drawings.filter(({ label }) => label === digit), NUM));
    const ids = ours.flat().map(({ id }) => id).join();
    if (ids === shown) return;
    shown = ids;
    const columns = [["wall_forms_ours", ours], ["wall_forms_mnist", DIGITS.map((digit) => mnist.get(digit))]];
    node.replaceChildren(...columns.filter(([, all]) => all.some(({ length }) => length)).map(([key, all]) => make(
      "div", { className: "wall-form" },
      make("span", { textContent: t(key) }), ...all.map((drawn, index) => makeRow(DIGITS[index], drawn)),
    )));
  }

  return { node, show };
}
