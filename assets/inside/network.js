// The whole network at work: it moves while the pen does, and a tap on a map opens the arithmetic behind it.

import { lastSaid, on } from "../shared/bus.js";
import { $ } from "../shared/dom.js";
import { createLive } from "../shared/live.js";
import { fixed, percent } from "../shared/numbers.js";
import { createLatest } from "../shared/server.js";
import { drawTable } from "../shared/tables.js";
import { t } from "../shared/texts.js";
import { createFrame, NO_DRAWING } from "./network_frame.js";
import { showSoftmax } from "./network_softmax.js";
import { openSource } from "./network_source.js";
import { createUnitPanel } from "./network_unit.js";
import { ask, isOpen, showState, teach } from "./shell.js";

export function createNetwork() {
  const frame = createFrame({ onChoose: (layer, channel) => shown?.isFinal && shown.image && unit.open(layer, channel) });
  const unit = createUnitPanel({ onChosen: (chosen) => frame.choose(chosen) });
  const begin = createLatest();
  const live = createLive({ send: compute, nextQuestion, onAnswer, onState: showState });
  let opened = null; // { model, layers, reading, source } of the network that is shown
  let wanted = null; // what is to be shown: { image, points, answer, isFinal, model }, image null without a drawing
  let shown = null; // the same with { values, paths, target }

  async function show(subject, isCurrent) {
    wanted = subject ? { ...subject, points: lastSaid("seen")?.points ?? 0, isFinal: true }
      : { image: null, points: 0, answer: null, isFinal: true, model: $("#inside-model").value };
    frame.reserve();
    if (opened?.model !== wanted.model && !await open(wanted.model, isCurrent)) return;
    frame.fit();
    await live.request();
  }

  async function open(model, isCurrent) {
    const isLatest = begin();
    const description = await ask("describe_network", { model }, isCurrent);
    if (!description || !isLatest()) return false;
    const source = await openSource({ model, ...description });
    if (!isLatest()) {
      source.close();
      return false;
    }
    opened?.source.close();
    opened = { model, source, ...description };
    shown = null;
    unit.close();
    frame.open(description.layers);
    showSummary(description.layers);
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
    shown = { ...question.wanted, values: answer.values, paths: answer.paths, target: question.target };
    frame.show(shown);
    if (!shown.isFinal) return;
    tell();
    frame.fit();
  }

  // What stands beside the picture, of a drawing that is finished.
  function tell() {
    const { image, answer, model, values, target } = shown;
    const { layers } = opened;
    $("#layers-softmax").hidden = !image;
    if (!image) {
      unit.close();
      return teach("network", describeSize(layers), null, "network_empty");
    }
    showSoftmax(values.at(-1), opened.reading, answer);
    teach("network", {
      ...describeSize(layers), label: target, logit: fixed(values.at(-1)[target], 2),
      percent: percent(answer.probabilities[target], t("over_99")),
    });
    unit.refresh({ image, model, layers, values });
  }

  return { show, needsDrawing: false, invites: true };
}

function describeSize(layers) {
  const count = (number) => number.toLocaleString();
  return {
    layers: layers.length, first: layers[0].name, shape: layers[0].shape.join(" × "),
    parameters: count(layers.reduce((sum, layer) => sum + layer.numWeights + layer.numBiases, 0)),
    values: count(layers.reduce((sum, { shape }) => sum + shape.reduce((a, b) => a * b), 0)),
  };
}

function showSummary(layers) {
  const rows = layers.flatMap(({ keras }) => keras).map(({ code, shape, parameters }) => [
    code, `(${shape.join(", ")})`, parameters.toLocaleString()]);
  $("#network-table").replaceChildren(drawTable(t("network_summary"), {
    head: ["code", "shape", "parameters"].map((name) => t(`network_head_${name}`)), rows,
  }));
}
