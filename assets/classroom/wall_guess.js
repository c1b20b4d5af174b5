// "Guess first": a drawing, what the class and the network make of it, and why.

import { digitColor, make } from "../shared/dom.js";
import { percent } from "../shared/numbers.js";
import { decodeBytes, paintMap, paintPixels, signedColor } from "../shared/pixels.js";
import { t } from "../shared/texts.js";
import { createCount, makeBar, sentence, title } from "./wall_words.js";

const CELL = 20; // of the map, in its own pixels

// A large picture, with words beside it.
function createBeside(root, side, ...words) {
  const canvas = make("canvas", { className: "wall-picture", width: side, height: side });
  canvas.setAttribute("role", "img");
  canvas.setAttribute("aria-label", t("wall_picture"));
  root.append(make("div", { className: "wall-beside" }, canvas, make("div", { className: "wall-words" }, ...words)));
  return canvas;
}

function paintImage(canvas, image) {
  canvas.hidden = !image;
  if (image) paintPixels(canvas, decodeBytes(image));
}

export function createGuess(root) {
  const count = createCount("wall_answered");
  const canvas = createBeside(root, 28, title(t("wall_which_digit")), count.node);
  return {
    show({ activity, guesses, room }) {
      paintImage(canvas, activity.settings.shown.image);
      count.show(guesses.num_committed, room.num_pupils);
    },
  };
}

// What was meant, and what the network answered.
function tellTruth({ kind, label, digit, probabilities }) {
  if (kind !== "close") return t("wall_truth_misread", { label, digit });
  const others = probabilities.map((share, index) => [share, index]).filter(([, index]) => index !== digit);
  const [, second] = others.sort((a, b) => b[0] - a[0])[0];
  return t(digit === label ? "wall_truth_close" : "wall_truth_close_misread", { label, digit, second });
}

export function createGuessBars(root) {
  const [truth, table] = [title(), make("div", { className: "wall-two-bars" })];
  const canvas = createBeside(root, 28, truth, table);
  const heads = ["wall_class_bars", "wall_network_bars"].map((key) => make("span", { textContent: t(key) }));

  function makeRow(digit, counts, { probabilities, label }) {
    const most = Math.max(1, ...counts);
    const share = probabilities?.[digit] ?? 0;
    const shown = probabilities ? `${percent(share)}${t("percent_unit")}` : "";
    const row = make(
      "div", {},
      make("b", { textContent: digit }),
      makeBar(counts[digit] / most, "var(--muted)"), make("span", { textContent: counts[digit] }),
      makeBar(share, digitColor(digit)), make("span", { textContent: shown }),
    );
    row.classList.toggle("truth", digit === label);
    return row;
  }

  return {
    show({ activity, guesses }) {
      const { shown, bars } = activity.settings;
      paintImage(canvas, shown.image);
      truth.textContent = bars.probabilities ? tellTruth(bars) : "";
      table.replaceChildren(
        make("div", { className: "head" }, ...heads),
        ...guesses.counts.map((_, digit) => makeRow(digit, guesses.counts, bars)),
      );
    },
  };
}

export function createWhy(root) {
  const legend = [1, -1].map((sign) => {
    const [red, green, blue] = signedColor(sign);
    const swatch = make("i");
    swatch.style.background = `rgb(${red} ${green} ${blue})`;
    return { words: make("span"), swatch };
  });
  const entries = legend.map(({ swatch, words }) => make("li", {}, swatch, words));
  const list = make("ul", { className: "wall-legend" }, ...entries);
  const canvas = createBeside(root, 28 * CELL, title(t("wall_why")), list, sentence(t("wall_why_note")));
  return {
    show({ activity }) {
      const { shown, why } = activity.settings;
      canvas.hidden = list.hidden = !why.map;
      if (!why.map) return;
      paintMap(canvas, decodeBytes(shown.image), new Int8Array(decodeBytes(why.map).buffer));
      [why.for, why.against].forEach((digit, index) => {
        legend[index].words.textContent = t(index ? "wall_why_against" : "wall_why_for", { digit });
      });
    },
  };
}
