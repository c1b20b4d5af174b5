// "How good is it?": the stored figures, as tables and diagrams. They come as rows of text and as SVG, written by the
// program that measured them.

import { $, make } from "../shared/dom.js";
import { tenthPercent } from "../shared/numbers.js";
import { ask, describeState } from "../shared/server.js";
import { drawChart, drawTable } from "../shared/tables.js";
import { fillTexts, t } from "../shared/texts.js";

// Not in the page's own HTML, which holds what is seen at once.
const PANEL = `
  <summary data-text="evidence_title"></summary>
  <p id="evidence-summary" role="status"></p>
  <div id="evidence-bars"></div>
  <details id="evidence-all" class="university">
    <summary data-text="evidence_all"></summary>
    <p id="evidence-note" class="muted"></p>
    <div id="evidence-parts"></div>
  </details>
  <p class="muted university"><a href="docs/evidence" data-text="evidence_link"></a></p>
`;

export function createEvidence() {
  $("#evidence").innerHTML = PANEL;
  fillTexts($("#evidence"));
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
