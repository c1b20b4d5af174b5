// From the image to probabilities: the feature maps of every layer, and how any one of their values comes about.

import { $, isShown, make } from "../shared/dom.js";
import { exactPercent, percent } from "../shared/numbers.js";
import { decodeBytes, paintPixels, signedColor } from "../shared/pixels.js";
import { GIVE_UP, later, server } from "../shared/server.js";
import { drawTable } from "../shared/tables.js";
import { t } from "../shared/texts.js";
import { ask, currentView, teach, tellProblem } from "./shell.js";
import { mapShape, markTile, paintTiles, tileAt } from "./tiles.js";

export function createLayers() {
  const list = $("#layers-list");
  const panel = $("#layers-unit");
  const cards = new Map(); // by the name of a layer: { card, part, paint }
  let shown = null; // { answer, subject }
  let unit = null; // { layer, place } that is taken apart
  let isPinned = false; // by a tap or a key; otherwise it follows the mouse
  let channel = null; // of the layer below, whose products are shown
  let wanted = null;
  let isAsking = false;

  async function show(subject, isCurrent) {
    const answer = await ask("open_layers", { image: subject.image, model: subject.model }, isCurrent);
    if (!answer) return;
    const isOther = shown?.subject.model !== subject.model;
    shown = { answer, subject };
    if (isOther) buildCards(answer.parts);
    answer.parts.forEach((part) => fillCard(part));
    showSoftmax(answer);
    teachLayers(answer);
    if (isOther || !unit) unit = answer.first;
    await openUnit(unit);
  }

  function buildCards(parts) {
    panel.remove();
    cards.clear();
    list.replaceChildren(...parts.map((part) => {
      const card = make("article", { className: "layer" });
      const maps = make("canvas", { className: "maps", tabIndex: 0, role: "application" });
      const facts = make("p", { className: "muted facts" });
      card.append(make("h3", { textContent: part.name }), facts, maps);
      const entry = { card, maps, facts, part };
      if (part.filters) {
        entry.filters = make("canvas", { className: "maps filters", role: "img" });
        entry.filters.setAttribute("aria-label", t("layers_filters", { name: part.name }));
        card.append(make("details", {}, make("summary", { textContent: t("layers_filters", { name: part.name }) }), entry.filters));
        if (part.inputs > 1) entry.filters.before(make("p", { className: "muted", textContent: t("layers_slices", { inputs: part.inputs }) }));
      }
      cards.set(part.name, entry);
      listen(entry);
      return card;
    }));
  }

  function fillCard(part) {
    const entry = cards.get(part.name);
    entry.part = part;
    const channels = part.shape.at(-1);
    entry.facts.textContent = [
      t(`layers_kind_${part.kind}`, { window: part.window, padding: t(`layers_padding_${part.padding}`) }),
      part.activation === "linear" ? "" : t(`layers_activation_${part.activation}`),
      t("layers_shape", { shape: part.shape.join(" × ") }),
      part.parameters ? t("layers_parameters", { count: part.parameters.toLocaleString() }) : "",
      t("layers_range", { low: part.low.toFixed(2), high: part.high.toFixed(2) }),
      part.silent ? t("layers_silent", { silent: part.silent, channels }) : "",
    ].filter(Boolean).join(" · ");
    entry.maps.setAttribute("aria-label", t("layers_maps", { name: part.name, channels }));
    const { columns } = shown.answer;
    paintTiles(entry.maps, part.picture, columns, part).then(() => outline(entry));
    if (part.filters) paintTiles(entry.filters, part.filters, columns, { shape: [part.window, part.window, channels] });
  }

  // A frame about the chosen map and a mark on the chosen place, above the picture.
  function outline({ maps, part }) {
    maps.parentElement.querySelectorAll(".mark").forEach((mark) => mark.remove());
    if (unit?.layer !== part.name) return;
    const [row, column] = unit.place.length === 3 ? unit.place : [0, 0];
    markTile(maps, part, unit.place.at(-1));
    markTile(maps, part, unit.place.at(-1), [row, column]);
  }

  function placeOf(event, { maps, part }) {
    const tile = tileAt(event, maps, part);
    return tile && (part.shape.length === 1 ? [tile.channel] : [tile.row, tile.column, tile.channel]);
  }

  function listen(entry) {
    const choose = (event, opens) => {
      const place = placeOf(event, entry);
      if (!place || (!opens && (isPinned || panel.parentElement !== entry.card))) return;
      const isSame = unit?.layer === entry.part.name && String(unit.place) === String(place);
      if (opens) isPinned = !(isPinned && isSame);
      openUnit({ layer: entry.part.name, place });
    };
    entry.maps.addEventListener("click", (event) => choose(event, true));
    entry.maps.addEventListener("pointermove", (event) => event.pointerType === "mouse" && choose(event, false));
    entry.maps.addEventListener("keydown", (event) => {
      const by = { ArrowLeft: [0, -1], ArrowRight: [0, 1], ArrowUp: [-1, 0], ArrowDown: [1, 0] }[event.key];
      const [height, width, channels] = mapShape(entry.part);
      const [row, column, number] = unit?.layer === entry.part.name ? [...(unit.place.length === 3 ? unit.place : [0, 0]), unit.place.at(-1)] : [0, 0, 0];
      const isNext = ["PageDown", "PageUp", "Enter"].includes(event.key);
      if (!by && !isNext) return;
      event.preventDefault();
      isPinned = true;
      const step = by ?? [0, 0];
      const other = by ? number : (number + { PageDown: 1, PageUp: channels - 1, Enter: 0 }[event.key]) % channels;
      if (entry.part.shape.length === 1) return openUnit({ layer: entry.part.name, place: [by ? (number + step[0] + step[1] + channels) % channels : other] });
      openUnit({
        layer: entry.part.name,
        place: [Math.min(height - 1, Math.max(0, row + step[0])), Math.min(width - 1, Math.max(0, column + step[1])), other],
      });
    });
  }

  // One question in flight, the newest next: the pointer moves on while the server answers.
  async function openUnit(next) {
    const previous = unit;
    unit = next;
    wanted = next;
    for (const name of new Set([previous?.layer, next.layer])) if (cards.has(name)) outline(cards.get(name));
    if (isAsking) return;
    isAsking = true;
    while (wanted) {
      const { layer, place } = wanted;
      const { image, model } = shown.subject;
      wanted = null;
      const answer = await Promise.race([server.open_unit({ image, model, layer, place }), later(GIVE_UP)]);
      if (wanted || !isShown($("#inside"))) continue;
      if (answer?.ok) showUnit(answer);
      else if (currentView() === "layers") tellProblem(answer);
    }
    isAsking = false;
  }

  function showUnit(answer) {
    const { card, maps } = cards.get(answer.layer);
    if (panel.parentElement !== card) maps.after(panel);
    panel.hidden = false;
    paintField(answer.field);
    const [row, column, number] = answer.place;
    const isMap = answer.place.length === 3;
    const [top, left, bottom, right] = answer.field;
    $("#layers-where").textContent = t(isMap ? "layers_where" : "layers_where_unit", {
      layer: answer.layer, channel: isMap ? number : answer.place[0], row, column, height: bottom - top, width: right - left,
    });
    $("#layers-inputs").replaceChildren();
    if (answer.kind === "dense") showDense(answer);
    else if (answer.kind === "convolution") showConvolution(answer);
    else showWindow(answer);
  }

  function paintField([top, left, bottom, right]) {
    const canvas = $("#layers-field");
    const context = canvas.getContext("2d");
    const small = make("canvas", { width: 28, height: 28 });
    paintPixels(small, decodeBytes(shown.subject.image));
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

  const number = (value, digits = 3) => value.toFixed(digits).replace("-", "−");

  function showSum({ total, bias, value, activation }, count) {
    const values = { activation: t(`layers_activation_${activation}`), count: count.toLocaleString(), sum: number(total - bias), bias: number(bias), total: number(total), value: number(value) };
    $("#layers-sum").textContent = t(activation === "linear" ? "layers_sum_linear" : "layers_sum", values);
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
    if (inputs > 1) {
      $("#layers-inputs").replaceChildren(
        make("span", { className: "muted", textContent: t("layers_inputs", { below: answer.below, inputs }) }),
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
    const grid = (values, kind) => drawNumbers(values, width, kind);
    const of = (values) => Array.from({ length: height * width }, (_, place) => values[place * inputs + current]);
    const [seen, filter] = [of(patch), of(weights)];
    $("#layers-products").replaceChildren(
      grid(seen, inputs > 1 ? t("layers_patch_of", { below: answer.below, input: current }) : t("layers_patch")), "×",
      grid(filter, t("layers_filter")), "=",
      grid(seen.map((value, place) => value * filter[place]), t("layers_products")),
    );
  }

  function showWindow(answer) {
    const [, width] = answer.size;
    $("#layers-sum").textContent = t(`layers_takes_${answer.kind}`, { count: answer.patch.length, value: number(answer.value) });
    $("#layers-products").replaceChildren(drawNumbers(answer.patch, width, t("layers_patch_of", { below: answer.below, input: answer.place.at(-1) }), answer.kind === "max_pooling" ? answer.value : null));
  }

  function showDense(answer) {
    showSum(answer, answer.count);
    const name = (place) => (place.length === 1
      ? t("layers_input_unit", { below: answer.below, unit: place[0] })
      : t("layers_input_place", { below: answer.below || t("layers_image"), row: place[0], column: place[1], channel: place[2] ?? 0 }));
    const rows = answer.strongest.map(({ place, input, weight, product }) => [name(place), number(input), number(weight), number(product)]);
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

  function showSoftmax({ logits, reading }) {
    const { temperature, warming, floor, doubt, probabilities } = reading;
    const heat = temperature * Math.exp(warming * doubt);
    const largest = Math.max(...logits.slice(0, 10));
    const powers = logits.slice(0, 10).map((logit) => Math.exp((logit - largest) / heat));
    const sum = powers.reduce((total, power) => total + power);
    $("#layers-formula").textContent = t(floor * doubt > 0 ? "layers_formula_doubt" : "layers_formula", {
      temperature: number(heat, 2), largest: number(largest, 2), sum: number(sum, 4), doubt: exactPercent(doubt), floor: exactPercent(floor * doubt),
    });
    const rows = powers.map((power, label) => [
      label, number(logits[label], 2), number((logits[label] - largest) / heat, 2), power.toExponential(2).replace("-", "−"),
      `${exactPercent(power / sum)} %`, `${exactPercent(probabilities[label])} %`,
    ]);
    if (logits.length > 10) rows.push([t("layers_no_digit"), number(logits[10], 2), "", "", "", ""]);
    const table = drawTable(t("layers_softmax"), {
      head: ["logit", "z", "shifted", "power", "share", "probability"].map((name) => t(`layers_head_${name}`)), rows,
    });
    const answered = probabilities.indexOf(Math.max(...probabilities));
    table.querySelector(`tbody tr:nth-child(${answered + 1})`).classList.add("answered");
    $("#layers-table").replaceChildren(table);
  }

  function teachLayers({ parts, logits, reading }) {
    const label = reading.probabilities.indexOf(Math.max(...reading.probabilities));
    teach("layers", {
      layers: parts.length, first: parts[0].name, shape: parts[0].shape.join(" × "),
      parameters: parts.reduce((sum, part) => sum + part.parameters, 0).toLocaleString(),
      values: parts.reduce((sum, part) => sum + part.shape.reduce((a, b) => a * b), 0).toLocaleString(),
      label, logit: number(logits[label], 2), percent: percent(reading.probabilities[label], t("over_99")),
    });
  }

  // A phone that is turned has room for other numbers of maps in a row.
  let room = innerWidth;
  addEventListener("resize", () => {
    cards.forEach(outline);
    if (innerWidth === room || !shown || !isShown($("#inside"))) return;
    room = innerWidth;
    shown.answer.parts.forEach(fillCard);
  });
  return { show };
}
