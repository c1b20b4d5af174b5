// One value of a layer taken apart: what the network saw there, times its weights, plus a bias.

import { $, make } from "../shared/dom.js";
import { fixed } from "../shared/numbers.js";
import { decodeBytes, paintPixels, signedColor } from "../shared/pixels.js";
import { drawTable } from "../shared/tables.js";
import { t } from "../shared/texts.js";

const number = (value, digits = 3) => fixed(value, digits);

let channel = null; // of the layer below, whose products are shown

// answer: of `open_unit`; image: what was taken apart, as base64 of its pixels.
export function showUnit(answer, image) {
  const [row, column, map] = answer.place;
  const isMap = answer.place.length === 3;
  const [top, left, bottom, right] = answer.field;
  paintField(answer.field, image);
  $("#layers-where").textContent = t(isMap ? "layers_where" : "layers_where_unit", {
    layer: answer.layer, channel: isMap ? map : answer.place[0], row, column, height: bottom - top, width: right - left,
  });
  $("#layers-inputs").replaceChildren();
  if (answer.kind === "dense") showDense(answer);
  else if (answer.kind === "convolution") showConvolution(answer);
  else showWindow(answer);
}

// The part of the image that the value depends on.
function paintField([top, left, bottom, right], image) {
  const context = $("#layers-field").getContext("2d");
  const small = make("canvas", { width: 28, height: 28 });
  paintPixels(small, decodeBytes(image));
  context.imageSmoothingEnabled = false;
  context.drawImage(small, 0, 0, 280, 280);
  context.fillStyle = "#0009";
  context.fillRect(0, 0, 280, top * 10);
  context.fillRect(0, bottom * 10, 280, 280 - bottom * 10);
  context.fillRect(0, top * 10, left * 10, (bottom - top) * 10);
  context.fillRect(right * 10, top * 10, 280 - right * 10, (bottom - top) * 10);
  context.strokeStyle = "#ffc83d";
  context.lineWidth = 3;
  context.strokeRect(left * 10 + 1, top * 10 + 1, (right - left) * 10 - 2, (bottom - top) * 10 - 2);
}

function showSum({ total, bias, value, activation }, count) {
  $("#layers-sum").textContent = t(activation === "linear" ? "layers_sum_linear" : "layers_sum", {
    activation: t(`layers_activation_${activation}`), count: count.toLocaleString(), sum: number(total - bias),
    bias: number(bias), total: number(total), value: number(value),
  });
}

function showConvolution(answer) {
  const [height, width, inputs] = answer.size;
  const { patch, weights } = answer;
  showSum(answer, patch.length);
  const sums = Array.from({ length: inputs }, (_, input) => {
    let sum = 0;
    for (let place = input; place < patch.length; place += inputs) sum += patch[place] * weights[place];
    return { input, sum };
  }).sort((a, b) => Math.abs(b.sum) - Math.abs(a.sum));
  if (!(channel < inputs)) channel = null;
  const current = channel ?? sums[0].input;
  if (inputs > 1) offerInputs(answer, sums, current);
  const of = (values) => Array.from({ length: height * width }, (_, place) => values[place * inputs + current]);
  const [seen, filter] = [of(patch), of(weights)];
  const below = inputs > 1 ? t("layers_patch_of", { below: answer.below, input: current }) : t("layers_patch");
  $("#layers-products").replaceChildren(
    drawNumbers(seen, width, below), "×",
    drawNumbers(filter, width, t("layers_filter")), "=",
    drawNumbers(seen.map((value, place) => value * filter[place]), width, t("layers_products")),
  );
}

// The maps of the layer below, those that weigh most first.
function offerInputs(answer, sums, current) {
  $("#layers-inputs").replaceChildren(
    make("span", { className: "muted", textContent: t("layers_inputs", { below: answer.below, inputs: sums.length }) }),
    ...sums.slice(0, 8).map(({ input, sum }) => {
      const button = make("button", { type: "button", textContent: `${input}: ${number(sum)}` });
      button.setAttribute("aria-pressed", input === current);
      button.addEventListener("click", () => {
        channel = input;
        showConvolution(answer);
      });
      return button;
    }),
  );
}

function showWindow({ kind, size: [, width], patch, value, below, place }) {
  $("#layers-sum").textContent = t(`layers_takes_${kind}`, { count: patch.length, value: number(value) });
  const caption = t("layers_patch_of", { below, input: place.at(-1) });
  $("#layers-products").replaceChildren(drawNumbers(patch, width, caption, kind === "max_pooling" ? value : null));
}

function showDense(answer) {
  showSum(answer, answer.count);
  const name = (place) => (place.length === 1
    ? t("layers_input_unit", { below: answer.below, unit: place[0] })
    : t("layers_input_place", {
      below: answer.below || t("layers_image"), row: place[0], column: place[1], channel: place[2] ?? 0,
    }));
  const rows = answer.strongest.map(({ place, input, weight, product }) => (
    [name(place), number(input), number(weight), number(product)]));
  const others = answer.count - rows.length;
  if (others) rows.push([t("layers_rest", { count: others.toLocaleString() }), "", "", number(answer.rest)]);
  rows.push([t("layers_bias"), "", "", number(answer.bias)], [t("layers_total"), "", "", number(answer.total)]);
  $("#layers-products").replaceChildren(drawTable(t("layers_contributions"), {
    head: [t("layers_input"), t("layers_value"), t("layers_weight"), t("layers_product")], rows,
  }));
}

// Numbers as they lie side by side, tinted by sign and size; `marked` is framed.
function drawNumbers(values, width, caption, marked = null) {
  const grid = make("div", { className: "numbers" });
  grid.style.setProperty("--columns", width);
  const largest = Math.max(1e-9, ...values.map(Math.abs));
  values.forEach((value) => {
    const cell = make("span", { textContent: number(value, 2) });
    const [red, green, blue, alpha] = signedColor(value / largest);
    cell.style.backgroundColor = `rgba(${red}, ${green}, ${blue}, ${(alpha / 255) * 0.6})`;
    cell.classList.toggle("marked", value === marked);
    grid.append(cell);
  });
  return make("figure", {}, grid, make("figcaption", { className: "muted", textContent: caption }));
}
