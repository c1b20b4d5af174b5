// From the image to probabilities: the feature maps of every layer, and how any one of their values comes about.

import { $, isShown, make } from "../shared/dom.js";
import { createLive } from "../shared/live.js";
import { exactPercent, fixed, percent } from "../shared/numbers.js";
import { drawTable } from "../shared/tables.js";
import { t } from "../shared/texts.js";
import { showUnit } from "./layer_unit.js";
import { ask, isOpen, showState, teach } from "./shell.js";
import { mapShape, markTile, paintTiles, tileAt } from "./tiles.js";

export function createLayers() {
  const list = $("#layers-list");
  const panel = $("#layers-unit");
  const cards = new Map(); // by the name of a layer: { card, maps, facts, part, filters? }
  let shown = null; // { answer, subject }
  let unit = null; // { layer, place } that is taken apart
  let isPinned = false; // by a tap or a key; otherwise it follows the mouse
  // The pointer moves on while the server answers.
  const live = createLive({ name: "open_unit", nextQuestion, onAnswer, onState: showState });

  async function show(subject, isCurrent) {
    const answer = await ask("open_layers", { image: subject.image, model: subject.model }, isCurrent);
    if (!answer) return;
    const isOther = shown?.subject.model !== subject.model;
    shown = { answer, subject };
    if (isOther) buildCards(answer.parts);
    answer.parts.forEach((part) => fillCard(part));
    showSoftmax(answer);
    teachLayers(answer);
    await openUnit(isOther || !unit ? answer.first : unit);
  }

  function buildCards(parts) {
    panel.remove();
    cards.clear();
    list.replaceChildren(...parts.map((part) => {
      const entry = buildCard(part);
      cards.set(part.name, entry);
      listen(entry);
      return entry.card;
    }));
  }

  function fillCard(part) {
    const entry = cards.get(part.name);
    const { columns } = shown.answer;
    entry.part = part;
    entry.facts.textContent = describeLayer(part);
    entry.maps.setAttribute("aria-label", t("layers_maps", { name: part.name, channels: part.shape.at(-1) }));
    paintTiles(entry.maps, part.picture, columns, part).then(() => outline(entry));
    const filter = { shape: [part.window, part.window, part.shape.at(-1)] };
    if (part.filters) paintTiles(entry.filters, part.filters, columns, filter);
  }

  // A frame about the chosen map and a mark on the chosen place, above the picture.
  function outline({ maps, part }) {
    maps.parentElement.querySelectorAll(".mark").forEach((mark) => mark.remove());
    if (unit?.layer !== part.name) return;
    const [row, column] = unit.place.length === 3 ? unit.place : [0, 0];
    markTile(maps, part, unit.place.at(-1));
    markTile(maps, part, unit.place.at(-1), [row, column]);
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
      const place = stepFrom(unit?.layer === entry.part.name ? unit.place : null, event.key, entry.part);
      if (!place) return;
      event.preventDefault();
      isPinned = true;
      openUnit({ layer: entry.part.name, place });
    });
  }

  function openUnit(next) {
    const changed = new Set([unit?.layer, next.layer]);
    unit = next;
    for (const name of changed) if (cards.has(name)) outline(cards.get(name));
    return live.request();
  }

  function nextQuestion() {
    if (!unit || !isOpen("layers")) return null;
    const { image, model } = shown.subject;
    return { image, model, ...unit };
  }

  function onAnswer(answer, { image }) {
    if (live.isWanted || !answer.ok) return;
    const { card, maps } = cards.get(answer.layer);
    if (panel.parentElement !== card) maps.after(panel);
    panel.hidden = false;
    showUnit(answer, image);
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

function buildCard(part) {
  const card = make("article", { className: "layer" });
  const maps = make("canvas", { className: "maps", tabIndex: 0, role: "application" });
  const facts = make("p", { className: "muted facts" });
  card.append(make("h3", { textContent: part.name }), facts, maps);
  if (!part.filters) return { card, maps, facts, part };
  const name = t("layers_filters", { name: part.name });
  const filters = make("canvas", { className: "maps filters", role: "img" });
  filters.setAttribute("aria-label", name);
  card.append(make("details", {}, make("summary", { textContent: name }), filters));
  const slices = t("layers_slices", { inputs: part.inputs });
  if (part.inputs > 1) filters.before(make("p", { className: "muted", textContent: slices }));
  return { card, maps, facts, part, filters };
}

function describeLayer(part) {
  return [
    t(`layers_kind_${part.kind}`, { window: part.window, padding: t(`layers_padding_${part.padding}`) }),
    part.activation === "linear" ? "" : t(`layers_activation_${part.activation}`),
    t("layers_shape", { shape: part.shape.join(" × ") }),
    part.parameters ? t("layers_parameters", { count: part.parameters.toLocaleString() }) : "",
    t("layers_range", { low: part.low.toFixed(2), high: part.high.toFixed(2) }),
    part.silent ? t("layers_silent", { silent: part.silent, channels: part.shape.at(-1) }) : "",
  ].filter(Boolean).join(" · ");
}

// The place of a value under the pointer: [row, column, channel], or [unit] of a layer without maps; null beside them.
function placeOf(event, { maps, part }) {
  const tile = tileAt(event, maps, part);
  return tile && (part.shape.length === 1 ? [tile.channel] : [tile.row, tile.column, tile.channel]);
}

// From one place to the next by a key: arrows within a map, page up and down between maps; null for another key.
function stepFrom(place, key, part) {
  const by = { ArrowLeft: [0, -1], ArrowRight: [0, 1], ArrowUp: [-1, 0], ArrowDown: [1, 0] }[key];
  const turn = { PageDown: 1, PageUp: -1, Enter: 0 }[key];
  if (!by && turn === undefined) return null;
  const [height, width, channels] = mapShape(part);
  const [row, column] = place?.length === 3 ? place : [0, 0];
  const [down, across] = by ?? [0, 0];
  const isMap = part.shape.length === 3;
  const channel = ((place?.at(-1) ?? 0) + (turn ?? (isMap ? 0 : down + across)) + channels) % channels;
  if (!isMap) return [channel];
  const within = (value, side) => Math.min(side - 1, Math.max(0, value));
  return [within(row + down, height), within(column + across, width), channel];
}

function showSoftmax({ logits, reading }) {
  const { temperature, warming, floor, doubt, probabilities } = reading;
  const heat = temperature * Math.exp(warming * doubt);
  const largest = Math.max(...logits.slice(0, 10));
  const powers = logits.slice(0, 10).map((logit) => Math.exp((logit - largest) / heat));
  const sum = powers.reduce((total, power) => total + power);
  $("#layers-formula").textContent = t(floor * doubt > 0 ? "layers_formula_doubt" : "layers_formula", {
    temperature: fixed(heat, 2), largest: fixed(largest, 2), sum: fixed(sum, 4), doubt: exactPercent(doubt),
    floor: exactPercent(floor * doubt),
  });
  const rows = powers.map((power, label) => [
    label, fixed(logits[label], 2), fixed((logits[label] - largest) / heat, 2),
    power.toExponential(2).replace("-", "−"),
    `${exactPercent(power / sum)} %`, `${exactPercent(probabilities[label])} %`,
  ]);
  if (logits.length > 10) rows.push([t("layers_no_digit"), fixed(logits[10], 2), "", "", "", ""]);
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
    label, logit: fixed(logits[label], 2), percent: percent(reading.probabilities[label], t("over_99")),
  });
}
