// Several digits on the pad: a box around each, its ten bars beside it, and which of them the page is about.

import { $, digitColor, make } from "../shared/dom.js";
import { leveled } from "../shared/level.js";
import { percent } from "../shared/numbers.js";
import { t } from "../shared/texts.js";
import { findWidth, spread } from "./number_layout.js";

// In shares of the pad's side, as all lengths here.
const MARGIN = 0.008;
const BARS_HEIGHT = 0.13;
// A 1 has no width.
const NARROWEST_TAP = 0.06;
// More have no room for their percentages.
const MOST_PERCENTS = 6;

// readWidth() -> the pen's width in percent of the pad's side; onChoose(place) is called when somebody chose a digit by
// its button.
export function createNumber(readWidth, onChoose) {
  const layer = $("#number");
  let digits = []; // of the last answer, where it has several
  let chosen = null; // the index of one of them; null for the one that was drawn last

  // Gives the answer that the page is about: that of one digit, where there are several. Of a picture's number,
  // { digits, chosen, ... }, the pad holds one digit, and the answer is that digit's.
  function follow(answer, { strokes }, ofPicture) {
    digits = (ofPicture ?? answer.number)?.digits ?? [];
    if (chosen >= digits.length) chosen = null;
    if (!digits.length) {
      layer.replaceChildren();
      return { answer, strokes };
    }
    if (ofPicture) {
      layer.replaceChildren();
      return { answer, strokes, number: describe(ofPicture, ofPicture.chosen) };
    }
    const last = digits.findIndex((digit) => digit.strokes.includes(strokes.length - 1));
    const index = chosen ?? (last < 0 ? digits.length - 1 : last);
    showBoxes(index);
    const { probabilities, verdict, doubt, image, strokes: own } = digits[index];
    return {
      answer: { ...answer, probabilities, verdict, doubt, image, limit: answer.number.limit },
      strokes: own.map((place) => strokes[place]),
      number: describe(answer.number, index),
    };
  }

  function describe(number, index) {
    return {
      nodes: describeDigits(number, index),
      count: digits.length + number.marks.length / 2,
      isMany: digits.length > MOST_PERCENTS,
      whole: number.text.includes("?") ? "" : t("number_percent", { percent: percent(number.confidence) }),
      note: describeWhole(number),
    };
  }

  function showBoxes(index) {
    const margin = MARGIN + readWidth() / 200;
    const frames = digits.map(({ box: [left, top, width, height] }) => (
      [left - margin, top - margin, width + 2 * margin, height + 2 * margin]));
    layer.classList.toggle("many", digits.length > MOST_PERCENTS);
    const bottom = Math.max(...frames.map(([, top, , height]) => top + height));
    const top = Math.min(...frames.map((frame) => frame[1]));
    const row = bottom + BARS_HEIGHT < 1 || top < BARS_HEIGHT ? Math.min(bottom, 1 - BARS_HEIGHT) : top - BARS_HEIGHT;
    const width = findWidth(digits.length);
    const lefts = spread(frames.map(([left, , wide]) => left + wide / 2), width);
    layer.replaceChildren(...digits.flatMap((digit, place) => {
      const frame = put(make("div", { className: "frame" }), ...frames[place]);
      const bars = put(make("div", { className: "group" }, nameGroup(digit), ...makeBars(digit)),
        lefts[place], row, width, BARS_HEIGHT);
      for (const node of [frame, bars]) {
        node.dataset.digit = place;
        node.classList.toggle("chosen", place === index);
        node.classList.toggle("refused", isRefused(digit));
        node.style.setProperty("--digit-color", colorOf(digit));
      }
      return [frame, bars];
    }));
  }

  // The digits of the verdict, each a button, with the marks between them.
  function describeDigits({ marks }, index) {
    const nodes = digits.map((digit, place) => {
      const name = isRefused(digit) ? "number_digit_refused" : "number_digit";
      const button = make("button", { type: "button", className: "digit", textContent: nameOf(digit) });
      button.setAttribute("aria-label", t(name, { position: place + 1, label: nameOf(digit), percent: percentOf(digit) }));
      button.setAttribute("aria-pressed", place === index);
      button.dataset.percent = isRefused(digit) ? "" : t("number_percent", { percent: percentOf(digit) });
      button.classList.toggle("refused", isRefused(digit));
      button.style.setProperty("--digit-color", colorOf(digit));
      button.addEventListener("click", () => onChoose(place));
      return button;
    });
    for (const place of [...marks].reverse()) nodes.splice(place, 0, make("span", { className: "mark", textContent: "," }));
    return nodes;
  }

  return {
    follow,

    clear() {
      digits = [];
      chosen = null;
      layer.replaceChildren();
    },

    choose(place) { chosen = place; },

    // What is drawn from now on is what the page is about.
    followPen() { chosen = null; },

    // Chooses the digit at a place of the pad; says whether there is one. Beside its ink there may be a point or comma.
    chooseAt([x, y]) {
      const hit = digits.findIndex(({ box: [left, top, width, height] }) => (
        Math.abs(x - left - width / 2) <= Math.max(width, NARROWEST_TAP) / 2 && y >= top && y <= top + height));
      if (hit >= 0) chosen = hit;
      return hit >= 0;
    },
  };
}

const isRefused = ({ verdict }) => verdict.kind === "refused";
const nameOf = (digit) => (isRefused(digit) ? "?" : String(digit.verdict.labels[0]));
const colorOf = (digit) => (isRefused(digit) ? "var(--muted)" : digitColor(digit.verdict.labels[0]));
const percentOf = (digit) => percent(Math.max(...digit.probabilities));

function describeWhole({ text, confidence }) {
  return text.includes("?") ? t("number_gap") : t(leveled("number_whole"), { percent: percent(confidence, t("over_99")) });
}

function nameGroup(digit) {
  const share = make("small", { textContent: isRefused(digit) ? "" : t("number_percent", { percent: percentOf(digit) }) });
  return make("span", {}, make("b", { textContent: nameOf(digit) }), share);
}

function makeBars({ probabilities }) {
  return probabilities.map((probability, label) => {
    const bar = make("i");
    bar.style.setProperty("--probability", probability);
    bar.style.setProperty("--bar-color", digitColor(label));
    return bar;
  });
}

function put(node, left, top, width, height) {
  Object.entries({ left, top, width, height }).forEach(([side, share]) => { node.style[side] = `${share * 100}%`; });
  return node;
}
