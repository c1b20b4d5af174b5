// "Guess first": a drawing, what the class and the network make of it, and why.

import { digitColor, make } from "../shared/dom.js";
import { percent } from "../shared/numbers.js";
import { decodeBytes, paintPixels, signedColor, traceBorder } from "../shared/pixels.js";
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

// The drawing's outline stays in sight under strong colours.
function paintMap(canvas, values, image) {
  const context = canvas.getContext("2d");
  const largest = values.reduce((most, value) => Math.max(most, Math.abs(value)), 1);
  values.forEach((value, index) => {
    const place = [(index % 28) * CELL, Math.floor(index / 28) * CELL, CELL, CELL];
    const [red, green, blue, opacity] = signedColor(value / largest);
    context.fillStyle = `rgb(${Array(3).fill(Math.round(image[index] * 0.42)).join(" ")})`;
    context.fillRect(...place);
    context.fillStyle = `rgb(${red} ${green} ${blue} / ${opacity / 255})`;
    context.fillRect(...place);
  });
  Object.assign(context, { strokeStyle: "#fff", lineWidth: 3 });
  context.beginPath();
  traceBorder(context, CELL, (row, column) => image[row * 28 + column] >= 128);
  context.stroke();
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
      paintMap(canvas, [...new Int8Array(decodeBytes(why.map).buffer)], decodeBytes(shown.image));
      [why.for, why.against].forEach((digit, index) => {
        legend[index].words.textContent = t(index ? "wall_why_against" : "wall_why_for", { digit });
      });
    },
  };
}
