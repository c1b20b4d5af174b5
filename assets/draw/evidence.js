// "How good is it?": the stored figures, as tables and diagrams. They come as rows of text and as SVG, written by the
// program that measured them.

import { $, make } from "../shared/dom.js";
import { tenthPercent } from "../shared/numbers.js";
import { ask, describeState } from "../shared/server.js";
import { drawChart, drawTable } from "../shared/tables.js";
import { t } from "../shared/texts.js";

export function createEvidence() {
  let isAsked = false;

  async function show() {
    if (isAsked || !$("#evidence").open) return;
    isAsked = true;
    const answer = await ask("show_evidence", {}, {
      onState: (state, said) => { $("#evidence-summary").textContent = describeState(said); },
    });
    isAsked = Boolean(answer);
    if (!answer) return;
    $("#evidence-summary").textContent = answer.summary;
    $("#evidence-bars").replaceChildren(...answer.bars.map(drawBar));
    $("#evidence-note").textContent = answer.note;
    $("#evidence-parts").replaceChildren(...answer.parts.flatMap(drawPart));
  }

  $("#evidence").addEventListener("toggle", show);
}

function drawBar({ name, accuracy }) {
  const track = make("span", { className: "track" });
  track.style.setProperty("--probability", accuracy);
  return make("div", {}, make("span", { textContent: name }), track,
    make("span", { className: "value", textContent: t("evidence_value", { accuracy: tenthPercent(accuracy) }) }));
}

function drawPart({ title, text, table, diagrams }) {
  const nodes = [make("h3", { textContent: title }), make("p", { textContent: text })];
  if (diagrams) nodes.push(drawDiagrams(diagrams));
  if (table) nodes.push(drawTable(title, table));
  return nodes;
}

function drawDiagrams(diagrams) {
  return make("div", { className: "diagrams" }, ...diagrams.map(({ svg, alt, caption }) => (
    make("figure", {}, drawChart(svg, alt), make("figcaption", { textContent: caption })))));
}
