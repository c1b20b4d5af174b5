// The whole network in one picture, which moves while the pen does; a tap on a map opens the arithmetic behind it.

import { lastSaid, on } from "../shared/bus.js";
import { $, isShown, make } from "../shared/dom.js";
import { mapShape } from "../shared/engine.js";
import { createLive } from "../shared/live.js";
import { fixed, percent } from "../shared/numbers.js";
import { decodeBytes } from "../shared/pixels.js";
import { createLatest } from "../shared/server.js";
import { drawTable } from "../shared/tables.js";
import { t } from "../shared/texts.js";
import { createUnitPanel } from "./network_unit.js";
import { findTile } from "./network_layout.js";
import { createPicture } from "./network_picture.js";
import { showSoftmax } from "./network_softmax.js";
import { openSource } from "./network_source.js";
import { ask, isOpen, showState, teach } from "./shell.js";

const NO_DRAWING = "A".repeat(1046) + "==";
const LOWEST = 400;
const HIGHEST = 760;
const WIDE = 960; // from here on Keras' lines stand beside the layers

export function createNetwork() {
  const canvas = $("#network-canvas");
  const picture = createPicture(canvas);
  const unit = createUnitPanel({ onChosen: paint });
  const begin = createLatest();
  const live = createLive({ send: compute, nextQuestion, onAnswer, onState: showState });
  let opened = null; // { model, layers, reading, source } of the network that is shown
  let wanted = null; // what is to be shown: { image, points, answer, isFinal }, image null without a drawing
  let shown = null; // { wanted, values, paths }
  let strips = [];

  async function show(subject, isCurrent) {
    wanted = subject ? { ...subject, points: lastSaid("seen")?.points ?? 0, isFinal: true }
      : { image: null, points: 0, answer: null, isFinal: true, model: $("#inside-model").value };
    if (opened?.model !== wanted.model && !await open(wanted.model, isCurrent)) return;
    arrange();
    await live.request();
  }

  async function open(model, isCurrent) {
    const isLatest = begin();
    const description = await ask("describe_network", { model }, isCurrent);
    if (!description || !isLatest()) return false;
    const source = await openSource(description);
    if (!isLatest()) {
      source.close();
      return false;
    }
    opened?.source.close();
    opened = { model, source, ...description };
    shown = null;
    unit.close();
    showSummary();
    return true;
  }

  // The pen moves on while a picture is computed.
  on("seen", (seen) => {
    if (!isOpen("network") || !opened?.source.isLive || seen.model !== opened.model) return;
    wanted = { ...seen, isFinal: false };
    live.request();
  });

  function nextQuestion() {
    if (!opened || !wanted || !isOpen("network")) return null;
    const probabilities = wanted.answer?.probabilities;
    const target = probabilities ? probabilities.indexOf(Math.max(...probabilities)) : null;
    return { image: wanted.image ?? NO_DRAWING, target, model: opened.model, wanted, opened };
  }

  function compute({ image, target, model, opened: { source } }) {
    return source.compute({ image, target, model });
  }

  function onAnswer(answer, question) {
    if (!answer.ok || question.opened !== opened) return;
    shown = { wanted: question.wanted, values: answer.values, paths: answer.paths, target: question.target };
    paint();
    $("#network").dataset.points = shown.wanted.points;
    if (shown.wanted.isFinal) tell();
  }

  // What stands beside the picture, of a drawing that is finished.
  function tell() {
    const { wanted: { image, answer, model }, values } = shown;
    $("#layers-softmax").hidden = !image;
    if (!image) {
      unit.close();
      return teach("network", describeSize(), null, "network_empty");
    }
    const label = shown.target;
    showSoftmax(values.at(-1), opened.reading, answer);
    teach("network", {
      ...describeSize(), label, logit: fixed(values.at(-1)[label], 2),
      percent: percent(answer.probabilities[label], t("over_99")),
    });
    unit.refresh({ image, model, layers: opened.layers, values });
  }

  function describeSize() {
    const { layers } = opened;
    const count = (number) => number.toLocaleString();
    return {
      layers: layers.length, first: layers[0].name, shape: layers[0].shape.join(" × "),
      parameters: count(layers.reduce((sum, layer) => sum + layer.numWeights + layer.numBiases, 0)),
      values: count(layers.reduce((sum, { shape }) => sum + shape.reduce((a, b) => a * b), 0)),
    };
  }

  function arrange() {
    const frame = $("#network");
    frame.classList.toggle("wide", frame.clientWidth >= WIDE);
    const top = frame.getBoundingClientRect().top + scrollY;
    const height = Math.min(HIGHEST, Math.max(LOWEST, innerHeight - top - 24));
    frame.style.height = `${height}px`;
    strips = picture.arrange(opened.layers, canvas.clientWidth, height);
    showLayers(height);
    if (shown) paint();
  }

  // Beside each strip the name of its layer and the lines of Keras that make it.
  function showLayers(height) {
    $("#network-layers").replaceChildren(...opened.layers.map((layer, number) => {
      const strip = strips[number + 1];
      const node = describeLayer(layer);
      const isLast = number === opened.layers.length - 1;
      if (isLast) node.style.bottom = ".5rem";
      else node.style.top = `calc(${strip.top}px + .5rem)`;
      node.style.maxHeight = `${isLast ? height : strips[number + 2].top - strip.top}px`;
      return node;
    }));
    canvas.setAttribute("aria-label", t("network_label", {
      layers: opened.layers.map(({ name, shape }) => `${name} ${shape.join(" × ")}`).join(", "),
    }));
  }

  function paint() {
    if (!shown || !strips.length) return;
    const { values, paths, wanted: { image, answer } } = shown;
    const outputs = opened.layers.at(-1).shape[0];
    picture.paint({
      values: [Float32Array.from(decodeBytes(image ?? NO_DRAWING), (value) => value / 255), ...values],
      scales: [1, ...opened.layers.map(({ scale }) => scale)],
      paths, label: shown.target, probabilities: answer && shareOut(answer, outputs),
      names: Array.from({ length: outputs }, (_, output) => (output < 10 ? String(output) : t("network_no_digit"))),
      chosen: unit.chosen,
    });
  }

  function showSummary() {
    const rows = opened.layers.flatMap(({ keras }) => keras).map(({ code, shape, parameters }) => [
      code, `(${shape.join(", ")})`, parameters.toLocaleString()]);
    $("#network-table").replaceChildren(drawTable(t("network_summary"), {
      head: ["code", "shape", "parameters"].map((name) => t(`network_head_${name}`)), rows,
    }));
  }

  function tileAt({ clientX, clientY }) {
    const box = canvas.getBoundingClientRect();
    return opened && shown ? findTile(strips, clientX - box.left, clientY - box.top) : null;
  }

  function choose({ number, channel }) {
    if (number === 0 || !shown?.wanted.isFinal || !shown.wanted.image) return;
    unit.open(number - 1, channel);
  }

  canvas.addEventListener("click", (event) => {
    const tile = tileAt(event);
    if (tile) choose(tile);
  });
  canvas.addEventListener("pointermove", (event) => {
    const tile = tileAt(event);
    canvas.style.cursor = tile?.number ? "pointer" : "";
    $("#network-caption").textContent = tile?.number
      ? t("network_caption", { name: opened.layers[tile.number - 1].name, channel: tile.channel }) : t("network_hint");
  });
  canvas.addEventListener("keydown", (event) => {
    const next = stepFrom(unit.chosen, event.key, strips);
    if (!next) return;
    event.preventDefault();
    choose(next);
  });
  addEventListener("resize", () => {
    if (opened && isShown($("#network"))) arrange();
  });
  return { show, needsDrawing: false };
}

function describeLayer({ name, shape, keras }) {
  return make("div", {}, make("b", { textContent: name }), make("span", { textContent: `(${shape.join(", ")})` }),
    ...keras.map(({ code, parameters }) => make("code", {},
      make("span", { textContent: code }), make("span", { textContent: parameters.toLocaleString() }))));
}

// Shares of all outputs: what doubt takes belongs to "not a digit".
function shareOut({ probabilities, doubt }, outputs) {
  return outputs === 10 ? probabilities : [...probabilities.map((share) => share * (1 - doubt)), doubt];
}

// From one map to the next by an arrow key; null for another key.
function stepFrom(chosen, key, strips) {
  const by = { ArrowLeft: [0, -1], ArrowRight: [0, 1], ArrowUp: [-1, 0], ArrowDown: [1, 0], Enter: [0, 0] }[key];
  if (!by) return null;
  const { number, channel } = chosen ?? { number: 1, channel: 0 };
  const next = Math.min(strips.length - 1, Math.max(1, number + (chosen ? by[0] : 0)));
  const { count } = strips[next];
  return { number: next, channel: (Math.min(channel, count - 1) + (chosen ? by[1] : 0) + count) % count };
}
