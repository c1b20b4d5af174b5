// What a network that is being trained makes of things: the drawing on the pad, twenty samples, 500 checks, and its filters.

import { createBars } from "../shared/bars.js";
import { $, digitColor, make } from "../shared/dom.js";
import { percent } from "../shared/numbers.js";
import { decodeBytes, paintPixels, signedColor } from "../shared/pixels.js";
import { t } from "../shared/texts.js";

// More filters than this are too small to be seen.
const MOST_FILTERS = 64;

export function createCards() {
  const cards = [createDigit(), createSamples(), createConfusion(), createFilters()];
  return {
    // now: { pad, samples, images, confusion, filters } and `image`, what is on the pad.
    show(now) {
      cards.forEach((card) => card(now));
    },
  };
}

function createDigit() {
  const canvas = $("#train-digit canvas");
  const bars = $("#train-digit .bars");
  const fill = createBars(bars);
  const words = $("#train-digit-words");
  let painted = null;
  return ({ pad, image }) => {
    if (image !== painted) {
      paintPixels(canvas, image ? decodeBytes(image) : new Uint8Array(784));
      painted = image;
    }
    const answer = image ? pad : null;
    fill(answer?.probabilities ?? null);
    const isRefused = answer?.verdict.kind === "refused";
    bars.classList.toggle("refused", isRefused);
    if (!answer) return words.replaceChildren(t(image ? "train_digit_soon" : "train_digit_none"));
    if (isRefused) return words.replaceChildren(t("train_digit_refused"));
    const label = answer.probabilities.indexOf(Math.max(...answer.probabilities));
    const digit = make("b", { textContent: label });
    digit.style.setProperty("--digit-color", digitColor(label));
    words.replaceChildren(digit, ` ${t("train_percent", { percent: percent(answer.probabilities[label], t("over_99")) })}`);
  };
}

function createSamples() {
  const root = $("#train-samples");
  let painted = null;
  let tiles = [];

  function paint(images, labels) {
    painted = images;
    tiles = images.map((image, index) => {
      const canvas = make("canvas", { width: 28, height: 28 });
      paintPixels(canvas, decodeBytes(image));
      const tile = make("div", { className: "read" }, canvas, make("b"));
      tile.setAttribute("role", "img");
      tile.style.setProperty("--digit-color", digitColor(labels[index]));
      return tile;
    });
    root.replaceChildren(...tiles);
  }

  return ({ samples, images }) => {
    if (!samples) return;
    const { labels = [], predictions } = samples;
    if (images?.length && images !== painted) paint(images, labels);
    let right = 0;
    tiles.forEach((tile, index) => {
      const [label, prediction] = [labels[index], predictions[index]];
      const isRight = prediction === label;
      right += isRight;
      const said = tile.lastChild;
      if (said.textContent !== String(prediction)) {
        said.textContent = prediction;
        said.style.setProperty("--digit-color", digitColor(prediction));
        said.getAnimations().forEach((animation) => animation.cancel());
        if (!matchMedia("(prefers-reduced-motion: reduce)").matches) {
          said.animate([{ transform: "scale(1.7)" }, { transform: "none" }], 400);
        }
      }
      tile.classList.toggle("wrong", !isRight);
      tile.style.setProperty("--confidence", samples.confidences[index]);
      tile.setAttribute("aria-label", t(isRight ? "train_sample_right" : "train_sample_wrong", { label, prediction }));
    });
    $("#train-samples-count").textContent = t("train_samples_count", { right, total: tiles.length });
  };
}

function createConfusion() {
  const table = $("#train-confusion");
  const head = table.createTHead().insertRow();
  head.append(make("td"), ...Array.from({ length: 10 }, (_, label) => heading(label, "col")));
  const body = table.createTBody();
  const rows = Array.from({ length: 10 }, (_, label) => {
    const row = body.insertRow();
    row.append(heading(label, "row"));
    return Array.from({ length: 10 }, (__, prediction) => {
      const cell = row.insertCell();
      if (prediction === label) cell.className = "right";
      return cell;
    });
  });
  return ({ confusion }) => {
    if (!confusion) return;
    let [right, all] = [0, 0];
    confusion.forEach((counts, label) => {
      const sum = counts.reduce((total, count) => total + count, 0);
      counts.forEach((count, prediction) => {
        rows[label][prediction].textContent = count || "";
        rows[label][prediction].style.setProperty("--share", sum ? count / sum : 0);
      });
      right += counts[label];
      all += sum;
    });
    $("#train-confusion-count").textContent = t("train_confusion_count", { right, all });
  };
}

function heading(label, scope) {
  const cell = make("th", { textContent: label, scope });
  cell.style.setProperty("--digit-color", digitColor(label));
  return cell;
}

function createFilters() {
  const canvas = $("#train-filters");
  let painted = null;
  return ({ filters }) => {
    $("#train-filters-card").hidden = !filters;
    if (!filters || filters.values === painted) return;
    painted = filters.values;
    const bytes = decodeBytes(filters.values);
    const values = new Float32Array(bytes.buffer, 0, bytes.length >> 2);
    paintFilters(canvas, values, Math.min(filters.count, MOST_FILTERS), filters.side);
    canvas.setAttribute("aria-label", t("train_filters_label", { count: filters.count, side: filters.side }));
  };
}

// Side by side, one pixel apart; of each filter the strongest weight has full colour.
function paintFilters(canvas, values, count, side) {
  const columns = Math.ceil(Math.sqrt(count * 1.25));
  const rows = Math.ceil(count / columns);
  Object.assign(canvas, { width: columns * (side + 1) - 1, height: rows * (side + 1) - 1 });
  const sheet = Array.from({ length: canvas.width * canvas.height }, () => null);
  for (let number = 0; number < count; number += 1) {
    const own = values.subarray(number * side * side, (number + 1) * side * side);
    const strongest = own.reduce((most, value) => Math.max(most, Math.abs(value)), 0) || 1;
    const corner = Math.floor(number / columns) * (side + 1) * canvas.width + (number % columns) * (side + 1);
    own.forEach((value, index) => {
      sheet[corner + Math.floor(index / side) * canvas.width + (index % side)] = value / strongest;
    });
  }
  paintPixels(canvas, sheet, (value) => (value === null ? [0, 0, 0, 0] : signedColor(value)));
}
